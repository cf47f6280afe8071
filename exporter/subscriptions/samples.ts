import type { Temporal } from 'temporal-polyfill';
import type { Sample } from '../metrics/catalog.ts';
import { sample } from '../metrics/catalog.ts';
import { answersFor } from './answers.ts';
import { todayIn } from './dates.ts';
import type { SubscriptionConfig } from './schema.ts';

const secondsPerDay = 86_400;

/** One day in one zone. */
interface Day {
  readonly today: Temporal.PlainDate;
  /** `YYYY-MM-DD`. */
  readonly name: string;
  /** First second of a date in the zone; kept, as many subscriptions share their dates. */
  readonly startOf: (date: Temporal.PlainDate) => number;
}

/**
 * What was last made of a subscription. It depends on nothing but the subscription and the date, so it holds until
 * midnight in its zone; a changed account file comes as new objects, and old ones take their entries with them.
 */
const made = new WeakMap<SubscriptionConfig, { readonly day: string; readonly samples: readonly Sample[] }>();

/** The series of subscriptions at a moment (milliseconds since the epoch). Those that ended have none. */
export function subscriptionSamples(
  subscriptions: readonly SubscriptionConfig[],
  now: number,
): readonly Sample[] {
  const days = new Map<string, Day>();
  const all: Sample[] = [];
  for (const subscription of subscriptions) {
    const { timezone } = subscription;
    let day = days.get(timezone);
    if (day === undefined) {
      const today = todayIn(timezone, now);
      day = { today, name: today.toString(), startOf: startsIn(timezone) };
      days.set(timezone, day);
    }
    let last = made.get(subscription);
    if (last?.day !== day.name) {
      last = { day: day.name, samples: samplesOn(subscription, day) };
      made.set(subscription, last);
    }
    all.push(...last.samples);
  }
  return all;
}

function startsIn(zone: string): Day['startOf'] {
  const starts = new Map<string, number>();
  return (date) => {
    const name = date.toString();
    let start = starts.get(name);
    if (start === undefined) {
      start = startOfDay(date, zone) / 1000;
      starts.set(name, start);
    }
    return start;
  };
}

function samplesOn(subscription: SubscriptionConfig, { today, startOf }: Day): readonly Sample[] {
  const answers = answersFor(subscription, today);
  if (answers === undefined) return [];
  const { price } = subscription;
  const labels = { name: subscription.name, cycle_type: subscription.cycleType };
  const info = {
    ...labels,
    account_owner: subscription.owner ?? '',
    console_url: subscription.consoleUrl ?? '',
    auto_renew: String(subscription.autoRenew),
  };

  const samples: Sample[] = [
    sample('balance_alert_subscription_status', labels, answers.status),
    sample('balance_alert_subscription_overdue', labels, answers.overdueSince === undefined ? 0 : 1),
    sample(
      'balance_alert_subscription_alert_window_seconds',
      labels,
      subscription.alertDaysBefore * secondsPerDay,
    ),
    sample('balance_alert_subscription_info', info, 1),
  ];
  if (answers.next !== undefined && answers.days !== undefined) {
    const start = startOf(answers.next);
    samples.push(
      sample('balance_alert_subscription_days', labels, answers.days),
      sample('balance_alert_subscription_next_renewal_timestamp_seconds', labels, start),
    );
  }
  const due = answers.overdueSince ?? answers.next;
  if (due !== undefined) {
    const start = startOfDay(due, 'UTC') / 1000;
    samples.push(sample('balance_alert_subscription_due_date_timestamp_seconds', labels, start));
  }
  if (answers.paid !== undefined) {
    const start = startOf(answers.paid);
    samples.push(sample('balance_alert_subscription_last_renewed_timestamp_seconds', labels, start));
  }
  if (price !== undefined) {
    samples.push(
      sample('balance_alert_subscription_amount', { ...labels, currency: price.currency }, price.amount),
    );
  }
  return samples;
}

/**
 * When the samples change next by themselves: the earliest coming start of a day over all zones, in milliseconds
 * since the epoch; infinite where there are no subscriptions.
 */
export function nextLocalMidnight(subscriptions: readonly SubscriptionConfig[], now: number): number {
  const zones = new Set(subscriptions.map(({ timezone }) => timezone));
  return Math.min(...[...zones].map((zone) => nextMidnightIn(zone, now)));
}

function nextMidnightIn(zone: string, now: number): number {
  const tomorrow = todayIn(zone, now).add({ days: 1 });
  const start = startOfDay(tomorrow, zone);
  if (start > now) return start;
  // Clocks went back over midnight, and today began a second time: so will tomorrow.
  return tomorrow.toPlainDateTime().toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
}

/** The first moment of a date in a zone, which is not 00:00 where clocks go forward over it. Milliseconds. */
function startOfDay(date: Temporal.PlainDate, zone: string): number {
  return date.toZonedDateTime(zone).epochMilliseconds;
}
