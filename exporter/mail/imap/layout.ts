import { parseMessage, textPart, typeOf } from './message.ts';
import type { MailHeaders, TextPart } from './mime.ts';

/** Bytes of a mail that is read as it is. Larger ones are read by their parts. */
export const longestWhole = 48 * 1024;

/**
 * Where the text of a mail is, as far as its header tells: in these parts; in all of it, as it is the same text in several
 * forms and small; or undefined where the server has to tell its structure.
 */
export function layoutOf(
  { contentType, transferEncoding, disposition }: MailHeaders,
  size: number,
): readonly TextPart[] | 'whole' | undefined {
  if (contentType === '') return undefined;
  const type = typeOf(contentType);
  if (type.value === 'text/plain' || type.value === 'text/html')
    return /^attachment/i.test(disposition) ? [] : [textPart('1', type, transferEncoding)];
  const isSmall = size > 0 && size <= longestWhole;
  return type.value === 'multipart/alternative' && (type.params['boundary'] ?? '') !== '' && isSmall
    ? 'whole'
    : undefined;
}

/** The text parts in what stands below the header of a mail; none where its boundaries are not to be found. */
export function partsBelow({ contentType }: MailHeaders, body: Buffer): ReturnType<typeof parseMessage> {
  return parseMessage(Buffer.concat([Buffer.from(`Content-Type: ${contentType}\r\n\r\n`, 'latin1'), body]));
}
