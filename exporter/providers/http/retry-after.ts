/** A year: anything longer means "never". */
const longestSeconds = 31_536_000;

/** As a header has it: seconds or a date (RFC 9110, 10.2.3). Dates of HTTP, or ISO ones with their zone. */
const datePattern =
  /^(?:[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}.*|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2}))$/;

/** A duration such as `6m0s` or `350ms`, as some vendors write what is left of a limit's window. */
const durationPattern = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/**
 * Seconds to wait by a `Retry-After` header: a whole number, a fraction, or a date; undefined where it is none of
 * them.
 * @param nowMs milliseconds since the epoch
 */
export function retryAfterSeconds(
  header: string | undefined,
  nowMs: number = Date.now(),
): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(?:\.\d*)?$/.test(text)) return Math.min(Number(text), longestSeconds);
  if (!datePattern.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : secondsUntil(date, nowMs);
}

/**
 * Seconds to wait by a header of the vendor's own: also milliseconds (where its name ends with `-ms`), a time since
 * the
 * epoch in seconds or milliseconds, and a duration such as `6m0s`.
 */
export function waitSeconds(name: string, header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(?:\.\d*)?$/.test(text)) {
    const value = Number(text);
    if (/-ms$/i.test(name)) return Math.min(value / 1000, longestSeconds);
    // As seconds these are decades: they are points in time.
    if (value >= 1e12) return secondsUntil(value, nowMs);
    if (value >= 1e9) return secondsUntil(value * 1000, nowMs);
  }
  const [whole = '', hours = '0', minutes = '0', seconds = '0', milliseconds = '0'] =
    durationPattern.exec(text) ?? [];
  if (whole !== '') {
    const sum = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(milliseconds) / 1000;
    return Math.min(sum, longestSeconds);
  }
  return retryAfterSeconds(header, nowMs);
}

function secondsUntil(dateMs: number, nowMs: number): number {
  return Math.min(Math.max(0, Math.ceil((dateMs - nowMs) / 1000)), longestSeconds);
}
