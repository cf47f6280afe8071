import type { Language } from './language.ts';
import { messages } from './messages.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Numbers and times as people write them in one language; moments in one time zone. */
export interface Formatter {
  /** An amount with its unit, never rounded up: what is shown as left is there. */
  amount(value: number, unit: string): string;
  count(value: number): string;
  /** How long a time in milliseconds is from now: `5 minutes ago`, `in 2 hours`. */
  fromNow(milliseconds: number): string;
  /** Calendar days from today: `today`, `tomorrow`, `in 3 days`, `2 days ago`. */
  days(days: number): string;
  /** A duration in seconds, in its largest unit: `10 minutes`. */
  duration(seconds: number): string;
  /** A moment in milliseconds since the epoch, in the formatter's time zone. */
  moment(milliseconds: number): string;
  /** A calendar date written as `YYYY-MM-DD`. */
  date(iso: string): string;
}

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

const formatters = new Map<string, Formatter>();

/** The formatter of a language and an IANA time zone. They are kept, since making one is slow. */
export function formatterFor(language: Language, timezone: string): Formatter {
  const key = `${language} ${timezone}`;
  const kept = formatters.get(key);
  if (kept !== undefined) return kept;
  const made = createFormatter(language, timezone);
  formatters.set(key, made);
  return made;
}

function createFormatter(language: Language, timezone: string): Formatter {
  const count = new Intl.NumberFormat(language);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  const calendar = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const moment = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    hourCycle: 'h23',
    timeZone: timezone,
  });
  const date = new Intl.DateTimeFormat(language, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  });
  const numbers = new Map<string, Intl.NumberFormat>();

  const number = (value: number, options: Intl.NumberFormatOptions): string => {
    const key = JSON.stringify(options);
    const format = numbers.get(key) ?? new Intl.NumberFormat(language, { ...options, roundingMode: 'floor' });
    numbers.set(key, format);
    return format.format(value);
  };

  return {
    amount(value, unit) {
      // Twelve digits drop the dust of binary fractions, which rounding down would turn into a whole cent.
      const exact = Number(value.toPrecision(12));
      if (unit === 'percent') return number(exact / 100, { style: 'percent', maximumFractionDigits: 2 });
      const digits = currencies.has(unit) ? currencyDigits(unit) : 0;
      const small = exact !== 0 && Math.abs(exact) < 0.01;
      const text = small
        ? number(exact, { maximumSignificantDigits: 2 })
        : number(exact, { minimumFractionDigits: digits, maximumFractionDigits: Math.max(digits, 2) });
      return `${text}\u00a0${messages[language].unit(unit, exact)}`;
    },
    count: (value) => count.format(value),
    fromNow(milliseconds) {
      const size = Math.abs(milliseconds);
      const whole = (unit: number): number => Math.trunc(milliseconds / unit);
      if (size < minute) return messages[language].underAMinute(milliseconds > 0);
      if (size < hour) return relative.format(whole(minute), 'minute');
      if (size < 2 * day) return relative.format(whole(hour), 'hour');
      return relative.format(whole(day), 'day');
    },
    days: (days) => calendar.format(days, 'day'),
    duration(seconds) {
      const [size, unit] =
        [[86_400, 'day'] as const, [3600, 'hour'] as const, [60, 'minute'] as const].find(
          ([length]) => seconds % length === 0,
        ) ?? ([1, 'second'] as const);
      return number(seconds / size, { style: 'unit', unit, unitDisplay: 'long' });
    },
    moment: (milliseconds) => moment.format(milliseconds),
    date: (iso) => date.format(new Date(`${iso}T00:00:00Z`)),
  };
}

const digitsOf = new Map<string, number>();

/** Decimal places of a currency: two for most, none for yen, three for some dinars. Kept, since `Intl` is slow to tell. */
function currencyDigits(currency: string): number {
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  digitsOf.set(currency, digits);
  return digits;
}
