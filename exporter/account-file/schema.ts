import * as z from 'zod';
import { type AccountConfig, defaultsSchema } from '../accounts/schema.ts';
import { timezoneSchema } from '../config/fields.ts';
import type { Secret } from '../config/secret.ts';
import type { MailboxConfig } from '../mail/schema.ts';
import type { SubscriptionConfig } from '../subscriptions/schema.ts';

/** The account file as people write it (snake_case); `load.ts` turns it into `Config`. Unknown keys are errors. */

/** The outside of the file; each entry is read by itself, so that a wrong one hides no fault of another. */
export const accountFileSchema = z.strictObject({
  timezone: timezoneSchema.default('UTC'),
  defaults: defaultsSchema.default({}),
  accounts: z.array(z.unknown()).default([]),
  subscriptions: z.array(z.unknown()).default([]),
  mailboxes: z.array(z.unknown()).default([]),
});

/** The account file, checked, with all defaults filled in; what is not enabled is left out. */
export interface Config {
  readonly timezone: string;
  readonly accounts: readonly AccountConfig[];
  readonly subscriptions: readonly SubscriptionConfig[];
  readonly mailboxes: readonly MailboxConfig[];
  /** Every secret that the file refers to. */
  readonly secrets: readonly Secret[];
}
