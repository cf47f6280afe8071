import { CheckError } from '../../readings/check-error.ts';

/** Largest numbers of 32 and 64 bits, and of JSON itself: vendors write them for "no limit". */
const sentinels: ReadonlySet<unknown> = new Set([
  2 ** 31 - 1,
  2 ** 32 - 1,
  2 ** 63 - 1,
  2 ** 64 - 1,
  Number.MAX_SAFE_INTEGER,
]);

export function isSentinel(figure: unknown): figure is number {
  return sentinels.has(figure);
}

/** A sum or a difference of a number that means "no limit": whatever comes out is no figure, and does not look like it. */
export class SentinelOperand extends CheckError {
  constructor(figure: number, where: string) {
    super(
      'schema',
      `${where} ${figure}, which looks like the vendor's word for "no limit": unlimited: { expr: ..., equals: ${figure} } says so`,
    );
  }
}

/** @throws SentinelOperand */
export function refuseSentinelOperand(figure: unknown, where: string): void {
  if (isSentinel(figure)) throw new SentinelOperand(figure, where);
}
