import { setTimeout as delay } from 'node:timers/promises';
import { printable } from '../../../../exporter/config/printable.ts';
import { testAlertName } from '../../../../exporter/relay/words.ts';
import type { Console } from '../../terminal/console.ts';
import type { Sample } from '../samples.ts';
import type { AlertmanagerApi, KnownAlert } from './alertmanager.ts';
import type { Progress } from './progress.ts';
import { progressOf } from './progress.ts';
import { isToItself, wordsOf } from './words.ts';

/** One test alert, followed link by link to its receivers. */

export interface TestedChannel {
  /** The label `channel` of the alert. */
  readonly name: string | undefined;
  /** The receiver that must get it; undefined: whichever the routes give it to. */
  readonly receiver: string | undefined;
  /** What is printed behind the name. */
  readonly title: string;
  /** As Alertmanager calls the receiver's type; undefined where it is not known. */
  readonly integration: string | undefined;
  /** Whether the receiver is told of an end. */
  readonly sendsResolved: boolean;
}

export interface DeliverOptions {
  readonly api: AlertmanagerApi;
  readonly console: Console;
  readonly signal: AbortSignal;
  /** Whether the end is sent, too. */
  readonly resolve: boolean;
  /** Unique for the run of the script. */
  readonly run: string;
  readonly description: string;
  /** The logs of Alertmanager and of the relay, line by line; undefined where they can't be read. */
  readonly logs: () => Promise<readonly string[] | undefined>;
  /** Takes secrets out of what receivers said. */
  readonly redact: (text: string) => string;
  /** How long a notification is waited for. */
  readonly patienceMs: number;
}

/** An alert that nobody ends, because the script was killed, ends by itself. */
export const testLengthMs = 5 * 60_000;

const pollMs = 200;

/** Of what a receiver said; some answer with a whole page. In characters. */
const longestWords = 500;

/** @returns whether each receiver took everything that it was to get */
export async function deliverTestAlert(channel: TestedChannel, options: DeliverOptions): Promise<boolean> {
  const { api, console, resolve } = options;
  console.step(channel.title);

  const firing = await look(options);
  // The first answer has told Alertmanager's time.
  const startedAt = new Date(api.nowMs());
  const alert = (endsAt: Date) => ({
    labels: {
      alertname: testAlertName,
      severity: 'warning',
      ...(channel.name === undefined ? {} : { channel: channel.name }),
      run: options.run,
    },
    annotations: { summary: 'Test alert.', description: options.description },
    startsAt: startedAt.toISOString(),
    endsAt: endsAt.toISOString(),
  });
  const sentAtMs = performance.now();
  await api.post([alert(new Date(startedAt.getTime() + testLengthMs))]);
  console.line('accepted by Alertmanager');
  const end = () => api.post([alert(new Date(api.nowMs()))]);
  try {
    const receivers = await routed(channel, options);
    if (
      receivers === undefined ||
      !(await taken(receivers, channel, firing, sentAtMs, 'delivered', options))
    ) {
      // Or Alertmanager would go on trying.
      await end();
      return false;
    }
    if (!resolve) return true;
    if (!channel.sendsResolved) {
      await end();
      console.line('no message about its end: sendResolved is false');
      return true;
    }
    const resolved = await look(options);
    const endedAtMs = performance.now();
    await end();
    return await taken(receivers, channel, resolved, endedAtMs, 'message about its end delivered', options);
  } catch (error) {
    // Interrupted, or Alertmanager does not answer: then the alert ends by itself.
    await api.post([alert(new Date(api.nowMs()))], AbortSignal.timeout(3000)).catch(() => undefined);
    throw error;
  }
}

