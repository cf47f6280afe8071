import test from 'ava';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { decodePart, decodeText, parseHeaders, textParts } from '../../../../exporter/mail/imap/mime.ts';

const simplified = '您的账户余额不足';
const traditional = '您的帳戶餘額不足';

function word(bytes: Buffer, charset: string): string {
  return `=?${charset}?B?${bytes.toString('base64')}?=`;
}

test('text is decoded by the charset that is named', (t) => {
  t.is(decodeText(iconv.encode(simplified, 'gb18030'), 'gb18030'), simplified);
  t.is(decodeText(iconv.encode(simplified, 'gbk'), 'GB2312'), simplified);
  t.is(decodeText(iconv.encode(traditional, 'big5'), 'big5'), traditional);
  t.is(decodeText(iconv.encode('Größe', 'latin1'), 'iso-8859-1'), 'Größe');
  t.is(decodeText(Buffer.from(simplified), 'UTF-8'), simplified);
});

test('a charset that is missing, unknown or untrue is guessed', (t) => {
  for (const charset of [undefined, '', 'x-made-up', 'constructor', 'us-ascii', 'utf-8']) {
    t.is(decodeText(iconv.encode(simplified, 'gbk'), charset), simplified, charset);
    t.is(decodeText(iconv.encode(traditional, 'big5'), charset), traditional, charset);
    t.is(decodeText(Buffer.from(simplified), charset), simplified, charset);
    t.is(decodeText(Buffer.from('caf\xe9 na\xefve', 'latin1'), charset), 'café naïve', charset);
  }
});

test('UTF-7, in which markup can hide, is not decoded', (t) => {
  t.is(decodeText(Buffer.from('+ADw-b+AD4-'), 'utf-7'), '+ADw-b+AD4-');
});

test('a part that was cut off loses no more than its last character', (t) => {
  const bytes = Buffer.from('余额不足'.repeat(200)).subarray(0, 1999);
  const text = decodePart(bytes, { encoding: '8bit', charset: 'utf-8' });
  t.true(text.startsWith('余额不足余额不足'));
  t.is([...text].filter((character) => character === '\ufffd').length, 1);
});

test('base64 and quoted-printable are decoded, broken or not', (t) => {
  t.is(decodePart(Buffer.from('5L2Z6aKd\r\n5LiN6Laz'), { encoding: 'base64', charset: 'utf-8' }), '余额不足');
  t.is(
    decodePart(Buffer.from('over=\r\ndue =E4=BD=99'), { encoding: 'quoted-printable', charset: 'utf-8' }),
    'overdue 余',
  );
  t.is(
    decodePart(Buffer.from('over=ZZdue ='), { encoding: 'quoted-printable', charset: 'utf-8' }),
    'over=ZZdue ',
  );
});

test('encoded words are decoded and put together, also in the middle of a character', (t) => {
  const bytes = Buffer.from(simplified);
  const folded = `Subject: ${word(bytes.subarray(0, 4), 'utf-8')}\r\n ${word(bytes.subarray(4), 'UTF-8')}\r\n`;
  t.is(parseHeaders(Buffer.from(folded)).subject, simplified);
  t.is(
    parseHeaders(Buffer.from('Subject: =?utf-8?Q?Over?=\r\n =?utf-8?Q?due?= today\r\n')).subject,
    'Overdue today',
  );
});

test('a header in raw 8-bit bytes is read', (t) => {
  const header = Buffer.concat([
    Buffer.from('Subject: '),
    iconv.encode(simplified, 'gbk'),
    Buffer.from('\r\n'),
  ]);
  t.is(parseHeaders(header).subject, simplified);
});

test('the sender is the address, whatever the name beside it says', (t) => {
  const from = (value: string) => parseHeaders(Buffer.from(`From: ${value}\r\n`)).sender;
  t.is(from('"billing@vendor.example" <Evil@Other.example>'), 'evil@other.example');
  t.is(from('Billing <bill@vendor.example>'), 'bill@vendor.example');
  t.is(from('bill@vendor.example (Billing)'), 'bill@vendor.example');
  t.is(from('nobody'), '');
});

test('text parts are found below any multipart, attachments and mails inside of the mail are not', (t) => {
  const plain = { type: 'text/plain', encoding: '7bit', parameters: { charset: 'utf-8' } };
  const parts = textParts({
    type: 'multipart/mixed',
    childNodes: [
      {
        type: 'multipart/alternative',
        part: '1',
        childNodes: [
          { ...plain, part: '1.1' },
          { ...plain, part: '1.2', type: 'text/html' },
        ],
      },
      { type: 'message/rfc822', part: '2', childNodes: [{ ...plain, part: '2' }] },
      { ...plain, part: '3', disposition: 'attachment' },
      { type: 'image/png', part: '4' },
    ],
  });
  t.deepEqual(
    parts.map(({ part, kind }) => [part, kind]),
    [
      ['1.1', 'plain'],
      ['1.2', 'html'],
    ],
  );
});

test('the only part of a simple mail is number 1', (t) => {
  t.deepEqual(textParts({ type: 'text/html', encoding: 'BASE64', parameters: { charset: 'gbk' } }), [
    {
      part: '1',
      kind: 'html',
      encoding: 'base64',
      charset: 'gbk',
      flowed: false,
      deleteSpace: false,
      longest: 131_072,
    },
  ]);
  t.deepEqual(textParts(undefined), []);
});

test('no bytes make any of it throw', (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('base64', 'quoted-printable', '8bit', 'x-uuencode', ''),
      fc.oneof(
        fc.constantFrom('utf-8', 'gbk', 'big5', 'utf-16le', 'iso-2022-jp', 'hz-gb-2312', '__proto__'),
        fc.string(),
      ),
      (bytes, encoding, charset) => {
        decodePart(Buffer.from(bytes), { encoding, charset });
        parseHeaders(Buffer.from(bytes));
      },
    ),
  );
  t.pass();
});
