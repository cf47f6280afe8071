import { testAlertName } from '../../exporter/relay/words.ts';
import type { AlertmanagerSettings } from '../settings/parse.ts';
import type { QuietHours, Receiver } from '../settings/receivers.ts';
import { entriesByName } from '../settings/values.ts';
import { receiverConfig } from './receivers.ts';
import { closedWget } from './tls/client.ts';
import { clientConfigPath, webConfigPath } from './tls/paths.ts';
import { toYaml } from './yaml.ts';

/** Alertmanager's own file and flags, as text. */

/** On the stack's network. */
export const alertmanagerJob = 'alertmanager';
export const alertmanagerTarget = 'alertmanager:9093';

export const alertmanagerConfigPath = '/etc/alertmanager/alertmanager.yml';
export const alertmanagerTemplatesFolder = '/etc/alertmanager/templates';
export const alertmanagerStoragePath = '/alertmanager';

export const receiverNameFeature = '--enable-feature=receiver-name-in-metrics';

/** The receiver that discards; Alertmanager needs one to start even where no other is configured. */
const nullReceiver = 'null';
const heartbeat = 'heartbeat';
const quiet = 'quiet-hours';

/** Alerts that are routed or inhibited by name. */
export const knownAlerts = {
  watchdog: 'BalanceAlertWatchdog',
  exporterDown: ['BalanceAlertExporterDown', 'BalanceAlertExporterAbsent'],
  accountStale: 'AccountStale',
  /** What follows from an exporter that is down, or from an account that has been stale for long. */
  stale: ['AccountStale', 'AccountCheckFailing', 'MailboxDown'],
} as const;

/**
 * The name under which a receiver gets test alerts, so that Alertmanager's counters and log tell these from all others. No
 * receiver of the settings has a slash in its name.
 */
export const testReceiver = (name: string): string => `test/${name}`;

/** Mail servers that greet late are not cut off, and a test with its end still fits in a minute. */
export const testIntervalSeconds = 20;

/** Label by which alerts are routed to the owner of an account or subscription. */
const ownerLabel = 'account_owner';

export type AlertmanagerConfigOptions = Pick<
  Extract<AlertmanagerSettings, { mode: 'managed' }>,
  'receivers' | 'quietHours' | 'heartbeatUrl'
>;

/**
 * The text of `alertmanager.yml`; secret where a receiver has a credential. Each receiver gets every alert that matches
 * its severities and owners, so that one that fails takes nothing from the others. Valid on 0.35; on 0.25 too, unless a
 * receiver is of a type that is newer (Teams, Mattermost).
 */
export function renderAlertmanagerConfig(options: AlertmanagerConfigOptions, closed = false): string {
  const receivers = entriesByName(options.receivers);
  return toYaml({
    templates: [`${alertmanagerTemplatesFolder}/*.tmpl`],
    route: {
      receiver: nullReceiver,
      group_by: ['alertname', 'provider'],
      group_wait: '30s',
      group_interval: '5m',
      // Money does not change by the hour: one reminder a day.
      repeat_interval: '1d',
      routes: [
        watchdogRoute(options.heartbeatUrl),
        testRoute(receivers.map(([name]) => name)),
        { receiver: nullReceiver, matchers: ['severity="none"'] },
        ...receivers.map(([name, receiver]) => receiverRoute(name, receiver, options.quietHours)),
      ],
    },
    inhibit_rules: inhibitRules,
    ...(options.quietHours === undefined ? {} : { time_intervals: [quietInterval(options.quietHours)] }),
    receivers: [
      { name: nullReceiver },
      ...(options.heartbeatUrl === undefined
        ? []
        : [
            {
              name: heartbeat,
              webhook_configs: [{ url: options.heartbeatUrl, send_resolved: false, max_alerts: 1 }],
            },
          ]),
      ...receivers.flatMap(([name, receiver]) =>
        [name, testReceiver(name)].map((alias) => ({
          name: alias,
          ...receiverConfig(name, receiver, closed),
        })),
      ),
    ],
  });
}

/** The watchdog always fires. Its receiver is called again and again, and notices when that stops. */
function watchdogRoute(url: string | undefined) {
  const matchers = [`alertname=${quoted(knownAlerts.watchdog)}`];
  return url === undefined
    ? { receiver: nullReceiver, matchers }
    : { receiver: heartbeat, matchers, group_wait: '0s', group_interval: '1m', repeat_interval: '4m' };
}

/**
 * Alerts of `scripts/test-alert` go to the receiver that their label names, whatever its severities, owners and quiet
 * hours. Each run is a group of its own, so that none waits for another. The interval is how long a receiver is waited for,
 * and the least time until the message that the test is over.
 */
