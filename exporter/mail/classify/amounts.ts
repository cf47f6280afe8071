/** The first number that stands shortly after one of some words. */
function amountAfter(words: RegExp, text: string): number | undefined {
  const match = new RegExp(`(?:${words.source})[^\\d\\n-]{0,20}(-?\\d[\\d,]*(?:\\.\\d+)?)`).exec(text)?.[1];
  return match === undefined ? undefined : Number(match.replaceAll(',', ''));
}

const balance = /\b(?:balance|credits?)\b|余额|额度|剩余/;
const threshold =
  /\b(?:threshold|(?:alert|alarm|warning|reminder|minimum) (?:level|value|amount|balance|limit))\b|阈值|预警值|预警线|警戒值|预警金额|提醒金额|提醒值|最低余额/;

/**
 * Whether a normalised mail names a balance and a threshold, and the balance is the smaller: "balance: 18.77,
 * threshold: 25.00" is how programs say what people say in words.
 */
export function isBelowThreshold(text: string): boolean {
  const has = amountAfter(balance, text);
  const wanted = amountAfter(threshold, text);
  return has !== undefined && wanted !== undefined && has < wanted;
}
