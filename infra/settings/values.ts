import { isIP } from 'node:net';
import * as z from 'zod';
import { formatDuration, parseDuration } from '../../exporter/config/duration.ts';
import { withoutTrailingSlash } from './hosts.ts';
import { sshProblem } from './ssh.ts';

/** Schemas of single values. Pulumi hands over some of them as text, so numbers and booleans are taken as text too. */

/** A value in an error message. */
export const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** A number, or the digits of one. */
export const numeric = (error: string, pattern: RegExp) =>
  z.union([z.number(), z.string().regex(pattern).transform(Number)], { error });

export const wholeNumber = (minimum: number, maximum: number) =>
  numeric(`expected a whole number from ${minimum} to ${maximum}`, /^\d{1,9}$/).refine(
    (value) => Number.isInteger(value) && value >= minimum && value <= maximum,
    { error: (issue) => `expected a whole number from ${minimum} to ${maximum}, got ${shown(issue.input)}` },
  );

export const booleanText = z
  .union([z.boolean(), z.enum(['true', 'false'])], { error: 'expected true or false' })
  .transform((value) => value === true || value === 'true');

export const port = wholeNumber(1, 65_535);

/** One of a list of words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, {
    error: (issue) =>
      `expected ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, got ${shown(issue.input)}`,
  });

/** Docker's own rule for the names of containers, kept to what a DNS label may hold, with room for suffixes. */
export const prefix = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, {
  error: (issue) =>
    `expected 1 to 40 lower-case letters, digits and "-", not at either end, got ${shown(issue.input)}`,
});

export const address = z.string().refine((value) => isIP(value) !== 0, {
  error: (issue) => `expected an IP address such as 127.0.0.1, got ${shown(issue.input)}`,
});

/** A machine that is reached by ssh. What came is not repeated: it can hold a password. */
export const sshUrl = z.string().superRefine((address, context) => {
  const message = sshProblem(address);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** An http or https URL without credentials, for links and for addresses that stand in clear. */
const plainUrl = z
  .url({ protocol: /^https?$/, error: (issue) => `expected an http or https URL, got ${shown(issue.input)}` })
  .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
    error: 'expected a URL without user name and password',
  });

/** A link that people and other services follow; whatever proxy serves a sub-path strips it. */
export const publicUrl = plainUrl
  .refine((url) => !URL.canParse(url) || (new URL(url).search === '' && new URL(url).hash === ''), {
    error: 'expected a URL without "?" and "#"',
  })
  .transform(withoutTrailingSlash);

/** Where samples are written: with the path of the storage's API. Credentials have keys of their own. */
export const writeUrl = plainUrl.refine((url) => !URL.canParse(url) || new URL(url).pathname !== '/', {
  error: (issue) =>
    `expected a URL with the path of the storage, such as /api/v1/push (Mimir), /api/v1/receive (Thanos) or /api/v1/write (VictoriaMetrics), got ${shown(issue.input)}`,
});

/**
 * `name:tag`, `name@sha256:…` or both. A moving tag is refused: an image that is on the engine is used
 * without asking the registry, so `latest` would be whatever `latest` was once.
 */
export const image = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._/:-]*?(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/, {
    error: (issue) => `expected an image such as prom/prometheus:v3.16.0, got ${shown(issue.input)}`,
  })
  .refine((reference) => /@sha256:[0-9a-f]{64}$/.test(reference) || /:(?!latest$)[^/:@]+$/.test(reference), {
    error: (issue) =>
      `expected an image with a tag other than latest, or with a digest, got ${shown(issue.input)}`,
  });

/** A positive duration, kept as it is written. */
export const durationText = z.string().refine((text) => (parseDuration(text) ?? 0) > 0, {
  error: (issue) => `expected a duration such as 45d, got ${shown(issue.input)}`,
});

/** A duration within bounds (seconds, inclusive), as seconds. */
export const secondsBetween = (minimum: number, maximum: number) =>
  z
    .string()
    .refine(
      (text) => {
        const seconds = parseDuration(text);
        return seconds !== undefined && seconds >= minimum && seconds <= maximum;
      },
      {
        error: (issue) =>
          `expected a duration from ${formatDuration(minimum)} to ${formatDuration(maximum)}, got ${shown(issue.input)}`,
      },
    )
    .transform((text) => parseDuration(text) ?? 0);

export const byteSize = z.string().regex(/^[1-9]\d*(B|KB|MB|GB|TB|PB|EB)$/, {
  error: (issue) => `expected a size such as 2GB, got ${shown(issue.input)}`,
});

/** A command as Docker writes it; `NONE` would switch the check off and is refused. */
export const healthcheck = z
  .array(
    z.string(
      'expected words, as in ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/healthy"]',
    ),
  )
  .refine(
    ([kind, ...words]) =>
      (kind === 'CMD' && words.length > 0) || (kind === 'CMD-SHELL' && words.length === 1),
    {
      error: 'expected ["CMD", program, …] or ["CMD-SHELL", line]',
    },
  );

/** Passed through a file whose line breaks are cut, and through `user:password`. */
export const password = z
  .string('expected a text')
  .min(8, 'expected at least 8 characters')
  .regex(/^\P{Cc}+$/u, 'expected no line breaks and no control characters');

/** As `--web.allowed-host` takes it. */
export const hostName = z.string().regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/, {
  error: (issue) =>
    `expected a host name in lower case and without port, such as status.example.com, got ${shown(issue.input)}`,
});

/** As the exporter takes it from a file: part of an address, and too long to be guessed. */
export const feedToken = z
  .string('expected a text')
  .regex(
    /^[A-Za-z0-9_.~-]{32,512}$/,
    'expected 32 to 512 letters, digits or any of _ . ~ - (openssl rand -hex 32)',
  );

/** What a container may take. */
export interface Limits {
  /** Of memory and of memory and swap together, so that nothing swaps. */
  readonly memoryMebibytes: number;
  /** Processors, such as 0.5; unlimited when undefined. */
  readonly cpus: number | undefined;
}

/** Below 32 MiB none of the containers starts. Memory without a default depends on something else. */
export const unfilledLimits = z
  .strictObject({
    memory: wholeNumber(32, 1_048_576).optional(),
    cpus: numeric('expected a number of processors, such as 0.5', /^\d{1,4}(\.\d{1,3})?$/)
      .refine((value) => value >= 0.01 && value <= 1024, {
        error: (issue) => `expected a number of processors from 0.01 to 1024, got ${shown(issue.input)}`,
      })
      .optional(),
  })
  .prefault({})
  .transform(({ memory, cpus }) => ({ memoryMebibytes: memory, cpus }));

export const limits = (defaultMemoryMebibytes: number) =>
  unfilledLimits.transform(
    ({ memoryMebibytes = defaultMemoryMebibytes, cpus }): Limits => ({ memoryMebibytes, cpus }),
  );

export const days = numeric('expected a number of days', /^\d{1,3}(\.\d{1,2})?$/).refine(
  (value) => value > 0 && value <= 365,
  { error: (issue) => `expected a number of days above 0, up to 365, got ${shown(issue.input)}` },
);

export const text = (what: string) => z.string(`expected ${what}`).min(1, `expected ${what}`);

/** The entries by name, so that the same settings give the same text whatever their order. */
export function entriesByName<Value>(
  record: Readonly<Record<string, Value>>,
): readonly (readonly [name: string, value: Value])[] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