function testRoute(names: readonly string[]) {
  return {
    receiver: nullReceiver,
    matchers: [`alertname=${quoted(testAlertName)}`],
    group_by: ['alertname', 'channel', 'run'],
    group_wait: '0s',
    group_interval: `${testIntervalSeconds}s`,
    ...(names.length === 0
      ? {}
      : {
          routes: names.map((name) => ({
            receiver: testReceiver(name),
            matchers: [`channel=${quoted(name)}`],
          })),
        }),
  };
}

function receiverRoute(name: string, receiver: Receiver, quietHours: QuietHours | undefined) {
  return {
    receiver: name,
    matchers: [
      anyOf('severity', receiver.severities),
      ...(receiver.owners === undefined ? [] : [anyOf(ownerLabel, receiver.owners)]),
    ],
    continue: true,
    routes: [
      // While alerts or notifications are broken, a day is too long.
      { matchers: ['severity="critical"', 'alertname=~"BalanceAlert.+"'], repeat_interval: '4h' },
      { matchers: ['severity="critical"'] },
      quietHours === undefined ? {} : { mute_time_intervals: [quiet] },
    ].filter((route) => Object.keys(route).length > 0),
  };
}

/** `name=~"a|b"`, with each text taken literally. */
function anyOf(name: string, texts: readonly string[]): string {
  const pattern = texts.map((text) => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|');
  return `${name}=~${quoted(pattern)}`;
}

/** A matcher's value: Alertmanager reads the escapes of Go's strings that JSON has as well. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Equal labels count as equal where both are missing, so each rule demands its own by `.+`. */
const inhibitRules = [
  // Nothing is fresh while the exporter is down; one alert says so.
  {
    source_matchers: [`alertname=~${quoted(knownAlerts.exporterDown.join('|'))}`],
    target_matchers: [`alertname=~${quoted(knownAlerts.stale.join('|'))}`],
    equal: [],
  },
  // A critical alert on a balance includes the milder ones on the same balance.
  {
    source_matchers: ['severity="critical"', 'project=~".+"', 'unit=~".+"'],
    target_matchers: ['severity=~"warning|info"', 'project=~".+"'],
    equal: ['project', 'provider', 'type', 'unit', 'window', 'wallet'],
  },
  {
    source_matchers: [`alertname=${quoted(knownAlerts.accountStale)}`, 'severity="critical"'],
    target_matchers: [
      `alertname=~${quoted(knownAlerts.stale.join('|'))}`,
      'severity=~"warning|info"',
      'project=~".+"',
    ],
    equal: ['project', 'provider'],
  },
  {
    source_matchers: ['severity="critical"', 'cycle_type=~".+"'],
    target_matchers: ['severity=~"warning|info"', 'cycle_type=~".+"'],
    equal: ['name', 'cycle_type'],
  },
];

/** A range over midnight is two of Alertmanager's, which end at 24:00. */
function quietInterval({ timeZone, start, end, weekends }: QuietHours) {
  const location = timeZone;
  const times =
    start < end
      ? [{ start_time: start, end_time: end }]
      : [
          { start_time: start, end_time: '24:00' },
          ...(end === '00:00' ? [] : [{ start_time: '00:00', end_time: end }]),
        ];
  return {
    name: quiet,
    time_intervals: [
      { location, times },
      ...(weekends ? [{ location, weekdays: ['saturday', 'sunday'] }] : []),
    ],
  };
}

/**
 * As for Prometheus, the route prefix stays `/`. There is one instance: no cluster port is opened. With the receiver's name
 * in metrics it is known which of several of one type fails; releases before 0.27 have no such feature.
 */
export function alertmanagerFlags(externalUrl: string, image: string, closed = false): string[] {
  return [
    `--config.file=${alertmanagerConfigPath}`,
    `--storage.path=${alertmanagerStoragePath}`,
    `--web.external-url=${externalUrl}/`,
    '--web.route-prefix=/',
    '--cluster.listen-address=',
    ...(closed ? [`--web.config.file=${webConfigPath}`] : []),
    ...(/:v?0\.(1?\d|2[0-6])\./.test(image) ? [] : [receiverNameFeature]),
  ];
}

/** Plain GET, as for Grafana: busybox is part of the image. Closed, the tool of the image knows how to ask, and busybox may not. */
export function alertmanagerHealthcheck(closed: boolean): readonly string[] {
  if (!closed) return ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:9093/-/healthy'];
  const address = 'https://127.0.0.1:9093';
  return [
    'CMD-SHELL',
    `amtool --alertmanager.url=${address} --http.config.file=${clientConfigPath} config show >/dev/null 2>&1 || ${closedWget} -q -O /dev/null ${address}/-/healthy`,
  ];
}
