import { Temporal } from 'temporal-polyfill';
import type { SubscriptionConfig } from '../../../exporter/subscriptions/schema.ts';
import { resolveSubscription, subscriptionSchema } from '../../../exporter/subscriptions/schema.ts';

/** Noon of a day in UTC, in milliseconds since the epoch. */
export function noon(date: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime('UTC').add({ hours: 12 }).epochMilliseconds;
}

/** What is wrong with an entry as the account file has it; empty where nothing is. */
export function problemsOf(entry: object, now = noon('2026-11-22')): readonly string[] {
  const parsed = subscriptionSchema.safeParse({ name: 'Cursor', ...entry });
  const result = parsed.success
    ? resolveSubscription(parsed.data, { defaultTimezone: 'UTC', now })
    : { ok: false as const, problems: parsed.error.issues };
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** A subscription of which only what matters is said. Throws where the account file would be refused. */
export function subscription(entry: object, now = noon('2099-01-01')): SubscriptionConfig {
  const parsed = subscriptionSchema.parse({ name: 'Cursor', ...entry });
  const result = resolveSubscription(parsed, { defaultTimezone: 'UTC', now });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.subscription;
}

export function day(text: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(text);
}
