import { isIP } from 'node:net';
import { z } from 'zod';
import { formatDuration, parseDuration } from '../../exporter/config/duration.ts';
import { secretNamePattern } from '../../exporter/config/secret.ts';
import { severities } from '../../rules/types.ts';
import { withoutTrailingSlash } from '../render/hosts.ts';

/**
 * The stack's configuration as people set it, in the namespace `balance-alert`, with every default.
 * `docs/configuration-stack.md` describes each key; a test holds the two together.
 */

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** A number, or the digits of one: Pulumi hands over some values as text. */
const numeric = (error: string, pattern: RegExp) =>
  z.union([z.number(), z.string().regex(pattern).transform(Number)], { error });

const wholeNumber = (minimum: number, maximum: number) =>
  numeric(`expected a whole number from ${minimum} to ${maximum}`, /^\d{1,9}$/).refine(
    (value) => Number.isInteger(value) && value >= minimum && value <= maximum,
    { error: (issue) => `expected a whole number from ${minimum} to ${maximum}, got ${shown(issue.input)}` },
  );

const booleanText = z
  .union([z.boolean(), z.enum(['true', 'false'])], { error: 'expected true or false' })
  .transform((value) => value === true || value === 'true');

const port = wholeNumber(1, 65_535);

/** Docker's own rule for the names of containers, kept to what a DNS label may hold, with room for suffixes. */
const prefix = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, {
  error: (issue) =>
    `expected 1 to 40 lower-case letters, digits and "-", not at either end, got ${shown(issue.input)}`,
});

const address = z.string().refine((value) => isIP(value) !== 0, {
  error: (issue) => `expected an IP address such as 127.0.0.1, got ${shown(issue.input)}`,
});

/** A link that people and other services follow; whatever proxy serves a sub-path strips it. */
const publicUrl = z
  .url({ protocol: /^https?$/, error: (issue) => `expected an http or https URL, got ${shown(issue.input)}` })
  .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
    error: 'expected a URL without user name and password',
  })
  .refine((url) => !URL.canParse(url) || (new URL(url).search === '' && new URL(url).hash === ''), {
    error: 'expected a URL without "?" and "#"',
  })
  .transform(withoutTrailingSlash);

/**
 * `name:tag`, `name@sha256:…` or both. A moving tag is refused: an image that is on the engine is used
 * without asking the registry, so `latest` would be whatever `latest` was once.
 */
const image = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._/:-]*?(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/, {
    error: (issue) => `expected an image such as prom/prometheus:v3.15.0, got ${shown(issue.input)}`,
  })
  .refine((reference) => /@sha256:[0-9a-f]{64}$/.test(reference) || /:(?!latest$)[^/:@]+$/.test(reference), {
    error: (issue) =>
      `expected an image with a tag other than latest, or with a digest, got ${shown(issue.input)}`,
  });

const retention = z.string().refine((text) => (parseDuration(text) ?? 0) > 0, {
  error: (issue) => `expected a duration such as 45d, got ${shown(issue.input)}`,
});

const retentionSize = z.string().regex(/^[1-9]\d*(B|KB|MB|GB|TB|PB|EB)$/, {
  error: (issue) => `expected a size such as 2GB, got ${shown(issue.input)}`,
});

/** Dashboards and rules look back five minutes for the last sample, so a scrape may fail once and no more. */
const shortestScrape = 15;
const longestScrape = 120;

const scrapeInterval = z.string().refine(
  (text) => {
    const seconds = parseDuration(text);
    return seconds !== undefined && seconds >= shortestScrape && seconds <= longestScrape;
  },
  {
    error: (issue) =>
      `expected a duration from ${formatDuration(shortestScrape)} to ${formatDuration(longestScrape)}, got ${shown(issue.input)}`,
  },
);

/** A command as Docker writes it; `NONE` would switch the check off and is refused. */
const healthcheck = z
  .array(
    z.string(
      'expected words, as in ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/healthy"]',
    ),
  )
  .refine(
    ([kind, ...words]) =>
      (kind === 'CMD' && words.length > 0) || (kind === 'CMD-SHELL' && words.length === 1),
    {
      error: 'expected ["CMD", program, …] or ["CMD-SHELL", line]',
    },
  );

/** Jobs of ours: one more of these names would be refused by Prometheus, or read as ours by the rules. */
const ownJobs: readonly string[] = ['balance-alert', 'balance-alert-relay', 'prometheus'];

const scrapeConfig = z.looseObject({
  job_name: z
    .string('expected the name of a job')
    .min(1, 'expected the name of a job')
    .refine((name) => !ownJobs.includes(name), {
      error: (issue) =>
        `expected a job of another name than ${ownJobs.join(', ')}, got ${shown(issue.input)}`,
    }),
});

