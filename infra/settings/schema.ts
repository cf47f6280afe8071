import * as z from 'zod';
import { languages } from '../../dashboards/language.ts';
import { expecting } from '../../exporter/config/describe-issue.ts';
import { secretNamePattern } from '../../exporter/config/secret.ts';
import { defaultRunwayDays } from '../../rules/options.ts';
import { severities } from '../../rules/types.ts';
import { httpAuth } from './http-auth.ts';
import { digest, heartbeatUrl, httpCredentials, mode, quietHours, receivers } from './receivers.ts';
import { remoteWrite } from './remote-write.ts';
import {
  address,
  booleanText,
  byteSize,
  days,
  durationText,
  feedToken,
  healthcheck,
  hostName,
  image,
  limits,
  oneOf,
  password,
  port,
  prefix,
  publicUrl,
  secondsBetween,
  shown,
  sshUrl,
  text,
  unfilledLimits,
} from './values.ts';

/**
 * The stack's configuration as people set it, in the namespace `balance-alert`, with every default, turned into what
 * the components take. `docs/configuration-stack.md` describes each key; a test holds the two together.
 */

export const namespace = 'balance-alert';

/**
 * What the links in pages and messages begin with.
 * @example
 * balance-alert:publicUrls:
 *   status: https://ops.example/balances
 *   grafana: https://ops.example/grafana
 */
const publicUrls = z.strictObject({
  status: publicUrl.optional(),
  prometheus: publicUrl.optional(),
  alertmanager: publicUrl.optional(),
  grafana: publicUrl.optional(),
});

/**
 * Published ports.
 * @example
 * balance-alert:ports: { grafana: 3001 }
 */
const ports = z.strictObject({
  status: port.default(8080),
  metrics: port.default(9100),
  prometheus: port.default(9090),
  alertmanager: port.default(9093),
  grafana: port.default(3000),
});

/**
 * Pinned images.
 * @example
 * balance-alert:images:
 *   exporter: registry.example/balance-alert:1.2.3
 *   prometheus: registry.example/prom/prometheus:v3.16.0
 */
const images = z.strictObject({
  /** Built from the checkout when unset. */
  exporter: image.optional(),
  prometheus: image.default('prom/prometheus:v3.16.0'),
  alertmanager: image.default('prom/alertmanager:v0.35.0'),
  grafana: image.default('grafana/grafana:13.2.3'),
  /** Of the image that is built; the machine's own when unset. */
  platform: z
    .string()
    .regex(/^linux\/[a-z0-9]+(\/v[0-9]+)?$/, {
      error: (issue) => `expected a platform such as linux/arm64, got ${shown(issue.input)}`,
    })
    .optional(),
});

/** Jobs of ours: one more of these names would be refused by Prometheus, or read as ours by the rules. */
const ownJobs: readonly string[] = ['balance-alert', 'balance-alert-relay', 'prometheus', 'alertmanager'];

