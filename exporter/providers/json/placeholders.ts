import { Temporal } from 'temporal-polyfill';
import { nearestWord } from '../../config/nearest-word.ts';
import { monthAround } from './time.ts';

/** What `{name}` in a URL, query, header or body stands for at a moment, in the account's zone. */
const placeholders: Readonly<Record<string, (moment: Moment) => string>> = {
  /** Seconds since the epoch. */
  month_start: ({ month }) => String(month.start),
  /** The first moment of the next month. */
  month_end: ({ month }) => String(month.end),
  month_start_ms: ({ month }) => String(month.start * 1000),
  month_end_ms: ({ month }) => String(month.end * 1000),
  /** `2026-11-01T00:00:00Z`: an instant, so in UTC whatever the zone. */
  month_start_iso: ({ month }) => instant(month.start),
  month_end_iso: ({ month }) => instant(month.end),
  /** `2026-11-01`, in the zone. */
  month_start_date: ({ today }) => today.with({ day: 1 }).toString(),
  /** The last day of the month. */
  month_end_date: ({ today }) => today.with({ day: today.daysInMonth }).toString(),
  today: ({ today }) => today.toString(),
  tomorrow: ({ today }) => today.add({ days: 1 }).toString(),
  year: ({ today }) => String(today.year),
  /** Two digits. */
  month: ({ today }) => String(today.month).padStart(2, '0'),
  /** Without a zero in front. */
  month_number: ({ today }) => String(today.month),
  /** `2026112708`, in the zone: the hour that has begun. */
  this_hour: ({ hour }) => hour,
  now: ({ now }) => String(Math.floor(now.getTime() / 1000)),
  now_iso: ({ now }) => instant(Math.floor(now.getTime() / 1000)),
};

interface Moment {
  readonly now: Date;
  readonly today: Temporal.PlainDate;
  readonly hour: string;
  readonly month: { readonly start: number; readonly end: number };
}

function instant(seconds: number): string {
  return Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toString();
}

export const placeholderNames: readonly string[] = Object.keys(placeholders);

/** Puts dates in, as they are at a moment in a zone. What is no placeholder stays as it is. */
export function createFiller(
  now: Date,
  zone: string,
): (text: string, encode?: (text: string) => string) => string {
  let moment: Moment | undefined;
  return (text, encode = (filled) => filled) =>
    text.replace(/\{([a-z_]+)\}/g, (whole, name: string) => {
      const placeholder = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
      if (placeholder === undefined) return whole;
      moment ??= momentOf(now, zone);
      return encode(placeholder(moment));
    });
}

function momentOf(now: Date, zone: string): Moment {
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone);
  const today = local.toPlainDate();
  const hour = `${today.toString().replaceAll('-', '')}${String(local.hour).padStart(2, '0')}`;
  return { now, today, hour, month: monthAround(now, zone) };
}

/** A slip in a placeholder's name, in words; undefined where there is none. Braces that mean something else are left alone. */
export function placeholderFault(text: string): string | undefined {
  for (const [, name] of text.matchAll(/\{([a-z_]+)\}/g)) {
    if (name === undefined || Object.hasOwn(placeholders, name)) continue;
    const meant = nearestWord(name, placeholderNames);
    if (meant !== undefined) return `unknown placeholder {${name}}; did you mean {${meant}}?`;
  }
  return undefined;
}
