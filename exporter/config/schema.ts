import { z } from 'zod';
import type { MailboxConfig } from '../mail/schema.ts';
import type { SubscriptionConfig } from '../subscriptions/schema.ts';
import { durationSchema, formatDuration } from './duration.ts';
import { consoleUrlSchema, nameSchema, ownerSchema, timezoneSchema } from './fields.ts';
import { Secret } from './secret.ts';

/** The account file as people write it (snake_case); `load.ts` turns it into `Config`. Unknown keys are errors. */

const finite = z.number('expected a number');

/** One number, or one per unit where an answer has several. */
const amountSchema = z.union([finite, z.record(z.string().min(1), finite)], {
  error: 'expected a number, or numbers by unit such as { CNY: 100, USD: 20 }',
});

const proxyError = 'expected an http or https URL without credentials, or { secret: NAME } where it has some';
const proxySchema = z.union(
  [
    z.instanceof(Secret),
    z
      .url({ protocol: /^https?$/, error: proxyError })
      .refine((url) => !URL.canParse(url) || (new URL(url).password === '' && new URL(url).username === ''), {
        error: proxyError,
      }),
  ],
  { error: proxyError },
);

/** A vendor that needs longer will not answer any more; and timers of weeks overflow. In seconds. */
const longestTimeout = 3600;
const longestInterval = 7 * 86_400;

/** A duration up to `longest` seconds. */
function upTo(longest: number) {
  return durationSchema.refine((seconds) => seconds <= longest, {
    error: (issue) =>
      `expected at most ${formatDuration(longest)}, got ${formatDuration(Number(issue.input))}`,
  });
}

/** How an account is asked; each can be set for all of them under `defaults`. */
const polling = {
  interval: upTo(longestInterval).optional(),
  max_age: durationSchema.optional(),
  timeout: upTo(longestTimeout).optional(),
  proxy: proxySchema.optional(),
  ca_file: z.string().min(1).optional(),
};

export const accountSchema = z.strictObject({
  name: nameSchema,
  provider: z.string('expected the id of a provider'),
  options: z.unknown().optional(),
  threshold: amountSchema.optional(),
  budget: amountSchema.optional(),
  enabled: z.boolean().default(true),
  owner: ownerSchema.optional(),
  console_url: consoleUrlSchema.optional(),
  ...polling,
});

/** The outside of the file; each entry is read by itself, so that a wrong one hides no fault of another. */
export const accountFileSchema = z.strictObject({
  timezone: timezoneSchema.default('UTC'),
  defaults: z.strictObject(polling).default({}),
  accounts: z.array(z.unknown()).default([]),
  subscriptions: z.array(z.unknown()).default([]),
  mailboxes: z.array(z.unknown()).default([]),
});

export type AccountEntry = z.output<typeof accountSchema>;
export type Defaults = z.output<typeof accountFileSchema>['defaults'];

/** A threshold or a budget: one number, or one for each unit. */
export type Amount = number | Readonly<Record<string, number>>;

/** One account, checked, with all defaults filled in. */
export interface AccountConfig {
  readonly name: string;
  readonly provider: string;
  /** As the provider's own schema gave it, secrets resolved. */
  readonly options: unknown;
  readonly threshold: Amount | undefined;
  readonly budget: Amount | undefined;
  readonly owner: string | undefined;
  readonly consoleUrl: string | undefined;
  /** Seconds. */
  readonly interval: number;
  /** Seconds after which a reading is no longer served. */
  readonly maxAge: number;
  /** Seconds for one check, retries included. */
  readonly timeout: number;
  readonly proxy: string | Secret | undefined;
  readonly caFile: string | undefined;
}

/** The account file, checked, with all defaults filled in; what is not enabled is left out. */
export interface Config {
  readonly timezone: string;
  readonly accounts: readonly AccountConfig[];
  readonly subscriptions: readonly SubscriptionConfig[];
  readonly mailboxes: readonly MailboxConfig[];
  /** Every secret that the file refers to. */
  readonly secrets: readonly Secret[];
}
