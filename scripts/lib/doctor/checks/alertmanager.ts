import { createHash } from 'node:crypto';
import * as z from 'zod';
import { knownAlerts } from '../../../../infra/render/alertmanager.ts';
import { jsonOf } from '../../json.ts';
import { alertmanagersSchema } from '../../stack/external-prometheus.ts';
import { samplesOf } from '../../stack/samples.ts';
import type { AskOptions, Server } from '../ask.ts';
import { ask, askJson } from '../ask.ts';
import type { Check, Finding } from '../check.ts';
import { broken, ok, skipped, warning } from '../check.ts';
import { queryVector, startedAtMs, watchdogFires } from '../query.ts';
import type { Context } from '../subject.ts';

/** Alertmanager: whether it answers, gets Prometheus' alerts, and has the configuration of the stack. */

export function alertmanagerChecks(context: Context): readonly Check[] {
  const { alertmanager, prometheus } = context.subject;
  return [
    ...(alertmanager === undefined
      ? []
      : [
          {
            id: 'alertmanager',
            link: 'Alertmanager',
            needs: ['tunnels', 'container-alertmanager'],
            look: (signal: AbortSignal) => answers(alertmanager, context, signal),
          },
          {
            id: 'alertmanager-configuration',
            link: 'configuration of Alertmanager',
            needs: ['alertmanager', 'settings'],
            look: (signal: AbortSignal) => configuration(alertmanager, context, signal),
          },
        ]),
    ...(prometheus === undefined
      ? []
      : [
          {
            id: 'alerting',
            link: 'alerts from Prometheus to Alertmanager',
            needs: ['prometheus', 'alertmanager', 'rules'],
            look: (signal: AbortSignal) => alerting(prometheus, alertmanager, context, signal),
          },
        ]),
  ];
}

const statusSchema = z.object({ versionInfo: z.object({ version: z.string() }) });

async function answers(alertmanager: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const { versionInfo } = await askJson(alertmanager, '/api/v2/status', statusSchema, context, { signal });
  return ok(`version ${versionInfo.version || 'unknown'} at ${alertmanager.url}`);
}

/** Alertmanager's hash of its configuration: the first six bytes of the MD5 of the file, as a little-endian number. */
export function configurationHash(text: string): number {
  return createHash('md5').update(text).digest().readUIntLE(0, 6);
}

async function configuration(alertmanager: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const { status, text } = await ask(alertmanager, '/metrics', context, { signal });
  const samples = status === 200 ? samplesOf(text) : [];
  const value = (wanted: string) => samples.find(({ name }) => name === wanted)?.value;
  if (value('alertmanager_config_last_reload_successful') === 0)
    return broken(
      'Alertmanager could not load its configuration file, and goes on with the previous one',
      'its log has the reason; amtool check-config checks a file',
    );
  const expected = context.subject.stack?.alertmanagerConfig;
  const hash = value('alertmanager_config_hash');
  if (expected === undefined || hash === undefined)
    return context.subject.managed.alertmanager
      ? skipped('the receivers of the stack could not be read, or Alertmanager has no page of metrics')
      : ok('loaded; what is in it is its owner’s matter');
  return hash === configurationHash(expected)
    ? ok('as in the stack’s settings')
    : broken(
        'its configuration is not the one of the stack’s settings: receivers were changed since the last scripts/up, or edited by hand',
        'scripts/up',
      );
}

const alertsSchema = z.array(z.object({ labels: z.record(z.string(), z.string()) }));

