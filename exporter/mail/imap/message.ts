import libmime from 'libmime';
import type { TextPart } from './mime.ts';
import { longestPart } from './mime.ts';

/**
 * Finds the text parts in the bytes of a whole mail, for a mail in a file and for servers that describe a mail's
 * structure wrongly or not at all. Bytes that were cut off give the parts that begin before the end.
 */

/** Parts that are looked into at all, and how deep they may stand in each other. */
const mostParts = 4;
const deepest = 20;

/** Characters of a part's type that are looked at: of very many parameters each is compared with all before it. */
const longestType = 4096;

/** Bytes of a whole mail that are read: a header, and as much text as is looked at. */
export const longestSource = 160 * 1024;

export interface Message {
  /** The header's bytes, as `parseHeaders` reads them. */
  readonly header: Buffer;
  readonly parts: readonly TextPart[];
  /** The bytes of each part, still encoded, by its number. */
  readonly bodies: ReadonlyMap<string, Buffer>;
}

/** Takes a mail apart. Works on the bytes as latin-1 text, so that no byte is lost. Never throws. */
export function parseMessage(bytes: Buffer): Message {
  const whole = bytes.toString('latin1');
  const parts: TextPart[] = [];
  const bodies = new Map<string, Buffer>();
  walk(whole, '', 0);
  return { header: Buffer.from(divide(whole).header, 'latin1'), parts, bodies };

  function walk(text: string, number: string, depth: number): void {
    if (parts.length >= mostParts || depth > deepest) return;
    const { header, body } = divide(text);
    const fields = fieldsOf(header);
    const type = typeOf(fields.get('content-type') ?? 'text/plain');
    const kind = type.value;
    if (fields.get('content-disposition')?.toLowerCase().startsWith('attachment') === true) return;
    if (kind.startsWith('multipart/')) {
      const boundary = type.params['boundary'];
      if (boundary === undefined || boundary === '') return;
      for (const [index, child] of split(body, boundary).entries()) {
        walk(child, number === '' ? `${index + 1}` : `${number}.${index + 1}`, depth + 1);
      }
    } else if (kind === 'text/plain' || kind === 'text/html' || kind === '') {
      const part = textPart(
        number === '' ? '1' : number,
        type,
        fields.get('content-transfer-encoding') ?? '',
      );
      parts.push(part);
      bodies.set(part.part, Buffer.from(body.slice(0, part.longest), 'latin1'));
    }
  }
}

export interface PartType {
  /** In lower case. */
  readonly value: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The type of a mail or of a part, as its field Content-Type says. */
export function typeOf(field: string): PartType {
  const { value, params } = libmime.parseHeaderValue(field.slice(0, longestType));
  return { value: value.toLowerCase(), params };
}

/** A part that is text, by its type and the field Content-Transfer-Encoding. */
export function textPart(part: string, { value, params }: PartType, encoding: string): TextPart {
  const kind = value === 'text/html' ? 'html' : 'plain';
  return {
    part,
    kind,
    encoding: encoding.trim().toLowerCase(),
    charset: params['charset'],
    flowed: params['format']?.toLowerCase() === 'flowed',
    deleteSpace: params['delsp']?.toLowerCase() === 'yes',
    longest: longestPart[kind],
  };
}

/** The header and the body of a mail or of a part, parted by the first empty line. */
function divide(text: string): { readonly header: string; readonly body: string } {
  if (/^\r?\n/.test(text)) return { header: '', body: text.replace(/^\r?\n/, '') };
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) return { header: text, body: '' };
  return { header: text.slice(0, end.index), body: text.slice(end.index + end[0].length) };
}

function fieldsOf(header: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of header.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

/** The parts of a multipart body: what stands between lines of its boundary. */
function split(body: string, boundary: string): readonly string[] {
  const found: string[] = [];
  let current: string[] | undefined;
  for (const line of body.split('\n')) {
    const bare = line.trimEnd();
    if (bare === `--${boundary}` || bare === `--${boundary}--`) {
      if (current !== undefined) found.push(current.join('\n'));
      current = bare.endsWith(`${boundary}--`) ? undefined : [];
      if (current === undefined) return found;
    } else {
      current?.push(line);
    }
  }
  if (current !== undefined) found.push(current.join('\n'));
  return found;
}
