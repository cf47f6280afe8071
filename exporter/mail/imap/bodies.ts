import { htmlToText } from './html-to-text.ts';
import { layoutOf, partsBelow } from './layout.ts';
import type { MailHeaders, TextPart } from './mime.ts';
import { decodePart } from './mime.ts';
import type { ImapSession } from './session.ts';

/** Bytes of texts, at most, that are read with one command. */
const mostBytesAtOnce = 3 * 1024 * 1024;

/** The text of a mail, decoded when it is asked for; undefined where the server didn't give what it should. */
export type Text = (() => string) | undefined;

/** A mail of which the header was read. */
export interface HeadedMail {
  readonly uid: number;
  /** Bytes of all of it, as the server says. */
  readonly size: number;
  readonly headers: MailHeaders;
}

/** Mails of the same parts. */
interface Layout {
  readonly mails: HeadedMail[];
  readonly parts: readonly TextPart[];
}

/** Reads the texts of mails, by UID. Those of one layout are read together. A mail without text parts has an empty text. */
export async function readTexts(
  session: Pick<ImapSession, 'bodies' | 'structures' | 'parts'>,
  mails: readonly HeadedMail[],
): Promise<ReadonlyMap<number, Text>> {
  const texts = new Map<number, Text>();
  if (mails.length === 0) return texts;
  const layouts = new Map<string, Layout>();
  const add = (mail: HeadedMail, parts: readonly TextPart[]): void => {
    known.set(mail.uid, parts);
    if (parts.length === 0) texts.set(mail.uid, () => '');
    const key = parts.map(({ part, longest }) => `${part}:${longest}`).join(' ');
    const layout = layouts.get(key);
    if (layout !== undefined) layout.mails.push(mail);
    else if (parts.length > 0) layouts.set(key, { mails: [mail], parts });
  };
  const known = new Map<number, readonly TextPart[]>();
  const unknown: HeadedMail[] = [];
  const whole: HeadedMail[] = [];
  for (const mail of mails) {
    const layout = layoutOf(mail.headers, mail.size);
    if (layout === undefined) unknown.push(mail);
    else if (layout === 'whole') whole.push(mail);
    else add(mail, layout);
  }
  const bodies = whole.length === 0 ? undefined : await session.bodies(whole.map(({ uid }) => uid));
  for (const mail of whole) {
    const body = bodies?.get(mail.uid);
    const message = body === undefined ? undefined : partsBelow(mail.headers, body);
    if (message === undefined || message.parts.length === 0) unknown.push(mail);
    else texts.set(mail.uid, () => textOf(message.parts, message.bodies));
  }
  if (unknown.length > 0) {
    const structures = await session.structures(unknown.map(({ uid }) => uid));
    for (const mail of unknown) {
      const parts = structures.get(mail.uid);
      if (parts !== undefined) add(mail, parts);
    }
  }
  for (const layout of layouts.values()) {
    for (const some of inBatches(layout)) {
      const bodies = await session.parts(some, layout.parts);
      for (const uid of some) {
        const body = bodies.get(uid);
        const parts = known.get(uid) ?? [];
        if (body !== undefined && body.size > 0) texts.set(uid, () => textOf(parts, body));
      }
    }
  }
  return texts;
}

/** The UIDs of mails of one layout, in batches that are small enough together. Small mails are what most are. */
function inBatches(layout: Layout): readonly (readonly number[])[] {
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
