import { alertmanagerJob } from '../../../../infra/render/alertmanager.ts';
import { needsRelay, relayJob } from '../../../../infra/render/relay.ts';
import type { Sample } from '../../stack/samples.ts';
import { samplesOf } from '../../stack/samples.ts';
import type { Server } from '../ask.ts';
import { ask } from '../ask.ts';
import type { Check, Finding } from '../check.ts';
import { broken, counted, listed, ok, skipped, warning } from '../check.ts';
import { queryVector } from '../query.ts';
import type { Context } from '../subject.ts';

/** How the last notifications of each receiver ended. Nothing is sent. */

export function channelChecks(context: Context): readonly Check[] {
  const { alertmanager, prometheus, stack } = context.subject;
  if (alertmanager === undefined) return [];
  return [
    {
      id: 'channels',
      link: 'receivers',
      needs: ['alertmanager'],
      look: (signal) => channels(alertmanager, context, signal),
    },
    ...(stack !== undefined && needsRelay(stack.settings.alertmanager) && prometheus !== undefined
      ? [
          {
            id: 'relay',
            link: 'relay to group bots',
            needs: ['container-relay', 'prometheus'],
            look: (signal: AbortSignal) => relay(prometheus, context, signal),
          },
        ]
      : []),
  ];
}

const again =
  'scripts/test-alert --channel NAME sends a test alert and prints what the receiver answers (docs/notifications.md)';

async function channels(alertmanager: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const settings = context.subject.stack?.settings.alertmanager;
  if (settings?.mode === 'managed' && Object.keys(settings.receivers).length === 0)
    return warning(
      'no receivers are configured: nobody is notified',
      'add one (docs/notifications.md), then run scripts/up',
    );
  const { status, text } = await ask(alertmanager, '/metrics', context, { signal });
  const samples = status === 200 ? samplesOf(text) : [];
  const sent = totals(samples, 'alertmanager_notifications_total');
  if (sent.size === 0)
    return skipped('Alertmanager has no page of metrics here: its log has failed notifications');
  const failed = totals(samples, 'alertmanager_notifications_failed_total');
  const requests = totals(samples, 'alertmanager_notification_requests_total');
  const refused = totals(samples, 'alertmanager_notification_requests_failed_total');
  const recent = await recentFailures(context, signal);
  const lines: string[] = [];
  const earlier: string[] = [];
  for (const [receiver, failures] of failed) {
    if (failures === 0) continue;
    const tries = sent.get(receiver) ?? 0;
    const now = recent?.get(receiver);
    // Without a history it is not known when; a receiver that never took a request does not work.
    const neverTook = (requests.get(receiver) ?? 0) <= (refused.get(receiver) ?? 0);
    const isFailing = recent === undefined ? neverTook : (now ?? 0) > 0;
    const line = `${receiver}: ${counted(isFailing && now !== undefined ? Math.round(now) : failures, 'notification')} failed${isFailing && now !== undefined ? ' within 30 min' : ` of ${Math.max(tries, failures)}`}${reasonsOf(samples, receiver)}`;
    (isFailing ? lines : earlier).push(line);
  }
  if (lines.length > 0) return broken(listed('notifications are not delivered', lines), again);
  if (earlier.length > 0)
    return warning(listed('some notifications failed since Alertmanager was started', earlier), again);
  const delivered = [...sent.values()].reduce((sum, value) => sum + value, 0);
  return ok(
    delivered === 0
      ? 'nothing was sent since Alertmanager was started; scripts/test-alert tries each receiver'
      : `no notification failed since Alertmanager was started (${delivered} sent)`,
  );
}

/** Sums by receiver, or by type where Alertmanager does not name receivers in its metrics. */
function totals(samples: readonly Sample[], wanted: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    if (name !== wanted) continue;
    const receiver = receiverOf(labels);
    sums.set(receiver, (sums.get(receiver) ?? 0) + value);
  }
  return sums;
}

function receiverOf(labels: Sample['labels']): string {
  return labels['receiver_name'] ?? labels['integration'] ?? '';
}

function reasonsOf(samples: readonly Sample[], receiver: string): string {
  const reasons = samples.flatMap(({ name, labels, value }) =>
    name === 'alertmanager_notifications_failed_total' && value > 0 && receiverOf(labels) === receiver
      ? (labels['reason'] ?? [])
      : [],
  );
  return reasons.length === 0 ? '' : ` (${[...new Set(reasons)].join(', ')})`;
}

/** By receiver; undefined where no Prometheus scrapes Alertmanager. */
async function recentFailures(
  { subject, ...options }: Context,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number> | undefined> {
  if (subject.prometheus === undefined || !subject.managed.alertmanager || !subject.managed.prometheus)
    return undefined;
  const expression = `sum by (receiver_name, integration) (increase(alertmanager_notifications_failed_total{job="${alertmanagerJob}"}[30m]))`;
  try {
    const found = await queryVector(subject.prometheus, expression, options, signal);
    if (found.length === 0) return undefined;
    const sums = new Map<string, number>();
    for (const { labels, value } of found)
      sums.set(receiverOf(labels), (sums.get(receiverOf(labels)) ?? 0) + value);
    return sums;
  } catch {
    return undefined;
  }
}

async function relay(prometheus: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const [up] = await queryVector(prometheus, `up{job="${relayJob}"}`, context, signal);
  if (up?.value === 0)
    return broken(
      'Prometheus cannot scrape the relay',
      'docker logs of the relay’s container, then scripts/up',
    );
  const failing = await queryVector(
    prometheus,
    `sum by (channel, result, reason) (increase(balance_alert_relay_notifications_total{result!="delivered"}[30m])) > 0`,
    context,
    signal,
  );
  if (failing.length > 0)
    return broken(
      listed(
        'bots did not take notifications within 30 min',
        failing.map(
          ({ labels }) => `${labels['channel'] ?? ''}: ${labels['result'] ?? ''}, ${labels['reason'] ?? ''}`,
        ),
      ),
      again,
    );
  return ok(up === undefined ? 'not scraped yet' : 'no bot refused a notification within 30 min');
}
