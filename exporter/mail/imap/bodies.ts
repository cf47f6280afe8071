import { htmlToText } from './html-to-text.ts';
import type { TextPart } from './mime.ts';
import { decodePart } from './mime.ts';
import type { ImapSession } from './session.ts';

/** Mails whose texts are read with one command. */
const textsAtOnce = 20;

/** The text of a mail, decoded when it is asked for; undefined where the server didn't give what it should. */
export type Text = (() => string) | undefined;

/** Reads the texts of mails, by UID. Those of one layout are read together. A mail without text parts has an empty text. */
export async function readTexts(
  session: Pick<ImapSession, 'structures' | 'parts'>,
  uids: readonly number[],
): Promise<ReadonlyMap<number, Text>> {
  const texts = new Map<number, Text>();
  if (uids.length === 0) return texts;
  const layouts = new Map<string, { uids: number[]; parts: readonly TextPart[] }>();
  const structures = await session.structures(uids);
  for (const uid of uids) {
    const parts = structures.get(uid);
    if (parts === undefined) continue;
    if (parts.length === 0) {
      texts.set(uid, () => '');
      continue;
    }
    const key = parts.map(({ part, longest }) => `${part}:${longest}`).join(' ');
    const layout = layouts.get(key);
    if (layout === undefined) layouts.set(key, { uids: [uid], parts });
    else layout.uids.push(uid);
  }
  for (const layout of layouts.values()) {
    for (let index = 0; index < layout.uids.length; index += textsAtOnce) {
      const some = layout.uids.slice(index, index + textsAtOnce);
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
