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

/** A placeholder, or a word in double braces, which stands for itself in single ones. */
const inBraces = /\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}/g;

/** Puts dates in, as they are at a moment in a zone. `{{word}}` is sent as `{word}`; all other text stays as it is. */
export function createFiller(
  now: Date,
  zone: string,
): (text: string, encode?: (text: string) => string) => string {
  let moment: Moment | undefined;
  return (text, encode = (filled) => filled) =>
    text.replace(inBraces, (whole, literal: string | undefined, name = '') => {
      if (literal !== undefined) return `{${literal}}`;
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

/** What is wrong with a text that has a word in braces, in words; undefined where each is a placeholder. */
export function placeholderFault(text: string): string | undefined {
  for (const [, , name] of text.matchAll(inBraces)) {
    if (name === undefined || Object.hasOwn(placeholders, name)) continue;
    const near = namesNear(name.toLowerCase()).map((meant) => `{${meant}}`);
    const hint = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
    return `unknown placeholder {${name}}${hint} ({{${name}}} sends {${name}} unchanged)`;
  }
  return undefined;
}

/** The name that was misspelt; else those that say the same first and differ in the second word. */
function namesNear(name: string): readonly string[] {
  const nearest = nearestWord(name, placeholderNames);
  if (nearest !== undefined) return [nearest];
  const [first, ...rest] = name.split('_');
  return placeholderNames.filter((known) => {
    const [knownFirst, ...knownRest] = known.split('_');
    return rest.length > 0 && knownFirst === first && knownRest.length === rest.length;
  });
}
