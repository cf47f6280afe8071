import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createRedactor } from '../../../exporter/config/redact.ts';
import { Secret } from '../../../exporter/config/secret.ts';
import { knownAlerts, testIntervalSeconds, testReceiver } from '../../../infra/render/alertmanager.ts';
import { engineNames } from '../../../infra/render/names.ts';
import type { EngineSettings } from '../../../infra/settings/engine.ts';
import type { HttpAuth } from '../../../infra/settings/http-auth.ts';
import { authOf } from '../../../infra/settings/http-auth.ts';
import type { AlertmanagerSettings, Settings } from '../../../infra/settings/parse.ts';
import type { Receiver } from '../../../infra/settings/receivers.ts';
import { credentialFields } from '../../../infra/settings/receivers.ts';
import { entriesByName } from '../../../infra/settings/values.ts';
import type { Engine } from '../docker/engine.ts';
import { connectEngine } from '../docker/engine.ts';
import { exitCodes, Failure, Interrupted } from '../terminal/failure.ts';
import { stackAuth } from './access.ts';
import { readStackSettings } from './configuration.ts';
import { withTunnels } from './reach.ts';
import type { SessionOptions } from './session.ts';
import { openSession } from './session.ts';
import { AlertmanagerApi } from './test-alert/alertmanager.ts';
import type { TestedChannel } from './test-alert/deliver.ts';
import { deliverTestAlert } from './test-alert/deliver.ts';

/** The steps of `scripts/test-alert`. */

export interface TestAlertOptions extends SessionOptions {
  /** A receiver; undefined: all of them. */
  readonly channel: string | undefined;
  readonly resolve: boolean;
}

/** @throws Failure where a message did not arrive; it was printed which, and why */
export async function sendTestAlerts(options: TestAlertOptions): Promise<void> {
  const session = await openSession(options);
  const { console, pulumi, stack, interruption } = session;
  console.step(`Stack ${stack}`);
  if (!session.exists)
    throw new Failure(`there is no stack ${stack}`, ['scripts/up makes it'], exitCodes.usage);
  const settings = readStackSettings(await pulumi.config(stack), { ...session, stack });
  try {
    const auth = await stackAuth(session, settings);
    await withTunnels(settings, console, () =>
      testChannels({
        settings,
        console,
        signal: interruption.signal,
        fetch,
        stackAuth: auth,
        logs: logsOf(settings, connectEngine),
        channel: options.channel,
        resolve: options.resolve,
        patienceMs: patienceOf(settings.alertmanager),
      }),
    );
  } catch (error) {
    if (interruption.requested) throw new Interrupted();
    throw error;
  }
}

export interface TestChannelsOptions extends Pick<TestAlertOptions, 'channel' | 'resolve' | 'console'> {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  readonly fetch: ConstructorParameters<typeof AlertmanagerApi>[0]['fetch'];
  /** Of what the stack runs; left out where it asks for nothing. */
  readonly stackAuth?: HttpAuth | undefined;
  readonly logs: () => Promise<readonly string[] | undefined>;
  readonly patienceMs: number;
}

const descriptions: Readonly<Record<Settings['language'], string>> = {
  en: 'Sent by scripts/test-alert: this channel receives alerts.',
  zh: '由 scripts/test-alert 发送，表示该渠道可以收到告警。',
};

export async function testChannels(options: TestChannelsOptions): Promise<void> {
  const { settings, console, signal, channel } = options;
  const { alertmanager } = settings;
  if (alertmanager.mode === 'none') {
    throw new Failure(
      'alertmanager.mode is none: nobody is notified',
      ['set it to managed or external (docs/notifications.md)'],
      exitCodes.usage,
    );
  }
  const api = new AlertmanagerApi({
    url: alertmanager.mode === 'managed' ? settings.addresses.alertmanager : settings.publicUrls.alertmanager,
    auth: alertmanager.mode === 'managed' ? options.stackAuth : authOf(alertmanager),
    fetch: options.fetch,
    signal,
  });
  const channels = channelsOf(alertmanager, channel);
  console.step(`Alertmanager at ${api.url} (${(await api.version()) || 'a build without a version'})`);
  const running = await api.receivers();
  const unknown = channels.flatMap(({ name, receiver }) =>
    receiver === undefined || running.includes(receiver) ? [] : [name],
  );
  if (unknown.length > 0) {
    throw new Failure(`the running Alertmanager has no receiver ${unknown.join(', ')}`, [
      alertmanager.mode === 'managed'
        ? 'apply the configuration:  scripts/up'
        : `it has ${running.join(', ')}`,
    ]);
  }
  const run = randomBytes(4).toString('hex');
  const failed: string[] = [];
  for (const tested of channels) {
    const isFine = await deliverTestAlert(tested, {
      api,
      console,
      signal,
      resolve: options.resolve,
      run,
      description: descriptions[settings.language],
      logs: options.logs,
      redact: redactorFor(alertmanager),
      patienceMs: options.patienceMs,
    });
    if (!isFine) failed.push(tested.name ?? 'the test alert');
  }
  const isFed = await isFedByPrometheus(api, options, failed.length === 0);
  if (failed.length > 0)
    throw new Failure(`not delivered: ${failed.join(', ')}`, [
      'docs/notifications.md says what each type needs',
    ]);
  if (!isFed) {
    throw new Failure('messages arrive, but alerts of Prometheus do not reach Alertmanager', [
      `see ${settings.publicUrls.prometheus}/alerts and the log of Prometheus`,
    ]);
  }
  if (!options.resolve)
    console.step('The test ends in five minutes, and receivers are told so (--resolve ends it at once).');
}