const scrapeConfigs = z.array(scrapeConfig).superRefine((configs, context) => {
  for (const [index, { job_name: job }] of configs.entries()) {
    if (configs.findIndex((other) => other.job_name === job) < index) {
      context.addIssue({
        code: 'custom',
        path: [index, 'job_name'],
        message: `expected each job once, got ${shown(job)} again`,
      });
    }
  }
});

/** The password goes through a file whose line breaks are cut, and through `user:password`. */
const adminPassword = z
  .string('expected a text')
  .min(8, 'expected at least 8 characters')
  .regex(/^\P{Cc}+$/u, 'expected no line breaks and no control characters');

/** Memory is also the limit of memory and swap together, so nothing swaps. Below 32 MiB nothing of these starts. */
const limits = (memory: number) =>
  z
    .strictObject({
      /** MiB. */
      memory: wholeNumber(32, 1_048_576).default(memory),
      /** Processors, such as 0.5; unlimited when unset. */
      cpus: numeric('expected a number of processors, such as 0.5', /^\d{1,4}(\.\d{1,3})?$/)
        .refine((value) => value >= 0.01 && value <= 1024, {
          error: (issue) => `expected a number of processors from 0.01 to 1024, got ${shown(issue.input)}`,
        })
        .optional(),
    })
    .prefault({});

const alertChange = z.enum(['off', ...severities]);

const days = numeric('expected a number of days', /^\d{1,3}(\.\d{1,2})?$/).refine(
  (value) => value > 0 && value <= 365,
  { error: (issue) => `expected a number of days above 0, up to 365, got ${shown(issue.input)}` },
);

export const stackSchema = z.strictObject({
  accountsFile: z.string().min(1, 'expected the path of the account file').default('balance-alert.yaml'),
  secrets: z
    .record(
      z.string().regex(secretNamePattern, 'expected the name of a secret: letters, digits, "_", "." and "-"'),
      z.string('expected a text').min(1, 'expected a value, got an empty one'),
    )
    .default({}),
  namePrefix: prefix.default('balance-alert'),
  language: z
    .enum(['en', 'zh'], { error: (issue) => `expected en or zh, got ${shown(issue.input)}` })
    .default('en'),
  bindAddress: address.default('127.0.0.1'),
  allowOpen: booleanText.default(false),
  publicUrls: z
    .strictObject({
      status: publicUrl.optional(),
      prometheus: publicUrl.optional(),
      grafana: publicUrl.optional(),
    })
    .prefault({}),
  ports: z
    .strictObject({
      status: port.default(8080),
      metrics: port.default(9100),
      prometheus: port.default(9090),
      grafana: port.default(3000),
    })
    .prefault({}),
  images: z
    .strictObject({
      /** Built from the checkout when unset. */
      exporter: image.optional(),
      prometheus: image.default('prom/prometheus:v3.15.0'),
      grafana: image.default('grafana/grafana:13.2.3'),
      /** Of the image that is built; the machine's own when unset. */
      platform: z
        .string()
        .regex(/^linux\/[a-z0-9]+(\/v[0-9]+)?$/, {
          error: (issue) => `expected a platform such as linux/arm64, got ${shown(issue.input)}`,
        })
        .optional(),
    })
    .prefault({}),
  exporterBaseImage: image.default('node:24-bookworm-slim'),
  prometheus: z
    .strictObject({
      retention: retention.default('45d'),
      retentionSize: retentionSize.optional(),
      scrapeInterval: scrapeInterval.default('60s'),
      extraScrapeConfigs: scrapeConfigs.default([]),
      /** Paths of rule files, relative to the checkout. */
      extraRules: z.array(z.string().min(1, 'expected the path of a rule file')).default([]),
      healthcheck: healthcheck.optional(),
    })
    .prefault({}),
  grafana: z
    .strictObject({
      adminPassword: adminPassword.optional(),
      anonymous: booleanText.default(false),
      /** How the machine that runs Pulumi reaches Grafana. */
      url: publicUrl.optional(),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      /** By alert: `off` or a severity; by severity where an alert has several. */
      changes: z
        .record(
          z.string(),
          z.union([alertChange, z.partialRecord(z.enum(severities), alertChange)], {
            error: `expected off, a severity (${severities.join(', ')}), or one of these by severity`,
          }),
        )
        .default({}),
      /** Days that a balance must last, by the severity of `RunwayShort`. */
      runwayDays: z.strictObject({ warning: days.default(7), critical: days.default(3) }).prefault({}),
    })
    .prefault({}),
  keepData: booleanText.default(false),
  resources: z
    .strictObject({
      exporter: limits(384),
      prometheus: limits(1024),
      grafana: limits(1024),
    })
    .prefault({}),
});

export type StackDocument = z.output<typeof stackSchema>;

/** Keys that hold an object; the others hold one text. */
export const objectKeys: ReadonlySet<string> = new Set([
  'secrets',
  'publicUrls',
  'ports',
  'images',
  'prometheus',
  'grafana',
  'alerts',
  'resources',
]);
