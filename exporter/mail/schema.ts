import { z } from 'zod';
import { durationSchema } from '../config/duration.ts';
import { nameSchema, ownerSchema } from '../config/fields.ts';
import type { Secret } from '../config/secret.ts';
import { secretSchema } from '../config/secret.ts';
import type { MailTopic } from './topics.ts';
import { mailTopics } from './topics.ts';

/** One mailbox in the account file as people write it (snake_case); `resolveMailbox` fills in the defaults. */

const minute = 60;
const day = 86_400;

const defaults = {
  intervalSeconds: 15 * minute,
  lookbackSeconds: 7 * day,
  timeoutSeconds: 2 * minute,
} as const;

/** A duration between two bounds (seconds), named in words in the message. */
function durationBetween(least: number, most: number, words: string) {
  return durationSchema.refine((seconds) => seconds >= least && seconds <= most, {
    error: `expected a duration ${words}`,
  });
}

const hostSchema = z
  .string()
  .regex(
    /^[^\s/@:]+$|^[0-9A-Fa-f:]+$/,
    'expected a host name such as imap.example.com, without scheme, port or path',
  );

const folderSchema = z.string().min(1, 'expected the name of a folder, got an empty one');

/** An address, or a domain that stands for itself and everything under it. */
const senderSchema = z
  .string()
  .regex(
    /^([^\s@]+@)?[^\s@]+\.[^\s@]+$/,
    'expected an address such as billing@vendor.example, or a domain such as vendor.example',
  );

const termSchema = z
  .string()
  .max(200, 'expected a term of at most 200 characters')
  .refine((term) => /[\p{L}\p{N}]/u.test(term), 'expected a term with at least one letter or digit');

const termsByTopicSchema = z.partialRecord(
  z.enum(mailTopics, { error: `expected a topic: ${mailTopics.join(', ')}` }),
  z.array(termSchema),
);

const termsSchema = z
  .strictObject({
    extend: termsByTopicSchema.default({}),
    replace: termsByTopicSchema.default({}),
  })
  .superRefine(({ extend, replace }, context) => {
    for (const topic of mailTopics) {
      if (extend[topic] === undefined || replace[topic] === undefined) continue;
      context.addIssue({
        code: 'custom',
        path: ['extend', topic],
        message: `expected terms of ${topic} under extend or under replace, got both`,
      });
    }
  });

export const mailboxSchema = z.strictObject({
  name: nameSchema,
  host: hostSchema,
  port: z.int().min(1).max(65_535).optional(),
  starttls: z.boolean().default(false),
  user: z.string().min(1, 'expected the name to log in with, got an empty one'),
  password: secretSchema,
  folders: z.array(folderSchema).min(1, 'expected at least one folder').default(['INBOX']),
  interval: durationBetween(minute, 7 * day, 'from 1m to 7d').optional(),
  lookback: durationBetween(60 * minute, 31 * day, 'from 1h to 31d').optional(),
  timeout: durationBetween(5, 60 * minute, 'from 5s to 1h').optional(),
  ca_file: z.string().min(1).optional(),
  senders: z
    .strictObject({ allow: z.array(senderSchema).default([]), mute: z.array(senderSchema).default([]) })
    .default({ allow: [], mute: [] }),
  terms: termsSchema.default({ extend: {}, replace: {} }),
  enabled: z.boolean().default(true),
  owner: ownerSchema.optional(),
});

export type MailboxEntry = z.output<typeof mailboxSchema>;

/** Terms of a mailbox's own, by topic: plain phrases, matched as whole words where the script has words. */
export type TermsByTopic = Readonly<Partial<Record<MailTopic, readonly string[]>>>;

/** One mailbox, checked, with all defaults filled in. */
export interface MailboxConfig {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** True: plain text until STARTTLS, which is mandatory. False: TLS from the first byte. */
  readonly starttls: boolean;
  readonly user: string;
  readonly password: Secret;
  readonly folders: readonly string[];
  /** Between two scans. */
  readonly intervalSeconds: number;
  /** How far the first scan of a folder looks back. */
  readonly lookbackSeconds: number;
  /** For one scan, after which the connection is closed. */
  readonly timeoutSeconds: number;
  /** PEM file with the certificate authorities to trust instead of the public ones. */
  readonly caFile: string | undefined;
  /** Addresses or domains. With an allow list, mail of any other sender doesn't count; muted mail never does. */
  readonly senders: { readonly allow: readonly string[]; readonly mute: readonly string[] };
  /** `extend` adds to the built-in terms of a topic, `replace` stands in for them (an empty list switches the topic off). */
  readonly terms: { readonly extend: TermsByTopic; readonly replace: TermsByTopic };
  readonly owner: string | undefined;
}

/** Fills in the defaults; whether the entry is `enabled` is the caller's to look at. */
export function resolveMailbox(entry: MailboxEntry): MailboxConfig {
  return {
    name: entry.name,
    host: entry.host,
    port: entry.port ?? (entry.starttls ? 143 : 993),
    starttls: entry.starttls,
    user: entry.user,
    password: entry.password,
    folders: [...new Set(entry.folders)],
    intervalSeconds: entry.interval ?? defaults.intervalSeconds,
    lookbackSeconds: entry.lookback ?? defaults.lookbackSeconds,
    timeoutSeconds: entry.timeout ?? defaults.timeoutSeconds,
    caFile: entry.ca_file,
    senders: entry.senders,
    terms: entry.terms,
    owner: entry.owner,
  };
}
