import { createHash } from 'node:crypto';
import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';
import type { Renewal } from './renewals.ts';
import type { SubscriptionConfig } from './schema.ts';
import { formatAmount, printable } from './text.ts';

const secondsPerDay = 86_400;

/**
 * Renewals as an iCalendar file of all-day events. A renewal keeps its UID for as long as its subscription keeps
 * its name, so a newer file brings a calendar up to date instead of filling it twice. The alarm of one that is
 * not paid rings when its reminder window opens, and its text has the link that marks it as paid. `now` is when the file was made, in milliseconds since the epoch.
 */
export function renewalCalendar(
  renewals: readonly Renewal[],
  now: number,
  paidLink?: (renewal: Renewal) => string | undefined,
): string {
  const calendar = ical({
    name: 'Renewals',
    prodId: { company: 'balance-alert', product: 'renewals' },
    method: ICalCalendarMethod.PUBLISH,
  });
  for (const renewal of renewals) {
    const { subscription, date, state } = renewal;
    const { name, price, consoleUrl, alertDaysBefore } = subscription;
    const amount =
      price === undefined ? '' : ` (${formatAmount(price.amount, price.currency)} ${price.currency})`;
    const event = calendar.createEvent({
      id: `${createHash('sha256').update(name).digest('hex').slice(0, 16)}-${date}@balance-alert`,
      start: date,
      allDay: true,
      stamp: new Date(now),
      summary: `${state === 'paid' ? 'Paid' : 'Renewal'}: ${printable(name)}${amount}`,
      description: describe(subscription, paidLink?.(renewal)),
      transparency: ICalEventTransparency.TRANSPARENT,
    });
    if (consoleUrl !== undefined) event.url(webAddress(consoleUrl));
    if (state !== 'paid') {
      event.createAlarm({
        type: ICalAlarmType.display,
        trigger: alertDaysBefore * secondsPerDay,
        description: `${printable(name)} renews on ${date}`,
      });
    }
  }
  return calendar.toString();
}

/** The library escapes commas and semicolons as in text, which readers of an address do not undo. */
function webAddress(url: string): string {
  return new URL(url).href.replaceAll(',', '%2C').replaceAll(';', '%3B');
}

function describe(
  { cycleType, autoRenew, owner, timezone }: SubscriptionConfig,
  paidLink: string | undefined,
): string {
  const lines = [`Cycle: ${cycleType}`, `Time zone: ${timezone}`];
  if (owner !== undefined) lines.push(`Owner: ${printable(owner)}`);
  if (autoRenew) lines.push('Renews by itself.');
  if (paidLink !== undefined) lines.push(`Mark as paid: ${paidLink}`);
  return lines.join('\n');
}
