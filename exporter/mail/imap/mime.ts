import iconv from 'iconv-lite';
import type { MessageStructureObject } from 'imapflow';
import libmime from 'libmime';
import { decode as decodeCharset, normalizeCharset } from 'libmime/lib/charset.js';
import libqp from 'libqp';

/** One part of a mail that its reader reads. */
export interface TextPart {
  /** Number in the IMAP sense, such as `1.2`. */
  readonly part: string;
  readonly kind: 'plain' | 'html';
  readonly encoding: string;
  readonly charset: string | undefined;
  /** Plain text whose lines end softly where they end with a blank (RFC 3676). */
  readonly flowed: boolean;
  /** The blank at a soft end isn't part of the text: so Chinese and Japanese are wrapped. */
  readonly deleteSpace: boolean;
  /** Bytes of it that are read, still encoded. */
  readonly longest: number;
}

/** Of every mail: what is told of it, and what says where its text is. */
const toldFields = ['Subject', 'From', 'Message-ID', 'Date'] as const;
const layoutFields = ['Content-Type', 'Content-Transfer-Encoding', 'Content-Disposition'] as const;

/** The header fields that are read of every mail. */
export const headersOf = [...toldFields, ...layoutFields];

const lowerCase = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map((name) => name.toLowerCase()));
const toldKeys = lowerCase(toldFields);
const layoutKeys = lowerCase(layoutFields);

/** HTML has more around the same text. */
export const longestPart = { plain: 32 * 1024, html: 128 * 1024 } as const;

/** Relevant text is in the first parts; a hundred parts are an attack or a digest. */
const mostParts = 4;

/** The text parts of a mail, attachments and mails inside of it left out. */
export function textParts(structure: MessageStructureObject | undefined): readonly TextPart[] {
  const found: TextPart[] = [];
  const walk = (node: MessageStructureObject, depth: number): void => {
    if (found.length >= mostParts || depth > 20 || node.disposition?.toLowerCase() === 'attachment') return;
    const type = node.type?.toLowerCase() ?? '';
    if (type === 'text/plain' || type === 'text/html') {
      const kind = type === 'text/html' ? 'html' : 'plain';
      found.push({
        // A mail of a single part has no number for it.
        part: node.part ?? '1',
        kind,
        encoding: node.encoding?.toLowerCase() ?? '',
        charset: node.parameters?.['charset'],
        flowed: node.parameters?.['format']?.toLowerCase() === 'flowed',
        deleteSpace: node.parameters?.['delsp']?.toLowerCase() === 'yes',
        longest: longestPart[kind],
      });
    } else if (type.startsWith('multipart/')) {
      for (const child of node.childNodes ?? []) walk(child, depth + 1);
    }
  };
  if (structure !== undefined) walk(structure, 0);
  return found;
}

/** Common in any Chinese text, and in billing mail above all; wrong decodings give rare characters. */
const common = new Set(
  '的是您你我们們在有不了一人为為请請额額费費账賬帐帳户戶号號单單余餘欠款付充值续續期到通知提醒服务務已将將于於及时時日月年元用',
);

/** How likely a decoding is the right one: the more, the better. */
function likelihood(text: string): number {
  let score = 0;
  for (const character of text.slice(0, 4096)) {
    if (character < '\u0080') continue;
    if (character === '\ufffd') score -= 3;
    else if (common.has(character)) score += 2;
    else score -= character >= '\u2e80' ? 1 : 0.5;
  }
  return score;
}

/** Text of bytes whose charset nobody named, or named wrongly. */
function guess(bytes: Buffer): string {
  const unicode = bytes.toString('utf8');
  // The last character of a part that is cut off may be half of one.
  if (!(bytes.length > 1024 ? unicode.slice(0, -1) : unicode).includes('\ufffd')) return unicode;
  let best = unicode;
  for (const charset of ['gb18030', 'big5', 'windows-1252']) {
    const text = iconv.decode(bytes, charset);
    if (likelihood(text) > likelihood(best)) best = text;
  }
  return best;
}

