import * as z from 'zod';
import { mailTopics } from '../../mail/topics.ts';
import { failureReasons } from '../../readings/check-error.ts';
import { readingTypes, wallets } from '../../readings/reading.ts';
import { standings } from '../view/standing.ts';

/** Shapes of the API's answers. They make both the types of the code and the OpenAPI document. */

/** Names of the shapes in the OpenAPI document. */
export const components = z.registry<{ readonly id: string; readonly description: string }>();

const moment = z.iso.datetime();
const state = z.enum(standings);
const failure = z.object({ reason: z.enum(failureReasons), message: z.string() });

export const readingSchema = z
  .object({
    type: z.enum([...readingTypes, 'spend']),
    unit: z.string(),
    value: z.number().optional(),
    unlimited: z.literal(true).optional(),
    window: z.string().optional(),
    wallet: z.enum(wallets).optional(),
    limit: z.number().optional(),
    resets_at: moment.optional(),
    as_of: moment.optional(),
    threshold: z.number().optional(),
    period: z.string().optional(),
    period_start: moment.optional(),
    period_end: moment.optional(),
    budget: z.number().optional(),
    state,
  })
  .register(components, {
    id: 'Reading',
    description:
      'What remains in one unit and quota window, or what was spent in one period (type `spend`). Without `value` where the vendor sets no limit (`unlimited`). `as_of` is the time that the vendor gives for its figure.',
  });

export const accountSchema = z
  .object({
    name: z.string(),
    provider: z.string(),
    owner: z.string().optional(),
    console_url: z.string().optional(),
    state,
    current: z.boolean(),
    readings: z.array(readingSchema),
    last_check_at: moment.optional(),
    last_success_at: moment.optional(),
    failure: failure.optional(),
  })
  .register(components, {
    id: 'Account',
    description:
      'An account. If `current` is false, its readings are older than its maximum age: the last known values, not what remains now.',
  });

export const renewalSchema = z
  .object({
    name: z.string(),
    cycle: z.string(),
    auto_renew: z.boolean(),
    amount: z.number().optional(),
    currency: z.string().optional(),
    owner: z.string().optional(),
    console_url: z.string().optional(),
    state,
    next: z.iso.date().optional(),
    days: z.int().optional(),
    overdue_since: z.iso.date().optional(),
  })
  .register(components, {
    id: 'Renewal',
    description: 'A subscription and its next unpaid renewal. Days are calendar days in its own time zone.',
  });

export const mailboxSchema = z
  .object({
    name: z.string(),
    owner: z.string().optional(),
    state,
    scanned: z.int(),
    topics: z.array(z.object({ topic: z.enum(mailTopics), count: z.int(), last_at: moment.optional() })),
    last_scan_at: moment.optional(),
    last_success_at: moment.optional(),
    failure: failure.optional(),
  })
  .register(components, {
    id: 'Mailbox',
    description: 'A mailbox, with the billing mail found in it by topic.',
  });

export const statusSchema = z
  .object({
    version: z.string(),
    timezone: z.string(),
    attention_count: z.int(),
    config: z.object({
      last_reload_successful: z.boolean(),
      last_reload_success_at: moment,
      errors: z.array(z.string()),
    }),
    accounts: z.array(accountSchema),
    renewals: z.array(renewalSchema),
    mailboxes: z.array(mailboxSchema),
    broken: z.array(z.object({ kind: z.enum(['account', 'renewal', 'mailbox']), name: z.string() })),
  })
  .register(components, {
    id: 'Status',
    description: 'Everything that the status page shows. `broken` lists entries that could not be rendered.',
  });

export const problemSchema = z
  .object({ title: z.string(), status: z.int(), detail: z.string() })
  .register(components, { id: 'Problem', description: 'An error, as in RFC 9457.' });

export type ApiReading = z.infer<typeof readingSchema>;
export type ApiAccount = z.infer<typeof accountSchema>;
export type ApiRenewal = z.infer<typeof renewalSchema>;
export type ApiMailbox = z.infer<typeof mailboxSchema>;
export type ApiStatus = z.infer<typeof statusSchema>;
export type ApiProblem = z.infer<typeof problemSchema>;
