import * as z from 'zod';
import { mayCarryKeys } from '../config/address.ts';
import { durationSchema } from '../config/duration.ts';
import { nameSchema, ownerSchema } from '../config/fields.ts';
import type { Secret } from '../config/secret.ts';
import { secretSchema } from '../config/secret.ts';
import type { SenderName } from './senders.ts';
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

/** An address, or a domain with or without its `@`, with the name that alerts get. */
const senderNameSchema = z.strictObject({
  match: z
    .string()
    .regex(
      /^([^\s@]*@)?[^\s@]+\.[^\s@]+$/,
      'expected an address such as billing@vendor.example, or a domain such as @vendor.example',
    ),
  name: nameSchema,
});

/** A list is short for an object with `names` only. */
const sendersSchema = z.preprocess(
  (value) => (Array.isArray(value) ? { names: value } : value),
  z.strictObject({
    allow: z.array(senderSchema).default([]),
    mute: z.array(senderSchema).default([]),
    names: z.array(senderNameSchema).optional(),
  }),
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

/** Secrets go there: in clear only to this machine itself. */
const tokenUrlSchema = z
  .url({ error: 'expected the URL of a token endpoint' })
  .refine((url) => !URL.canParse(url) || mayCarryKeys(url, false), {
    error: 'expected a token endpoint with https',
  });

const oauth2Schema = z
  .strictObject({
    provider: z.enum(['microsoft', 'google', 'custom'], {
      error: 'expected a provider: microsoft, google or custom',
    }),
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9.-]+$/, 'expected the id or domain of a tenant')
      .optional(),
    client_id: z.string().min(1, 'expected the id of an application, got an empty one'),
    client_secret: secretSchema.optional(),
    refresh_token: secretSchema.optional(),
    token_url: tokenUrlSchema.optional(),
    scope: z.string().min(1).optional(),
  })
  .superRefine(({ provider, token_url, refresh_token, client_secret, tenant }, context) => {
    const complain = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (provider === 'custom' && token_url === undefined)
      complain('token_url', 'expected the URL of the token endpoint, which provider custom needs');
    if (provider === 'google' && refresh_token === undefined)
      complain('refresh_token', 'expected a refresh token, which provider google needs');
    if (refresh_token === undefined && client_secret === undefined)
      complain('refresh_token', 'expected a refresh_token, or a client_secret for client credentials');
    if (provider === 'microsoft' && refresh_token === undefined && tenant === undefined)
      complain('tenant', 'expected the id of the tenant, which client credentials need');
  });

export const mailboxSchema = z
  .strictObject({
    name: nameSchema,
    host: hostSchema,
    port: z.int().min(1).max(65_535).optional(),
    starttls: z.boolean().default(false),
    user: z.string().min(1, 'expected the name to log in with, got an empty one'),
    password: secretSchema.optional(),
    oauth2: oauth2Schema.optional(),
    folders: z.array(folderSchema).min(1, 'expected at least one folder').default(['INBOX']),
    interval: durationBetween(minute, 7 * day, 'from 1m to 7d').optional(),
    lookback: durationBetween(60 * minute, 31 * day, 'from 1h to 31d').optional(),
    timeout: durationBetween(5, 60 * minute, 'from 5s to 1h').optional(),
    ca_file: z.string().min(1).optional(),
    senders: sendersSchema.default({ allow: [], mute: [] }),
    terms: termsSchema.default({ extend: {}, replace: {} }),
    enabled: z.boolean().default(true),
    owner: ownerSchema.optional(),
  })
  .superRefine(({ password, oauth2 }, context) => {
    if ((password === undefined) !== (oauth2 === undefined)) return;
    context.addIssue({
      code: 'custom',
      path: ['password'],
      message: `expected either password or oauth2, got ${password === undefined ? 'none' : 'both'}`,
    });
  });

export type MailboxEntry = z.output<typeof mailboxSchema>;

/** Terms of a mailbox's own, by topic: plain phrases, matched as whole words where the script has words. */
export type TermsByTopic = Readonly<Partial<Record<MailTopic, readonly string[]>>>;

/** How to get tokens for a login: with a refresh token, else with client credentials. */
export interface OAuth2Config {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  readonly refreshToken: Secret | undefined;
  readonly scope: string | undefined;
}

/**
 * Fills in what Microsoft and Google document for IMAP.
 * Microsoft: https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 * Google: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
 */
function resolveOAuth2(entry: z.output<typeof oauth2Schema>): OAuth2Config {
  const { provider, tenant = 'common', client_id, client_secret, refresh_token, token_url, scope } = entry;
  const tokenUrls = {
    microsoft: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
    google: 'https://oauth2.googleapis.com/token',
    custom: '',
  } as const;
  const microsoftScope =
    refresh_token === undefined
      ? 'https://outlook.office365.com/.default'
      : 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access';
  return {
    tokenUrl: token_url ?? tokenUrls[provider],
    clientId: client_id,
    clientSecret: client_secret,
    refreshToken: refresh_token,
    scope: scope ?? (provider === 'microsoft' ? microsoftScope : undefined),
  };
}

/** One mailbox, checked, with all defaults filled in. */
export interface MailboxConfig {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** True: plain text until STARTTLS, which is mandatory. False: TLS from the first byte. */
  readonly starttls: boolean;
  readonly user: string;
  /** Undefined where the login is by `oauth2`. */
  readonly password: Secret | undefined;
  readonly oauth2: OAuth2Config | undefined;
  readonly folders: readonly string[];
  /** Between two scans. */
  readonly intervalSeconds: number;
  /** How far the first scan of a folder looks back. */
  readonly lookbackSeconds: number;
  /** For one scan, after which the connection is closed. */
  readonly timeoutSeconds: number;
  /** PEM file with the certificate authorities to trust instead of the public ones. */
  readonly caFile: string | undefined;
  /**
   * Addresses or domains. With an allow list, mail of any other sender doesn't count; muted mail never does. Mail of
   * named senders is counted apart, under the name.
   */
  readonly senders: {
    readonly allow: readonly string[];
    readonly mute: readonly string[];
    readonly names?: readonly SenderName[] | undefined;
  };
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
    oauth2: entry.oauth2 === undefined ? undefined : resolveOAuth2(entry.oauth2),
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
