import type { Sample } from '../samples.ts';
import { samplesOf } from '../samples.ts';

/** What Alertmanager's own counters say of notifications, by receiver where it names them. */

/** What happened to a receiver's notifications between two looks at the counters. */
export interface Progress {
  readonly delivered: number;
  /** Requests that failed; some of them are tried again. */
  readonly failedAttempts: number;
  /** Notifications that were given up until the group's next interval. */
  readonly failed: number;
  /** Why, in Alertmanager's word; releases before 0.26 have none. */
  readonly reason: string | undefined;
  /** Whether the counters are this receiver's, and not those of all receivers of its type. */
  readonly isOwn: boolean;
}

export interface Watched {
  readonly receiver: string;
  /** As Alertmanager calls the type; undefined where it is not known. */
  readonly integration: string | undefined;
}

const requests = 'alertmanager_notification_requests_total';
const failedRequests = 'alertmanager_notification_requests_failed_total';
const failedNotifications = 'alertmanager_notifications_failed_total';

const families: ReadonlySet<string> = new Set([requests, failedRequests, failedNotifications]);

/** The samples of the counters that matter here; none where the page is not Alertmanager's. */
export function notificationSamples(page: string): readonly Sample[] {
  return samplesOf(page).filter(({ name }) => families.has(name));
}

/**
 * What changed for a receiver. Counters that became smaller start at 0: Alertmanager was restarted. Before 0.27, or
 * without the feature `receiver-name-in-metrics`, they are those of all receivers of the type.
 */
export function progressOf(
  before: readonly Sample[],
  after: readonly Sample[],
  { receiver, integration }: Watched,
): Progress {
  const isOwn = after.some(({ labels }) => labels['receiver_name'] !== undefined);
  const concerns = ({ labels }: Sample): boolean =>
    isOwn
      ? labels['receiver_name'] === receiver
      : integration === undefined || labels['integration'] === integration;
  const sum = (samples: readonly Sample[], name: string): number =>
    samples.reduce((total, one) => (one.name === name && concerns(one) ? total + one.value : total), 0);
  const grown = (name: string): number => {
    const [was, is] = [sum(before, name), sum(after, name)];
    return is < was ? is : is - was;
  };
  const failedAttempts = grown(failedRequests);
  return {
    delivered: grown(requests) - failedAttempts,
    failedAttempts,
    failed: grown(failedNotifications),
    reason: after.find(
      (one) => one.name === failedNotifications && concerns(one) && one.value > valueIn(before, one.labels),
    )?.labels['reason'],
    isOwn,
  };
}

function valueIn(samples: readonly Sample[], labels: Sample['labels']): number {
  const key = JSON.stringify(labels);
  return (
    samples.find((one) => one.name === failedNotifications && JSON.stringify(one.labels) === key)?.value ?? 0
  );
}
