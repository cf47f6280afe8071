import * as z from 'zod';
import { failureReasons } from '../readings/check-error.ts';
import type { Reading } from '../readings/reading.ts';
import { readingTypes, wallets } from '../readings/reading.ts';
import type { RecordStore } from '../storage/record-store.ts';
import { asks, questionOf } from './question.ts';
import type { AccountConfig } from './schema.ts';
import type { AccountState } from './state.ts';
import { untried } from './state.ts';

const time = z.number().int().nonnegative();
const count = z.number().int().nonnegative();

const readingSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('balance'),
    type: z.enum(readingTypes),
    unit: z.string().min(1),
    window: z.string().exactOptional(),
    wallet: z.enum(wallets).exactOptional(),
    value: z.number(),
    limit: z.number().exactOptional(),
    resetAt: z.number().exactOptional(),
    asOf: z.number().exactOptional(),
  }),
  z.object({
    kind: z.literal('spend'),
    unit: z.string().min(1),
    period: z.string(),
    value: z.number(),
    periodStart: z.number(),
    periodEnd: z.number(),
    asOf: z.number().exactOptional(),
  }),
  z.object({
    kind: z.literal('unlimited'),
    type: z.enum(readingTypes),
    unit: z.string().min(1),
    window: z.string().exactOptional(),
    wallet: z.enum(wallets).exactOptional(),
  }),
]) satisfies z.ZodType<Reading>;

const recordSchema = z.object({
  /** Which question the readings answer; another one makes them void. */
  question: z.string(),
  readings: z.array(readingSchema),
  lastCheckAt: time.optional(),
  lastSuccessAt: time.optional(),
  lastDuration: z.number().nonnegative().optional(),
  failure: z.object({ reason: z.enum(failureReasons), message: z.string() }).optional(),
  checks: count,
  failures: z.record(z.enum(failureReasons), count),
});

const kind = 'account';

export interface AccountStorageOptions {
  readonly records: RecordStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onSetAside: (message: string) => void;
}

/** Keeps what is known of accounts over restarts: last readings with their age, and counters. */
export class AccountStorage {
  readonly #options: AccountStorageOptions;

  constructor(options: AccountStorageOptions) {
    this.#options = options;
  }

  /** The state that was last saved for an account of that name; an untried one where none can be used. */
  restore(account: AccountConfig): AccountState {
    const { records, now, onSetAside } = this.#options;
    const record = records.read(kind, account.name, recordSchema);
    if (record === undefined) return untried(account);
    const counters = { ...untried(account), checks: record.checks, failures: record.failures };
    if (!asks(account, record.question)) return counters;
    const latest = Math.max(record.lastCheckAt ?? 0, record.lastSuccessAt ?? 0);
    if (latest > now()) {
      // The clock was set back while the program was down: the age of the readings is unknown.
      onSetAside(
        `the stored readings of ${JSON.stringify(account.name)} are from the future (${new Date(latest).toISOString()}): starting without them`,
      );
      return counters;
    }
    return {
      ...counters,
      readings: record.readings,
      lastCheckAtMs: record.lastCheckAt,
      lastSuccessAtMs: record.lastSuccessAt,
      lastDurationSeconds: record.lastDuration,
      failure: record.failure,
    };
  }

  /** @throws the file system's error; what was saved before still holds then. */
  async save(state: AccountState): Promise<void> {
    const record: z.input<typeof recordSchema> = {
      question: questionOf(state.account),
      readings: [...state.readings],
      lastCheckAt: state.lastCheckAtMs,
      lastSuccessAt: state.lastSuccessAtMs,
      lastDuration: state.lastDurationSeconds,
      failure: state.failure,
      checks: state.checks,
      failures: { ...state.failures },
    };
    await this.#options.records.write(kind, state.account.name, record);
  }
}
