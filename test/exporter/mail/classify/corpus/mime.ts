import iconv from 'iconv-lite';
import type { CorpusMail } from './mail.ts';

/** The bytes of a made-up mail, as a server would have received them. */
export function mimeOf(mail: CorpusMail, id: string): Buffer {
  const charset = mail.charset ?? 'utf-8';
  const encoding = mail.encoding ?? 'base64';
  const encode = (text: string) =>
    iconv.encodingExists(charset) ? iconv.encode(text, charset) : Buffer.from(text);
  const subject =
    encoding === '8bit'
      ? encode(mail.subject)
      : Buffer.from(`=?${charset}?B?${encode(mail.subject).toString('base64')}?=`);
  const type = mail.html === undefined ? 'text/plain' : 'text/html';
  const head = [
    `From: ${mail.from ?? 'Vendor <billing@vendor.example>'}`,
    'To: billing@orchard.example',
    `Message-ID: <${id}@vendor.example>`,
    'Date: Tue, 24 Nov 2026 09:00:00 +0000',
    'MIME-Version: 1.0',
    `Content-Type: ${type}; charset=${charset}`,
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    '',
  ].join('\r\n');
  const body = transferEncoded(encode(mail.html ?? mail.text ?? ''), encoding);
  return Buffer.concat([Buffer.from('Subject: '), subject, Buffer.from(`\r\n${head}`), body]);
}

function transferEncoded(bytes: Buffer, encoding: string): Buffer {
  if (encoding === '8bit') return bytes;
  if (encoding === 'base64') return Buffer.from(bytes.toString('base64').replace(/.{76}/g, '$&\r\n'));
  const escaped = [...bytes].map((byte) =>
    byte === 0x0a || (byte >= 0x20 && byte < 0x7f && byte !== 0x3d)
      ? String.fromCharCode(byte)
      : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return Buffer.from(escaped.join(''));
}
