import { htmlToText } from './html-to-text.ts';
import type { TextPart } from './mime.ts';
import { decodePart } from './mime.ts';
import type { ImapSession } from './session.ts';

/** Mails whose texts are read with one command. */
const textsAtOnce = 20;

/** Reads the texts of mails, by UID. Those of one layout are read together. */
export async function readTexts(
  session: Pick<ImapSession, 'structures' | 'parts'>,
  uids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const texts = new Map<number, string>();
  if (uids.length === 0) return texts;
  const layouts = new Map<string, { uids: number[]; parts: readonly TextPart[] }>();
  const structures = await session.structures(uids);
  for (const uid of uids) {
    const parts = structures.get(uid) ?? [];
    if (parts.length === 0) continue;
    const key = parts.map(({ part, longest }) => `${part}:${longest}`).join(' ');
    const layout = layouts.get(key);
    if (layout === undefined) layouts.set(key, { uids: [uid], parts });
    else layout.uids.push(uid);
  }
  for (const layout of layouts.values()) {
    for (let index = 0; index < layout.uids.length; index += textsAtOnce) {
      const some = layout.uids.slice(index, index + textsAtOnce);
      const bodies = await session.parts(some, layout.parts);
      for (const uid of some) texts.set(uid, textOf(structures.get(uid) ?? [], bodies.get(uid)));
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
  let soft = false;
  for (const line of text.split(/\r?\n/)) {
    // A line that begins with a blank or a mark was given one more.
    const content = line.startsWith(' ') ? line.slice(1) : line;
    const before = lines.at(-1);
    if (soft && before !== undefined) lines[lines.length - 1] = before + content;
    else lines.push(content);
    soft = content.endsWith(' ') && content !== '-- ';
    if (soft && deleteSpace) lines[lines.length - 1] = (lines.at(-1) ?? '').slice(0, -1);
  }
  return lines.join('\n');
}
