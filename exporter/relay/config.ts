import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { isWebUrl } from '../config/address.ts';
import { consoleUrlSchema, timezoneSchema, webUrlSchema } from '../config/fields.ts';
import type { Path } from '../config/located-yaml.ts';
import { formatProblem, LocatedYaml } from '../config/located-yaml.ts';
import { parse } from '../config/parse.ts';
import { parseProxy, proxyExpected } from '../config/proxy.ts';
import { resolveSecrets, Secret, secretSchema } from '../config/secret.ts';
import { secretSources } from '../config/secret-sources.ts';
import { messageOf } from '../errors.ts';
import { botTypes } from './bots/registry.ts';
import { languages, weekdays } from './words.ts';

/** The relay's file as people write it (snake_case). Unknown keys are errors. */

const webhookUrl = secretSchema.refine((secret) => {
  const text = secret.reveal();
  return text === '' || isWebUrl(text);
}, 'expected the secret to be an http or https URL');

const channelSchema = z
  .strictObject({
    /** Part of the path `/notify/NAME` and of the metrics. */
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'expected 1 to 63 letters, digits, "_" and "-"'),
    type: z.enum(botTypes),
    url: webhookUrl,
    secret: secretSchema.optional(),
  })
  .refine(({ type, secret }) => type !== 'wecom_bot' || secret === undefined, {
    path: ['secret'],
    error: 'WeCom group bots have no signature: only the URL is secret',
  });

const digestSchema = z.strictObject({
  day: z.enum(weekdays),
  /** 0 to 23. */
  hour: z.int().min(0).max(23),
  timezone: timezoneSchema,
  channels: z.array(z.string()).min(1, 'expected at least one channel'),
});

const prometheusSchema = z
  .strictObject({
    url: webUrlSchema,
    username: z.string().optional(),
    password: secretSchema.optional(),
    bearer_token: secretSchema.optional(),
    /** Credentials and certificate authority, in the format of `promtool --http.config.file`, instead of the keys above. */
    http_config_file: z.string().optional(),
  })
  .refine(
    ({ http_config_file: file, username, bearer_token: token }) =>
      file === undefined || (username === undefined && token === undefined),
    { path: ['http_config_file'], error: 'expected either http_config_file or credentials, got both' },
  );

const fileSchema = z
  .strictObject({
    language: z.enum(languages).default('en'),
    channels: z.array(channelSchema).min(1, 'expected at least one channel'),
    digest: digestSchema.optional(),
    /** Links that mark renewals as paid, in reminders and in the digest; without it there are none. */
    mark_paid: z
      .strictObject({
        /** The exporter's `--web.mark-paid-key-file`: the same keys. */
        key_file: z.string().min(1, 'expected the path of the exporter’s key file'),
        /** The exporter's `--web.external-url`. */
        external_url: consoleUrlSchema,
      })
      .optional(),
    /** Where the digest's figures come from. */
    prometheus: prometheusSchema.optional(),
    proxy: z
      .union([
        z.string().refine((text) => parseProxy(text) !== undefined, proxyExpected),
        z.instanceof(Secret),
      ])
      .optional(),
    ca_file: z.string().optional(),
  })
  .superRefine(({ channels, digest, prometheus }, context) => {
    const names = channels.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index)
        context.addIssue({
          code: 'custom',
          path: ['channels', index, 'name'],
          message: 'expected a unique name',
        });
    }
    if (digest === undefined) return;
    if (prometheus === undefined)
      context.addIssue({
        code: 'custom',
        path: ['prometheus'],
        message: 'expected the url of Prometheus, which the digest is created from',
      });
    for (const [index, name] of digest.channels.entries()) {
      if (!names.includes(name))
        context.addIssue({
          code: 'custom',
          path: ['digest', 'channels', index],
          message: `expected one of the channels: ${names.join(', ')}`,
        });
    }
  });

export type RelayConfig = z.output<typeof fileSchema> & {
  /** All that the file refers to. */
  readonly secrets: readonly Secret[];
};
export type ChannelConfig = RelayConfig['channels'][number];

export type RelayConfigResult =
  | { readonly ok: true; readonly config: RelayConfig }
  | { readonly ok: false; readonly errors: readonly string[] };

/** Reads the relay's file; every error is one line that names the place, and none holds a secret's value. */
export function readRelayConfig(
  file: string,
  secretsDirectory: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): RelayConfigResult {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { ok: false, errors: [`${file}: cannot be read: ${messageOf(error)}`] };
  }
  return readRelayText(file, text, secretSources(secretsDirectory, environment));
}

/** As `readRelayConfig`, of a text. */
export function readRelayText(
  file: string,
  text: string,
  resolveSecret: (name: string) => string | undefined,
): RelayConfigResult {
  const yaml = new LocatedYaml(file, text);
  const read = yaml.read();
  if (!read.ok) return { ok: false, errors: read.problems.map(formatProblem) };
  const errors: string[] = [];
  const report = (path: Path, message: string): void =>
    void errors.push(formatProblem(yaml.problem(path, message)));
  const { document, secrets, problems } = resolveSecrets(read.plain ?? {}, resolveSecret);
  for (const { path, message } of problems) report(path, message);
  const config = parse(fileSchema, document, [], report);
  return config === undefined || errors.length > 0
    ? { ok: false, errors }
    : { ok: true, config: { ...config, secrets } };
}
