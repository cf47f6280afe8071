/**
 * What a provider answers: the vendor's figures with their unit, as plain data.
 *
 * Signs are ours, not the vendor's: what is left is positive, debt is negative.
 */

export const readingTypes = ['balance', 'credits', 'quota', 'merchant'] as const;

/** `balance` and `credits` are prepaid, `quota` resets by itself, `merchant` is the customer's own money. */
export type ReadingType = (typeof readingTypes)[number];

/**
 * What a part of the money can be used for, where a vendor keeps several of one currency that differ in it: `cash` pays for
 * anything, `voucher` and `gift` for some things or for some time.
 */
export const wallets = ['cash', 'voucher', 'gift'] as const;

export type Wallet = (typeof wallets)[number];

/** What is left on an account, in one unit and, for a quota, in one window. */
export interface BalanceReading {
  readonly kind: 'balance';
  readonly type: ReadingType;
  /** ISO 4217 code, or `credits`, `points`, `percent`, `characters`, ... */
  readonly unit: string;
  /** `5h`, `week`, `month`, ...: only where one account has several quota windows. */
  readonly window?: string;
  /** Only where one currency has several wallets that differ in use. */
  readonly wallet?: Wallet;
  /** In `unit`; finite. */
  readonly value: number;
  /** Size of the quota window, in `unit`, where the vendor reports it. */
  readonly limit?: number;
  /** When the quota window resets, in seconds since the epoch, where the vendor reports it. */
  readonly resetAt?: number;
  /** When the figure is from, in seconds since the epoch, where the vendor says that it is older than the check. */
  readonly asOf?: number;
}

/** Post-paid cost so far in a billing period. */
export interface SpendReading {
  readonly kind: 'spend';
  readonly unit: string;
  /** Name of the period, such as `month`. */
  readonly period: string;
  /** In `unit`; finite. */
  readonly value: number;
  /** Seconds since the epoch. */
  readonly periodStart: number;
  /** Seconds since the epoch. */
  readonly periodEnd: number;
  /** When the figure is from, in seconds since the epoch, where the vendor says that it is older than the check. */
  readonly asOf?: number;
}

/** The vendor sets no limit here: there is no figure, and nothing can run out. */
export interface UnlimitedReading {
  readonly kind: 'unlimited';
  readonly type: ReadingType;
  readonly unit: string;
  /** As of a balance. */
  readonly window?: string;
  readonly wallet?: Wallet;
  readonly value?: never;
}

export type Reading = BalanceReading | SpendReading | UnlimitedReading;

/** What tells a reading from the others of its account: two of one identity would be one series. */
export function identityOf(reading: Reading): string {
  return reading.kind === 'spend'
    ? JSON.stringify(['spend', reading.unit, reading.period])
    : JSON.stringify([reading.type, reading.unit, reading.window ?? '', reading.wallet ?? '']);
}

/** Whether money pays for anything, as it does where a vendor keeps no wallets; gifts and vouchers do not. */
export function isCash({ wallet }: Pick<BalanceReading, 'wallet'>): boolean {
  return wallet === undefined || wallet === 'cash';
}
