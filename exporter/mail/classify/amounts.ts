/** A statement's rows of the period before say nothing of now. */
const notPast = '(?<!(?:previous|opening|last|former|starting) )(?<!上期|上月|期初|此前)';

/** Finds the first number that stands shortly after one of some words. */
function amountsAfter(words: RegExp): RegExp {
  return new RegExp(`${notPast}(?:${words.source})[^\\d\\n-]{0,20}(-?\\d[\\d,]*(?:\\.\\d+)?)`);
}

function firstAmount(pattern: RegExp, text: string): number | undefined {
  const match = pattern.exec(text)?.[1];
  return match === undefined ? undefined : Number(match.replaceAll(',', ''));
}

const balance = amountsAfter(/\b(?:balance|credits?|available|remaining)\b|余额|额度|剩余|可用/);
const threshold = amountsAfter(
  /\b(?:threshold|(?:alert|alarm|warning|reminder|minimum) (?:level|value|amount|balance|limit))\b|阈值|预警值|预警线|警戒值|预警金额|提醒金额|提醒值|最低余额/,
);

/**
 * Whether a normalised mail names a balance and a threshold, and the balance is the smaller: "balance: 18.77,
 * threshold: 25.00" is how programs say what people say in words.
 */
export function isBelowThreshold(text: string): boolean {
  // The threshold first: few mails have one.
  const wanted = firstAmount(threshold, text);
  const has = wanted === undefined ? undefined : firstAmount(balance, text);
  return has !== undefined && wanted !== undefined && has < wanted;
}

const spend = amountsAfter(/\b(?:spend|spent|spending|costs?|charges)\b|费用|消费|支出|花费/);
const budget = amountsAfter(/\b(?:budget|(?:spend|spending|cost) limit|alert threshold)\b|预算|消费限额/);

/** Whether a normalised mail names what was spent and a budget, and the budget is reached. */
export function isOverBudget(text: string): boolean {
  const limit = firstAmount(budget, text);
  const spent = limit === undefined ? undefined : firstAmount(spend, text);
  return spent !== undefined && limit !== undefined && limit > 0 && spent >= limit;
}

/** Whether a normalised text says how much of a balance there is. */
export function namesBalance(text: string): boolean {
  return firstAmount(balance, text) !== undefined;
}