async function alerting(
  prometheus: Server,
  alertmanager: Server | undefined,
  context: Context,
  signal: AbortSignal,
): Promise<Finding> {
  const { status, text } = await ask(prometheus, '/api/v1/alertmanagers', context, { signal });
  const known = alertmanagersSchema.safeParse(jsonOf(text));
  // A storage that evaluates no rules sends no alerts either: something beside it does.
  if (status !== 200 || !known.success) return arrivalOnly(alertmanager, context, signal);
  const { data } = known.data;
  const urls = data.activeAlertmanagers.map(({ url }) => url);
  if (urls.length === 0)
    return alertmanager === undefined
      ? warning(
          'Prometheus sends alerts to no Alertmanager: nobody is notified',
          'set balance-alert:alertmanager.mode, or `alerting` in the configuration of Prometheus (docs/notifications.md)',
        )
      : broken(
          'Prometheus knows no Alertmanager: nobody is notified',
          context.subject.managed.prometheus
            ? 'scripts/up'
            : 'add its address under `alerting` in the configuration of Prometheus, and reload it',
        );
  const failed = await unsent(prometheus, context, signal);
  const arrived =
    alertmanager === undefined ? undefined : await watchdogArrived(alertmanager, context, signal);
  if (arrived === true || (arrived === undefined && failed === 0)) return ok(`sent to ${urls.join(', ')}`);
  if (!(await watchdogFires(prometheus, context, signal)))
    return warning(
      `${knownAlerts.watchdog} does not fire, so whether alerts arrive is not known`,
      'it fires from the first evaluation of the rules on, unless balance-alert:alerts.changes turns it off',
    );
  if (await startedLately(prometheus, alertmanager, context, signal))
    return warning(
      `${knownAlerts.watchdog} has not arrived yet, and one of the two was just started`,
      'Prometheus sends alerts again each minute: run this again in two minutes',
    );
  return broken(
    `alerts of Prometheus do not arrive: ${knownAlerts.watchdog} fires there and is not in Alertmanager${failed > 0 ? `; ${Math.round(failed)} could not be sent within 10 min` : ''}`,
    `Prometheus sends to ${urls.join(', ')}: is that the Alertmanager at ${alertmanager?.url ?? 'hand'}, and reachable from Prometheus? See the log of Prometheus`,
  );
}

async function arrivalOnly(
  alertmanager: Server | undefined,
  context: Context,
  signal: AbortSignal,
): Promise<Finding> {
  if (alertmanager === undefined)
    return skipped('this server does not send alerts itself, and no Alertmanager is given');
  return (await watchdogArrived(alertmanager, context, signal))
    ? ok(`${knownAlerts.watchdog} has arrived`)
    : broken(
        `Alertmanager has no ${knownAlerts.watchdog}, which always fires`,
        'see -notifier.url of vmalert, or the configuration of the ruler, and their logs',
      );
}

/** An alert that fires already is sent to a new Alertmanager within a minute, once it has been discovered. */
const settlingMs = 150_000;

const uptimeSchema = z.object({ uptime: z.string() });
async function startedLately(
  prometheus: Server,
  alertmanager: Server | undefined,
  context: Context,
  signal: AbortSignal,
): Promise<boolean> {
  const starts = await Promise.all([
    alertmanager === undefined
      ? undefined
      : ask(alertmanager, '/api/v2/status', context, { signal }).then(({ text }) =>
          Date.parse(uptimeSchema.safeParse(jsonOf(text)).data?.uptime ?? ''),
        ),
    startedAtMs(prometheus, context, signal),
  ]);
  return starts.some((atMs) => atMs !== undefined && context.now() - atMs < settlingMs);
}

async function unsent(prometheus: Server, options: AskOptions, signal: AbortSignal): Promise<number> {
  const expression = 'sum(increase(prometheus_notifications_errors_total[10m]))';
  const [found] = await queryVector(prometheus, expression, options, signal);
  return found === undefined || Number.isNaN(found.value) ? 0 : found.value;
}

async function watchdogArrived(
  alertmanager: Server,
  options: AskOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const query = new URLSearchParams({ filter: `alertname=${JSON.stringify(knownAlerts.watchdog)}` });
  const { text } = await ask(alertmanager, `/api/v2/alerts?${query}`, options, { signal });
  const parsed = alertsSchema.safeParse(jsonOf(text));
  return parsed.success && parsed.data.length > 0;
}
