import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { webUrlExpected } from './address.ts';

/** Fields that the configuration files have in several places. */

/**
 * A name is a label value and a heading: any text but an empty one. Half a character is no text, and two names that
 * differ only in such halves would be one series.
 */
export const nameSchema = z
  .string()
  .min(1, 'expected a name, got an empty one')
  .refine((name) => name.isWellFormed(), 'expected text, got half of a surrogate pair');

export const ownerSchema = z.string().min(1, 'expected a team or a person, got an empty text');

export const webUrlSchema = z.url({ protocol: /^https?$/, error: webUrlExpected });

/** A link that people click, so nothing but the web, and no credentials in it. */
export const consoleUrlSchema = webUrlSchema.refine(
  (url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''),
  {
    error: 'expected a URL without user name and password',
  },
);

/** An IANA time zone that the calendar and the page's formats know. */
export const timezoneSchema = z.string().refine(isTimezone, {
  error: (issue) => `expected an IANA time zone such as Europe/Berlin, got ${JSON.stringify(issue.input)}`,
});

/**
 * Making a formatter takes long, and a file names the same few zones again and again. The default is known: the first formatter
 * of a process takes 8 MiB.
 */
const checkedZones = new Map([['UTC', true]]);

/**
 * Asked of both that will use the zone: `Intl` alone takes names such as `JST`, `IST` and `PST`, of which each means
 * several zones, and which Temporal refuses.
 */
function isTimezone(zone: string): boolean {
  let known = checkedZones.get(zone);
  if (known === undefined) {
    try {
      Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).startOfDay();
      new Intl.DateTimeFormat('en', { timeZone: zone });
      known = true;
    } catch {
      known = false;
    }
    checkedZones.set(zone, known);
  }
  return known;
}
