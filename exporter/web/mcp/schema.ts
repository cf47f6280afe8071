import * as z from 'zod';
import { accountSchema, mailboxSchema } from '../api/schema.ts';

/** Shapes of the tools' questions and answers. Accounts and mailboxes are those of the API. */

const date = z.iso.date();

export const runsDryInput = z.strictObject({
  limit: z.int().min(1).max(100).default(10).describe('How many accounts to return at most'),
});

export const runsDryOutput = z.object({
  accounts: z.array(
    z.object({
      ...accountSchema.shape,
      threshold_ratio: z
        .number()
        .optional()
        .describe(
          'Smallest of value / threshold of its readings; below 1 is low. Absent without a threshold',
        ),
      days_left: z
        .number()
        .optional()
        .describe(
          'Days until the balance that ends first is used up, at the present rate. Absent if unknown',
        ),
    }),
  ),
  unknown: z.array(z.string()).describe('Names of accounts without a current reading, which are not ranked'),
});

export const accountInput = z.strictObject({ name: z.string().max(500).describe('As in the account file') });

export const accountOutput = z.object({ account: z.object(accountSchema.shape) });

export const renewalsInput = z.strictObject({
  from: date.optional().describe('First day, YYYY-MM-DD; by default everything overdue is included'),
  to: date.optional().describe('Last day, YYYY-MM-DD; by default 30 days from today. At most a year ahead'),
});

export const renewalsOutput = z.object({
  renewals: z.array(
    z.object({
      name: z.string(),
      date,
      days: z.int().describe("Calendar days from today in the subscription's time zone; negative if overdue"),
      state: z.enum(['overdue', 'due', 'paid', 'coming']),
      cycle: z.string(),
      auto_renew: z.boolean(),
      amount: z.number().optional(),
      currency: z.string().optional(),
      owner: z.string().optional(),
    }),
  ),
  unpaid: z
    .array(z.object({ currency: z.string(), amount: z.number() }))
    .describe('Sums of the renewals above that are not paid, by currency'),
});

export const failingInput = z.strictObject({});

export const failingOutput = z.object({
  accounts: z
    .array(z.object(accountSchema.shape))
    .describe('Accounts whose last check failed, or whose readings are too old'),
  mailboxes: z
    .array(z.object(mailboxSchema.shape))
    .describe('Mailboxes whose last scan failed, or whose last successful one is too long ago'),
  config_errors: z.array(z.string()).describe('Why the account file could not be reloaded'),
  broken: z
    .array(z.object({ kind: z.enum(['account', 'renewal', 'mailbox']), name: z.string() }))
    .describe('Entries that could not be rendered'),
});

export type RunsDryAnswer = z.infer<typeof runsDryOutput>;
export type RenewalsAnswer = z.infer<typeof renewalsOutput>;
export type FailingAnswer = z.infer<typeof failingOutput>;
