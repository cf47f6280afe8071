import { createHash } from 'node:crypto';
import * as z from 'zod';

/** What Alertmanager posts to a webhook (version 4). Unknown fields pass: newer releases add some. */

/** Empty labels and annotations count as missing, as in Alertmanager's own templates: a rule's text may have come to nothing. */
const texts = z
  .record(z.string(), z.string())
  .default({})
  .transform((all) => Object.fromEntries(Object.entries(all).filter(([, text]) => text !== '')));

const alertSchema = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts,
  startsAt: z.string().default(''),
  fingerprint: z.string().optional(),
});

/** Ends with the first alert that is wrong: nobody reads of thousands of others. */
const alertsSchema = z
  .array(z.unknown())
  .min(1)
  .transform((list, context) => {
    const alerts: z.output<typeof alertSchema>[] = [];
    for (const [index, one] of list.entries()) {
      const parsed = alertSchema.safeParse(one);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        context.addIssue({
          code: 'custom',
          message: issue?.message ?? '',
          path: [index, ...(issue?.path ?? [])],
        });
        return z.NEVER;
      }
      alerts.push(parsed.data);
    }
    return alerts;
  });

const payloadSchema = z
  .looseObject({
    version: z.literal('4'),
    groupKey: z.string(),
    alerts: alertsSchema,
    /** Alerts that Alertmanager left out because of `max_alerts`. */
    truncatedAlerts: z.number().int().nonnegative().default(0),
  })
  .transform(
    ({ groupKey, alerts, truncatedAlerts }): Notification => ({
      groupKey,
      truncatedAlerts,
      alerts: alerts.map(({ fingerprint, status, labels, annotations, startsAt }) => ({
        status,
        labels,
        annotations,
        startsAt,
        fingerprint: fingerprint ?? JSON.stringify(Object.entries(labels).sort()),
      })),
    }),
  );

export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  /** Of the labels. */
  readonly fingerprint: string;
}

/** The alerts of one group. */
export interface Notification {
  readonly groupKey: string;
  readonly alerts: readonly Alert[];
  readonly truncatedAlerts: number;
}

/** The notification in a request's body, or what is wrong with it. */
export function parseNotification(
  body: unknown,
):
  | { readonly ok: true; readonly notification: Notification }
  | { readonly ok: false; readonly message: string } {
  const parsed = payloadSchema.safeParse(body);
  if (parsed.success) return { ok: true, notification: parsed.data };
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  return {
    ok: false,
    message: `expected a notification of Alertmanager's webhook, version 4${place === '' ? '' : `: ${place}: ${issue?.message}`}`,
  };
}

/** The same for the same state of the same alerts: a notification that Alertmanager tries again has it, a reminder hours later too. */
export function idOf({ groupKey, alerts }: Notification): string {
  const states = alerts.map(({ fingerprint, status, startsAt }) => `${fingerprint} ${status} ${startsAt}`);
  return createHash('sha256')
    .update([groupKey, ...states.sort()].join('\n'))
    .digest('hex')
    .slice(0, 32);
}

/** The alerts of several notifications, each once, as the last of them says. */
export function mergedAlerts(notifications: readonly Notification[]): readonly Alert[] {
  const alerts = new Map<string, Alert>();
  for (const notification of notifications) {
    for (const alert of notification.alerts) {
      alerts.delete(alert.fingerprint);
      alerts.set(alert.fingerprint, alert);
    }
  }
  return [...alerts.values()];
}
