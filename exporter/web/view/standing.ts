/** How an account, a renewal or a mailbox stands; the most urgent first. */
export const standings = [
  'empty',
  'overdue',
  'low',
  'over_budget',
  'stale',
  'failing',
  'mail',
  'due',
  'unchecked',
  'paid',
  'fine',
] as const;

export type Standing = (typeof standings)[number];

/** Place in the order of urgency; smaller is more urgent. */
export function urgency(standing: Standing): number {
  return standings.indexOf(standing);
}

/** The most urgent of the problems' kinds, or how a thing without problems stands. */
export function worst<Problem extends { readonly kind: Standing }>(
  problems: readonly Problem[],
  otherwise: Standing,
): Standing {
  let found = otherwise;
  for (const { kind } of problems) if (urgency(kind) < urgency(found)) found = kind;
  return found;
}

/** How loudly a standing is shown. Colour only repeats what symbol and word say. */
export type Tone = 'critical' | 'warning' | 'notice' | 'quiet' | 'fine';

export const tones: Readonly<Record<Standing, Tone>> = {
  empty: 'critical',
  overdue: 'critical',
  low: 'warning',
  over_budget: 'warning',
  stale: 'warning',
  failing: 'warning',
  mail: 'notice',
  due: 'notice',
  unchecked: 'quiet',
  paid: 'fine',
  fine: 'fine',
};
