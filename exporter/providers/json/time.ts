import { Temporal } from 'temporal-polyfill';

/** Whatever vendors count from, their accounts are from this century. In seconds since the epoch. */
const earliest = Date.UTC(2000, 0, 1) / 1000;
const latest = Date.UTC(2200, 0, 1) / 1000;

/**
 * Seconds since the epoch of what vendors write as a time: seconds, milliseconds or microseconds since the epoch; a day
 * such as `20261201` or `2026-12-01`; ISO 8601, or a blank instead of its `T`; a date of HTTP. What names no zone is in
 * `zone`. Undefined for anything else, and for a time before 2000: a count that was misread as another comes out as 1970.
 */
export function readTime(found: unknown, zone: string): number | undefined {
  const seconds = typeof found === 'number' ? ofDigits(String(found), zone) : ofText(found, zone);
  return seconds !== undefined && seconds >= earliest && seconds < latest ? seconds : undefined;
}

function ofText(found: unknown, zone: string): number | undefined {
  if (typeof found !== 'string') return undefined;
  const text = found.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return ofDigits(text, zone);
  const iso = text
    .replace(/^(\d{4})\/(\d{1,2})\/(\d{1,2})/, (_, year, month, day) => `${year}-${month}-${day}`)
    .replace(/^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/, (_, year: string, month: string, day: string) =>
      [year, month.padStart(2, '0'), day.padStart(2, '0')].join('-'),
    )
    .replace(/^(\d{4}-\d{2}-\d{2}) +(?=\d)/, '$1T')
    // Offsets as Go and Python print them: `+0800`, ` +08:00`, ` UTC`.
    .replace(/ ?([+-]\d{2}):?(\d{2})$/, '$1:$2')
    .replace(/ ?(?:UTC|GMT)$/, 'Z');
  if (/^\d{4}-\d{2}-\d{2}(?:T|$)/.test(iso)) return ofIso(iso, zone);
  // The only other form that says its zone: `Tue, 01 Dec 2026 00:00:00 GMT`. Anything else would be read in the process' zone.
  const parsed = /^[A-Z][a-z]{2}, .* (?:GMT|UTC|[+-]\d{4})$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed / 1000;
}

function ofIso(text: string, zone: string): number | undefined {
  try {
    if (/(?:Z|[+-]\d{2}:\d{2})$/i.test(text) && text.includes('T')) {
      return Temporal.Instant.from(text).epochMilliseconds / 1000;
    }
    return inZone(Temporal.PlainDateTime.from(text, { overflow: 'reject' }), zone);
  } catch {
    return undefined;
  }
}

/** A count since the epoch by its size; eight digits that are a day of this century are that day. */
function ofDigits(text: string, zone: string): number | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d))?$/.exec(text) ?? [];
  if (year !== undefined) return ofIso(`${year}-${month}-${day}T${hour}:${minute}:${second}`, zone);
  const count = Number(text);
  if (!Number.isFinite(count)) return undefined;
  if (count >= 1e14) return count / 1e6;
  return count >= 1e11 ? count / 1000 : count;
}

function inZone(time: Temporal.PlainDateTime, zone: string): number {
  return time.toZonedDateTime(zone).epochMilliseconds / 1000;
}

/** The calendar month around a moment, in a zone: its first moment and the next month's, in seconds since the epoch. */
export function monthAround(now: Date, zone: string): { readonly start: number; readonly end: number } {
  const first = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .with({ day: 1 });
  const begin = (day: Temporal.PlainDate): number => day.toZonedDateTime(zone).epochMilliseconds / 1000;
  return { start: begin(first), end: begin(first.add({ months: 1 })) };
}
