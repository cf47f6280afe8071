/** A statement's rows of the period before say nothing of now. */
const notPast = '(?<!(?:previous|opening|last|former|starting) )(?<!上期|上月|期初|此前)';

/** Finds the first number that stands shortly after one of some words. */
function amountAfter(words: RegExp): RegExp {
  return new RegExp(`${notPast}(?:${words.source})[^\\d\\n-]{0,20}(-?\\d[\\d,]*(?:\\.\\d+)?)`);
}

const kinds = ['balance', 'threshold', 'spent', 'budget'] as const;

const patterns = {
  balance: amountAfter(/\b(?:balance|credits?|available|remaining)\b|余额|额度|剩余|可用/),
  threshold: amountAfter(
    /\b(?:threshold|(?:alert|alarm|warning|reminder|minimum) (?:level|value|amount|balance|limit))\b|阈值|预警值|预警线|警戒值|预警金额|提醒金额|提醒值|最低余额/,
  ),
  spent: amountAfter(/\b(?:spend|spent|spending|costs?|charges)\b|费用|消费|支出|花费/),
  budget: amountAfter(/\b(?:budget|(?:spend|spending|cost) limit|alert threshold)\b|预算|消费限额/),
} as const;

/** The first amount of each kind that a text names. */
export type Figures = Readonly<Partial<Record<(typeof kinds)[number], number>>>;

const none: Figures = {};

/** The figures in a normalised text, of which no amount is on another line than the word that says what it is. */
export function figuresIn(text: string): Figures {
  if (!/\d/.test(text)) return none;
  const found: Record<string, number> = {};
  for (const kind of kinds) {
    const amount = patterns[kind].exec(text)?.[1];
    if (amount !== undefined) found[kind] = Number(amount.replaceAll(',', ''));
  }
  return found;
}

/** The figures of several texts, of which the first counts that names one. */
export function firstFigures(texts: readonly Figures[]): Figures {
  const found: Partial<Record<(typeof kinds)[number], number>> = {};
  for (const figures of texts) {
    if (figures === none) continue;
    for (const kind of kinds) if (figures[kind] !== undefined) found[kind] ??= figures[kind];
  }
  return found;
}

/**
 * What figures tell without a word that says it, if anything: "balance: 18.77, threshold: 25.00" is how programs say what people
 * say in words.
 */
export function figuresTell({ balance, threshold, spent, budget }: Figures): string | undefined {
  if (balance !== undefined && threshold !== undefined && balance < threshold)
    return 'a balance below its threshold';
  const isOver = spent !== undefined && budget !== undefined && budget > 0 && spent >= budget;
  return isOver ? 'a budget that is spent' : undefined;
}
