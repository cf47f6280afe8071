import type { Line } from './lines.ts';
import { lineOf } from './lines.ts';

/**
 * Cuts older mails out of a reply. What they announced was counted when it arrived, and may have been settled
 * since; only what the newest writer says is new.
 */

const replyPrefix = /^\s*(re|aw|sv|antw|回复|答复|回覆|回)\s*(\[\d+\])?\s*[::]/i;
const forwardPrefix = /^\s*(fwd?|wg|tr|转发|轉發)\s*[::]/i;

/** How often the subject says that it is an answer, or that it passes a mail on, and what it says itself. */
export function subjectKind(subject: string): 'reply' | 'forward' | 'new' {
  if (replyPrefix.test(subject)) return 'reply';
  if (forwardPrefix.test(subject)) return 'forward';
  return 'new';
}

/** A line that introduces an older mail, as the common mail programs write it. */
const attribution = [
  /^on .{6,120} wrote:?$/,
  /^在 ?.{4,120}(写道|写):?$/,
  /^.{1,60}(于|在) ?\d{4}.{4,60}写道:?$/,
  /^.{2,80} schrieb( am .{4,60})?:$/,
  /^-{2,} ?(original message|forwarded message|原始邮件|原邮件|转发邮件信息|转发的邮件|回复的邮件|forwarded by .*) ?-{0,}/,
  /^_{20,}$/,
];

/** The mark above a mail that is passed on, whatever the subject says. */
const forwarded =
  /^(?:> ?){0,9}-{2,} ?(forwarded message|转发邮件信息|转发的邮件|转发邮件|weitergeleitete nachricht|message transféré|mensaje reenviado)/;

/** Whether a mail passes another one on. */
export function isForward(subject: string, lines: readonly Line[]): boolean {
  const kind = subjectKind(subject);
  return kind === 'forward' || (kind === 'new' && lines.some(({ text }) => forwarded.test(text)));
}

/** Lines that are passed on, without the marks of a quotation. */
export function withoutMarks(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) => (line.text.startsWith('>') ? lineOf(line.text.replace(/^(?:> ?)+/, '')) : line));
}

/** Whether a line ends or begins as one of these does: no other needs to be compared with them. */
function mayIntroduce(line: string): boolean {
  const first = line.charAt(0);
  return first === '-' || first === '_' || line.endsWith('wrote') || '写道:'.includes(line.slice(-1));
}

/** The header lines that Outlook and others repeat above an older mail. */
const headerLine =
  /^\*?(from|sent|to|cc|subject|date|von|gesendet|an|betreff|de|envoyé|à|objet|enviado|para|asunto|发件人|发送时间|寄件者|收件人|主题|日期|发件时间)\*? ?:/;

/**
 * The lines of a mail without the older mails in it.
 * Lines marked with `>` go one by one; an attribution with no such mark below it takes all that follows.
 */
export function withoutQuotes(lines: readonly Line[]): readonly Line[] {
  const kept: Line[] = [];
  for (const [index, line] of lines.entries()) {
    const { text } = line;
    if (text.startsWith('>')) continue;
    if (introduces(text, lines[index + 1]?.text ?? '')) {
      const next = lines
        .slice(index + 1, index + 4)
        .find((candidate) => candidate.text !== '' && !/wrote:$/.test(candidate.text));
      if (next?.text.startsWith('>') === true) continue;
      break;
    }
    if (headerLine.test(text)) {
      const block = lines.slice(index, index + 4).filter((candidate) => headerLine.test(candidate.text));
      if (block.length >= 3) break;
    }
    kept.push(line);
  }
  return kept;
}

/** Whether a line, or two that were one, says that an older mail follows. */
function introduces(line: string, next: string): boolean {
  if (mayIntroduce(line) && attribution.some((pattern) => pattern.test(line))) return true;
  return line.startsWith('on ') && line.length > 40 && /^on .{6,160} wrote:$/.test(`${line} ${next}`);
}
