import { htmlToText } from './html-to-text.ts';
import type { TextPart } from './mime.ts';
import { decodePart } from './mime.ts';
import type { ImapSession } from './session.ts';

/** Bytes of texts, at most, that are read with one command. */
const mostBytesAtOnce = 3 * 1024 * 1024;

/** The text of a mail, decoded when it is asked for; undefined where the server didn't give what it should. */
export type Text = (() => string) | undefined;

/** A mail, and the bytes of all of it. */
export interface SizedMail {
  readonly uid: number;
  readonly size: number;
}

/** Reads the texts of mails, by UID. Those of one layout are read together. A mail without text parts has an empty text. */
export async function readTexts(
  session: Pick<ImapSession, 'structures' | 'parts'>,
  mails: readonly SizedMail[],
): Promise<ReadonlyMap<number, Text>> {
  const texts = new Map<number, Text>();
  if (mails.length === 0) return texts;
  const layouts = new Map<string, { mails: SizedMail[]; parts: readonly TextPart[] }>();
  const structures = await session.structures(mails.map(({ uid }) => uid));
  for (const mail of mails) {
    const { uid } = mail;
    const parts = structures.get(uid);
    if (parts === undefined) continue;
    if (parts.length === 0) {
      texts.set(uid, () => '');
      continue;
    }
    const key = parts.map(({ part, longest }) => `${part}:${longest}`).join(' ');
    const layout = layouts.get(key);
    if (layout === undefined) layouts.set(key, { mails: [mail], parts });
    else layout.mails.push(mail);
  }
  for (const layout of layouts.values()) {
    for (const some of inBatches(layout)) {
      const bodies = await session.parts(some, layout.parts);
      for (const uid of some) {
        const body = bodies.get(uid);
        const parts = structures.get(uid) ?? [];
        if (body !== undefined && body.size > 0) texts.set(uid, () => textOf(parts, body));
      }
    }
  }
  return texts;
}

/** The UIDs of mails of one layout, in batches that are small enough together. Small mails are what most are. */
function inBatches(layout: {
  readonly mails: readonly SizedMail[];
  readonly parts: readonly TextPart[];
}): readonly (readonly number[])[] {
  const longest = layout.parts.reduce((sum, part) => sum + part.longest, 0);
  const batches: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const { uid, size } of layout.mails) {
    const most = Math.min(size > 0 ? size : longest, longest);
    bytes += most;
    if (bytes > mostBytesAtOnce) {
      batches.push([]);
      bytes = most;
    }
    batches.at(-1)?.push(uid);
  }
  return batches;
}

/** The text of a mail's parts: plain first, then HTML, which often says the same and sometimes more. */
export function textOf(parts: readonly TextPart[], bodies: ReadonlyMap<string, Buffer> | undefined): string {
  const texts = parts
    .toSorted((one, other) => (one.kind === other.kind ? 0 : one.kind === 'plain' ? -1 : 1))
    .map((part) => {
      const body = bodies?.get(part.part.toLowerCase());
      if (body === undefined) return '';
      const text = decodePart(body, part);
      if (part.kind === 'html') return htmlToText(text);
      return part.flowed ? unflow(text, part.deleteSpace) : text;
    });
  return texts.join('\n\n');
}

/** Puts together the lines of `format=flowed` text that end softly, with a blank before their end (RFC 3676). */
export function unflow(text: string, deleteSpace: boolean): string {
  const lines: string[] = [];
  let pieces: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    // A line that begins with a blank or a mark was given one more.
    const content = line.startsWith(' ') ? line.slice(1) : line;
    const isSoft = content.endsWith(' ') && content !== '-- ';
    pieces.push(isSoft && deleteSpace ? content.slice(0, -1) : content);
    if (isSoft) continue;
    lines.push(pieces.join(''));
    pieces = [];
  }
  if (pieces.length > 0) lines.push(pieces.join(''));
  return lines.join('\n');
}