/** The receivers that the routes give the alert to; undefined where it gets no further, which is printed. */
async function routed(
  channel: TestedChannel,
  options: DeliverOptions,
): Promise<readonly string[] | undefined> {
  const { api, console, signal } = options;
  const limitMs = performance.now() + 5000;
  let found: KnownAlert | undefined;
  while (performance.now() < limitMs) {
    const alerts = await api.alerts('run', options.run);
    found = alerts.find(({ labels }) => labels['channel'] === channel.name);
    if (found !== undefined && found.status.state !== 'unprocessed') break;
    await delay(pollMs, undefined, { signal });
  }
  if (found === undefined) {
    console.warn('Alertmanager does not list the alert: another instance may have taken it');
    return undefined;
  }
  const { silencedBy, inhibitedBy } = found.status;
  if (silencedBy.length > 0 || inhibitedBy.length > 0) {
    console.warn(
      silencedBy.length > 0
        ? `not routed: silenced by ${silencedBy.join(', ')} (${api.url}/#/silences)`
        : 'not routed: inhibited by another alert',
    );
    return undefined;
  }
  const names = found.receivers.map(({ name }) => name);
  if (channel.receiver !== undefined && !names.includes(channel.receiver)) {
    console.warn(
      `routed to ${names.join(', ')} and not to ${channel.receiver}: its configuration needs a route for {alertname="${testAlertName}", channel="${channel.name}"}`,
    );
    return undefined;
  }
  const wanted = channel.receiver === undefined ? names : [channel.receiver];
  console.line(`routed to ${wanted.join(', ')}`);
  return wanted;
}

interface Before {
  readonly samples: readonly Sample[] | undefined;
  readonly lines: ReadonlySet<string>;
}

async function look({ api, logs }: DeliverOptions): Promise<Before> {
  return { samples: await api.notifications(), lines: new Set(await logs()) };
}

/** Waits until each receiver took the notification or one of them failed, and prints which. */
async function taken(
  receivers: readonly string[],
  channel: TestedChannel,
  before: Before,
  sinceMs: number,
  what: string,
  options: DeliverOptions,
): Promise<boolean> {
  const { api, console, signal, patienceMs } = options;
  if (before.samples === undefined) {
    console.warn(`${api.url}/metrics has no metrics of Alertmanager: look whether the message arrived`);
    return false;
  }
  let isFine = true;
  for (const receiver of receivers) {
    for (let isTold = false; ; ) {
      const after = (await api.notifications()) ?? [];
      const progress = progressOf(before.samples, after, {
        receiver,
        integration: channel.integration,
      });
      const seconds = (performance.now() - sinceMs) / 1000;
      // Without names the counters are those of all receivers.
      if (progress.delivered >= (progress.isOwn ? 1 : receivers.length)) {
        const attempts =
          progress.failedAttempts === 0 || !progress.isOwn
            ? ''
            : `, after ${progress.failedAttempts} failed attempts`;
        console.line(`${what} in ${seconds.toFixed(1)} s${attempts}${named(receiver, receivers)}`);
        break;
      }
      const isOver = seconds * 1000 > patienceMs;
      if (isOver || progress.failed > 0) {
        const stop = await stopOf({ receiver, channel: channel.name }, progress, before, isOver, options);
        if (stop !== undefined) {
          console.warn(`not delivered${named(receiver, receivers)}: ${stop}`);
          isFine = false;
          break;
        }
      }
      if (!isTold && seconds > 3) {
        console.line(`waiting for the receiver, at most ${Math.round(patienceMs / 1000)} s`);
        isTold = true;
      }
      await delay(pollMs, undefined, { signal });
    }
  }
  return isFine;
}

const named = (receiver: string, all: readonly string[]): string =>
  all.length === 1 ? '' : ` (${receiver})`;

/** Why a notification failed; undefined where the failure can be another receiver's and there is time left. */
async function stopOf(
  names: { readonly receiver: string; readonly channel: string | undefined },
  { failedAttempts, failed, reason, isOwn }: Progress,
  { lines }: Before,
  isOver: boolean,
  { logs, redact }: DeliverOptions,
): Promise<string | undefined> {
  const log = await logs();
  const words = wordsOf(
    (log ?? []).filter((line) => !lines.has(line)),
    names,
  );
  if (words !== undefined) {
    const isLate = /context deadline exceeded|Client\.Timeout|i\/o timeout/.test(words);
    const said = redact(printable(isLate ? `no answer in time: ${words}` : words)).slice(0, longestWords);
    return isToItself(words)
      ? `${said} (a loopback address is the container that sends, not its host: docs/notifications.md, "Test it")`
      : said;
  }
  if (!isOwn && log !== undefined && !isOver) return undefined;
  const why = reason === undefined ? '' : ` (${reason})`;
  if (failed > 0 || failedAttempts > 0)
    return `the receiver failed${why}; the log of Alertmanager has its words`;
  return 'Alertmanager has sent nothing yet; its group_wait may be longer, or its routes mute the alert';
}
