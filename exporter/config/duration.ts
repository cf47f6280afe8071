import * as z from 'zod';

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of a duration written as Prometheus writes it (`90s`, `10m`, `1h30m`); undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+[smhdw])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/g)) {
    seconds += Number(count) * (unitSeconds[unit ?? ''] ?? 0);
  }
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** The shortest way to write a number of whole seconds that `parseDuration` reads back. */
export function formatDuration(seconds: number): string {
  let rest = Math.round(seconds);
  if (rest === 0) return '0s';
  let text = '';
  for (const unit of ['w', 'd', 'h', 'm', 's']) {
    const size = unitSeconds[unit] ?? 1;
    if (rest >= size) text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text;
}

/** A positive duration in the account file, as seconds. */
export const durationSchema = z
  .string('expected a duration such as 30s, 10m or 1h30m')
  // For the JSON Schema only; the words about what is wrong come from below.
  .meta({ pattern: '^([0-9]+[smhdw])+$' })
  .transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds === undefined || seconds === 0) {
      context.issues.push({
        code: 'custom',
        input: text,
        message: `expected a duration such as 30s, 10m or 1h30m, got ${JSON.stringify(text)}`,
      });
      return z.NEVER;
    }
    return seconds;
  });