/** Alertmanager's names of the types, where it has others. */
const integrations: Readonly<Partial<Record<Receiver['type'], string>>> = {
  msteams: 'msteamsv2',
  wecom: 'wechat',
  feishu: 'webhook',
  dingtalk: 'webhook',
  wecom_bot: 'webhook',
};

/** @throws Failure (2) where there is no such receiver, or none at all */
function channelsOf(
  alertmanager: Exclude<AlertmanagerSettings, { mode: 'none' }>,
  channel: string | undefined,
): readonly TestedChannel[] {
  if (alertmanager.mode === 'external') {
    const title = channel ?? `receivers of {severity="warning"}`;
    return [{ name: channel, receiver: channel, title, integration: undefined, sendsResolved: true }];
  }
  const all = entriesByName(alertmanager.receivers).map(
    ([name, receiver]): TestedChannel => ({
      name,
      receiver: testReceiver(name),
      title: `${name} (${receiver.type})`,
      integration: integrations[receiver.type] ?? receiver.type,
      sendsResolved: receiver.sendResolved,
    }),
  );
  const wanted = all.filter(({ name }) => channel === undefined || name === channel);
  if (wanted.length > 0) return wanted;
  throw new Failure(
    channel === undefined
      ? 'no receivers are configured: nobody is notified'
      : `there is no receiver ${channel}`,
    [
      all.length === 0
        ? 'add one (docs/notifications.md), then run scripts/up'
        : `receivers: ${all.map(({ name }) => name).join(', ')}`,
    ],
    exitCodes.usage,
  );
}

/** Prometheus' default between two times that it sends a firing alert. */
const resendSeconds = 60;

/** The first link of the chain: the watchdog of the rules always fires, so it is always there. */
async function isFedByPrometheus(
  api: AlertmanagerApi,
  { settings, console, signal }: TestChannelsOptions,
  waits: boolean,
): Promise<boolean> {
  if (settings.alerts.alerts[knownAlerts.watchdog] === 'off') return true;
  console.step('Prometheus');
  // A new one evaluates its rules within an interval. What fires before it has found Alertmanager is sent again after a minute.
  const limitMs =
    performance.now() + (waits ? (settings.prometheus.scrapeIntervalSeconds + resendSeconds + 15) * 1000 : 0);
  for (let tries = 0; ; tries += 1) {
    const [watchdog] = await api.alerts('alertname', knownAlerts.watchdog);
    if (watchdog !== undefined) {
      console.line(`its alerts arrive: ${knownAlerts.watchdog}, last at ${watchdog.updatedAt}`);
      return true;
    }
    if (performance.now() >= limitMs) {
      console.warn(
        `its alerts do not arrive: Alertmanager has no ${knownAlerts.watchdog}, which always fires`,
      );
      return false;
    }
    if (tries === 0) console.line(`waiting for ${knownAlerts.watchdog}, which always fires`);
    await delay(500, undefined, { signal });
  }
}

/** Longer than Alertmanager tries, so that it says itself why it gave up. */
function patienceOf({ mode }: AlertmanagerSettings): number {
  return (mode === 'managed' ? 2 * testIntervalSeconds + 5 : 90) * 1000;
}

/** Lines that are read of each container. */
const logLines = 400;

/** The containers of the stack; an external Alertmanager's log is elsewhere, and some engines are out of reach. */
export function logsOf(
  settings: Settings,
  connect: (engine: EngineSettings) => Engine,
): () => Promise<readonly string[] | undefined> {
  if (settings.alertmanager.mode !== 'managed') return async () => undefined;
  const { containers } = engineNames(settings.namePrefix);
  const read = async (name: string): Promise<readonly string[] | undefined> => {
    try {
      return (await connect(settings.engine).logs(name, logLines)).split('\n');
    } catch {
      return undefined;
    }
  };
  return async () => {
    const [alertmanager, relay] = await Promise.all([read(containers.alertmanager), read(containers.relay)]);
    return alertmanager === undefined ? undefined : [...alertmanager, ...(relay ?? [])];
  };
}

/** Releases before 0.26 have the URLs of webhooks in their errors, and receivers repeat what they were sent. */
export function redactorFor(alertmanager: AlertmanagerSettings): (text: string) => string {
  if (alertmanager.mode === 'none') return (text) => text;
  const secrets =
    alertmanager.mode === 'external'
      ? [
          ...secretParts('alertmanager.password', alertmanager.password),
          ...secretParts('alertmanager.bearerToken', alertmanager.bearerToken),
        ]
      : Object.entries(alertmanager.receivers).flatMap(([name, receiver]) =>
          Object.entries(receiver).flatMap(([key, value]) =>
            credentialFields.has(key) ? secretParts(`${name}.${key}`, value) : [],
          ),
        );
  return createRedactor(secrets);
}

/** Shorter ones would be found in ordinary words. */
const shortestSecret = 4;

/** A URL's own token can stand by itself. */
function secretParts(name: string, value: unknown): readonly Secret[] {
  if (typeof value !== 'string' || value.length < shortestSecret) return [];
  const parts = [value];
  if (URL.canParse(value)) {
    const { pathname, searchParams } = new URL(value);
    parts.push(
      ...[...pathname.split('/').slice(-1), ...searchParams.values()].filter((part) => part.length >= 8),
    );
  }
  return parts.map((part) => new Secret(name, part));
}
