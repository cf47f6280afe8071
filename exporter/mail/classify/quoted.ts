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
  /^(?:> ?){0,9}-{2,} ?(forwarded message|转发邮件信息|转发的邮件|转发邮件|weitergeleitete nachricht|message transféré|mensaje reenviado)/m;

/** Whether a mail passes another one on. */
export function isForward(subject: string, text: string): boolean {
  const kind = subjectKind(subject);
  return kind === 'forward' || (kind === 'new' && forwarded.test(text));
}

/** Text that is passed on, without the marks of a quotation. */
export function withoutMarks(text: string): string {
  return text.replace(/^(?:> ?)+/gm, '');
}

/** What each of these ends or begins with: no other line needs to be compared with them. */
const mayIntroduce = /(?:wrote|[写道:])$|^--|^_{20}/;

/** The header lines that Outlook and others repeat above an older mail. */
const headerLine =
  /^\*?(from|sent|to|cc|subject|date|von|gesendet|an|betreff|de|envoyé|à|objet|enviado|para|asunto|发件人|发送时间|寄件者|收件人|主题|日期|发件时间)\*? ?:/;

/**
 * Normalised text without the older mails in it.
 * Lines marked with `>` go one by one; an attribution with no such mark below it takes all that follows.
 */
export function withoutQuotes(text: string): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = (lines[index] ?? '').trim();
    if (line.startsWith('>')) continue;
    const introduces =
      (mayIntroduce.test(line) && attribution.some((pattern) => pattern.test(line))) ||
      (line.startsWith('on ') &&
        line.length > 40 &&
        /^on .{6,160} wrote:$/.test(`${line} ${(lines[index + 1] ?? '').trim()}`));
    if (introduces) {
      const next = lines
        .slice(index + 1, index + 4)
        .map((candidate) => candidate.trim())
        .find((candidate) => candidate !== '' && !/wrote:$/.test(candidate));
      if (next?.startsWith('>')) continue;
      break;
    }
    if (headerLine.test(line)) {
      const block = lines.slice(index, index + 4).filter((candidate) => headerLine.test(candidate.trim()));
      if (block.length >= 3) break;
    }
    kept.push(line);
  }
  return kept.join('\n');
}