/** Decodes bytes by the charset that a mail names, if it is known and can be true. Never throws. */
export function decodeText(bytes: Buffer, charset: string | undefined): string {
  const named = (charset ?? '').trim().toLowerCase();
  if (named === '' || /^(us-)?ascii$|^utf-?8$|^unknown/.test(named)) return guess(bytes);
  const name = normalizeCharset(named).toLowerCase();
  // The older names are used for what only the newest of the family can write.
  if (/^(gb2312|gbk|gb18030|x-gbk|cp936|euc-cn|gb_2312-80|hz-gb-2312)$/.test(name))
    return iconv.decode(bytes, 'gb18030');
  if (!iconv.encodingExists(name) && !/^iso-2022-jp|^jis/.test(name)) return guess(bytes);
  return decodeCharset(bytes, name);
}

/** Takes the transfer encoding off the (possibly cut) bytes of a part. */
function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  if (encoding === 'base64')
    return Buffer.from(bytes.toString('latin1').replace(/[^A-Za-z0-9+/]/g, ''), 'base64');
  if (encoding === 'quoted-printable') return libqp.decode(bytes.toString('latin1'));
  return bytes;
}

/** The text of a part, its markup still in it. Broken encodings give what can be read. Never throws. */
export function decodePart(bytes: Buffer, part: Pick<TextPart, 'encoding' | 'charset'>): string {
  try {
    return decodeText(decodeTransfer(bytes, part.encoding), part.charset);
  } catch {
    return bytes.toString('latin1');
  }
}

export interface MailHeaders {
  readonly subject: string;
  /** Address only, in lower case; empty where there is none. */
  readonly sender: string;
  readonly messageId: string;
  readonly date: string;
  /** The three fields that tell what the mail consists of, as bytes in a latin-1 string; empty where they are not there. */
  readonly contentType: string;
  readonly transferEncoding: string;
  readonly disposition: string;
}

/** Bytes of a header field and characters of its text that are looked at; nobody reads more of a subject. */
const longestField = { bytes: 4096, characters: 998 } as const;

/**
 * Reads header fields, of each as much as a line of a mail may have: folded, encoded words in any charset, or raw
 * 8-bit. Never throws.
 */
export function parseHeaders(bytes: Buffer): MailHeaders {
  const fields = new Map<string, string>();
  const lines = bytes
    .toString('latin1')
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  for (const line of lines) {
    const [, name, value] = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const key = name.toLowerCase();
    if (fields.has(key)) continue;
    const bare = value.slice(0, longestField.bytes).trim();
    if (toldKeys.has(key)) fields.set(key, decodeHeader(bare).slice(0, longestField.characters));
    else if (layoutKeys.has(key)) fields.set(key, bare);
  }
  return {
    subject: fields.get('subject') ?? '',
    sender: addressOf(fields.get('from') ?? ''),
    messageId: fields.get('message-id') ?? '',
    date: fields.get('date') ?? '',
    contentType: fields.get('content-type') ?? '',
    transferEncoding: fields.get('content-transfer-encoding') ?? '',
    disposition: fields.get('content-disposition') ?? '',
  };
}

/** One header value, as bytes in a latin-1 string, to text. */
function decodeHeader(value: string): string {
  const raw = guess(Buffer.from(value, 'latin1'));
  try {
    return libmime.decodeWords(raw);
  } catch {
    return raw;
  }
}

/**
 * The address in a From field: in angle brackets, else the first that looks like one. Display names and comments,
 * which
 * can hold anything, are left out unless nothing else has an address.
 */
function addressOf(from: string): string {
  const withoutWords = from.replace(/"[^"]*"(?!@)/g, ' ').replace(/\([^()]*\)/g, ' ');
  return (addressIn(withoutWords) ?? addressIn(from) ?? '').toLowerCase();
}

function addressIn(text: string): string | undefined {
  const bracketed = [...text.matchAll(/<([^<>\s]*@[^<>\s]*)>/g)].at(-1)?.[1];
  return bracketed ?? /[^\s<>"(),;:]+@[^\s<>"(),;:]+/.exec(text)?.[0];
}