const scrapeConfig = z.looseObject({
  job_name: text('the name of a job').refine((name) => !ownJobs.includes(name), {
    error: (issue) => `expected a job of another name than ${ownJobs.join(', ')}, got ${shown(issue.input)}`,
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

/**
 * Dashboards and rules look back five minutes for the last sample, so a scrape may fail once and no more: hence the
 * upper bound of the interval. An external Prometheus has `mode: external`, `url` and, set with `--secret`, `auth`.
 * @example
 * balance-alert:prometheus:
 *   retention: 90d
 *   scrapeInterval: 30s
 *   extraRules: [my-rules.yaml]
 *   remoteWrite:
 *     - { url: https://mimir.example/api/v1/push, tenant: ops, username: balance-alert, password: example }
 */
const prometheus = z.strictObject({
  mode: mode.default('managed'),
  /** How the machine that runs Pulumi reaches an external one. */
  url: publicUrl.optional(),
  /** How the stack's containers reach it, where that is another URL. */
  containerUrl: publicUrl.optional(),
  auth: httpAuth.optional(),
  retention: durationText.default('45d'),
  retentionSize: byteSize.optional(),
  scrapeInterval: secondsBetween(15, 120).prefault('60s'),
  extraScrapeConfigs: scrapeConfigs.default([]),
  /** Paths of rule files, relative to the checkout. */
  extraRules: z.array(text('the path of a rule file')).default([]),
  healthcheck: healthcheck.optional(),
  /** Storages that samples are sent to as well. */
  remoteWrite: remoteWrite.default([]),
});

/**
 * Set credentials with `--secret`; the rest of the object is then encrypted with them.
 * @example
 * balance-alert:alertmanager:
 *   receivers:
 *     ops: { type: slack, url: https://hooks.slack.com/services/T0/B0/example }
 *     on-call: { type: telegram, botToken: "123456:example", chatId: -1001234567890, severities: [critical] }
 *     platform-team:
 *       type: email
 *       to: platform@example.com
 *       from: balance-alert@example.com
 *       smarthost: smtp.example.com:587
 *       username: balance-alert@example.com
 *       password: example
 *       owners: [platform]
 *   quietHours: { timeZone: Asia/Shanghai, start: "22:00", end: "08:00" }
 *   heartbeatUrl: https://heartbeat.example/ping/balance-alert
 */
const alertmanager = z.strictObject({
  mode: mode.default('managed'),
  /** Where Prometheus reaches an external one. */
  url: publicUrl.optional(),
  /** What the external one asks for. */
  ...httpCredentials,
  receivers: receivers.default({}),
  /** Without notifications, but for critical alerts. */
  quietHours: quietHours.optional(),
  /** Called every few minutes as long as alerts are delivered. */
  heartbeatUrl: heartbeatUrl.optional(),
});

/**
 * The weekly digest; `ops` is a receiver of the type feishu, dingtalk or wecom_bot.
 * @example
 * balance-alert:digest: { day: monday, hour: 9, timeZone: Asia/Shanghai, channels: [ops] }
 */
const weeklyDigest = digest.optional();

/**
 * An external Grafana has `mode: external`, `url` and, set with `--secret`, `auth`.
 * @example
 * balance-alert:grafana:
 *   anonymous: true
 *   url: http://127.0.0.1:3000
 */
const grafana = z.strictObject({
  mode: mode.default('managed'),
  /** Token of a service account of an external one. */
  auth: text('the token of a service account').optional(),
  /** A data source that an external one has already. */
  dataSourceUid: text('the uid of a data source').optional(),
  /** How an external one reaches Prometheus. */
  dataSourceUrl: publicUrl.optional(),
  /** Made at random when unset. */
  adminPassword: password.optional(),
  anonymous: booleanText.default(false),
  /** How the machine that runs Pulumi reaches Grafana. */
  url: publicUrl.optional(),
});

const alertChange = z.enum(['off', ...severities]);

/**
 * @example
 * balance-alert:alerts:
 *   changes: { BurnUnusual: "off", RunwayShort: { warning: info } }
 *   runwayDays: { warning: 10, critical: 4 }
 */
const alerts = z.strictObject({
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
  runwayDays: z
    .strictObject({
      warning: days.default(defaultRunwayDays.warning),
      critical: days.default(defaultRunwayDays.critical),
    })
    .prefault({}),
});

/**
 * @example
 * balance-alert:resources:
 *   prometheus: { memory: 2048, cpus: 1.5 }
 */
const resources = z.strictObject({
  exporter: limits(384),
  /** Memory follows the number of accounts unless set. */
  prometheus: unfilledLimits,
  alertmanager: limits(128),
  /** Only where a receiver is a group bot. */
  relay: limits(192),
  grafana: limits(1024),
});

/** Keys that hold one text each. */
const scalars = {
  accountsFile: text('the path of the account file').default('balance-alert.yaml'),
  namePrefix: prefix.default('balance-alert'),
  language: oneOf(languages).default('en'),
  bindAddress: address.default('127.0.0.1'),
  allowOpen: booleanText.default(false),
  /** TLS and passwords for everything that the stack runs. */
  tls: booleanText.default(false),
  exporterBaseImage: image.default('node:24-bookworm-slim'),
  keepData: booleanText.default(false),
  /** Through which the scripts reach ports on the engine's loopback interface; the engine's own ssh where unset. */
  tunnel: sshUrl.optional(),
};

/**
 * Secrets by the names that the account file refers to; always set with `--secret`.
 * @example
 * balance-alert:secrets:
 *   OPENROUTER_MANAGEMENT_KEY: sk-or-v1-example
 */
const secrets = z.record(
  z.string().regex(secretNamePattern, 'expected the name of a secret: letters, digits, "_", "." and "-"'),
  z.string(expecting('a text')).min(1, 'expected a value, got an empty one'),
);

/**
 * What the exporter offers beside its pages. The token is set with `--secret`.
 * @example
 * balance-alert:exporter: { mcp: true, allowedHosts: [status.example.com], feedToken: an-example-of-32-characters-at-least }
 */
const exporter = z.strictObject({
  /** Whether assistants are answered at `/mcp`. */
  mcp: booleanText.default(false),
  /** Host names by which programs may call `/mcp`, beside IP addresses and names without dots. */
  allowedHosts: z.array(hostName).default([]),
  /** By which calendars read `/renewals.ics` where a password is required. */
  feedToken: feedToken.optional(),
});

/** Keys that hold an object. */
const groups = {
  exporter: exporter.prefault({}),
  secrets: secrets.default({}),
  publicUrls: publicUrls.prefault({}),
  ports: ports.prefault({}),
  images: images.prefault({}),
  prometheus: prometheus
    .prefault({})
    .transform(({ scrapeInterval, ...rest }) => ({ ...rest, scrapeIntervalSeconds: scrapeInterval })),
  alertmanager: alertmanager.prefault({}),
  digest: weeklyDigest,
  grafana: grafana.prefault({}),
  alerts: alerts.prefault({}).transform(({ changes, runwayDays }) => ({ alerts: changes, runwayDays })),
  resources: resources.prefault({}),
};

export const stackSchema = z.strictObject({ ...scalars, ...groups });

export type StackDocument = z.output<typeof stackSchema>;

/** Keys that hold an object; the others hold one text. */
export const groupKeys: ReadonlySet<string> = new Set(Object.keys(groups));
