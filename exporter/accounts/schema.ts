import * as z from 'zod';
import { expecting } from '../config/describe-issue.ts';
import { durationSchema, formatDuration } from '../config/duration.ts';
import { consoleUrlSchema, nameSchema, ownerSchema } from '../config/fields.ts';
import type { Path } from '../config/located-yaml.ts';
import { didYouMean } from '../config/nearest-word.ts';
import { parse, type Report } from '../config/parse.ts';
import { parseProxy, proxyExpected } from '../config/proxy.ts';
import { Secret } from '../config/secret.ts';
import { unitName } from '../providers/currency.ts';
import { findProvider, providerIds } from '../providers/registry.ts';

const finite = z.number('expected a number');

/** One number, or one per unit where an answer has several. */
const amountSchema = z
  .union([finite, z.record(z.string().min(1), finite)], {
    error: 'expected a number, or numbers by unit such as { CNY: 100, USD: 20 }',
  })
  .superRefine((amount, context) => {
    if (typeof amount === 'number') return;
    const units = Object.keys(amount);
    if (units.length === 0) {
      context.addIssue({ code: 'custom', message: 'expected a number for at least one unit, got none' });
    }
    for (const unit of units) {
      if (unitName(unit) === unit) continue;
      const message = `expected ${unitName(unit)}: readings name a currency by its code in capitals`;
      context.addIssue({ code: 'custom', path: [unit], message });
    }
  });

/** Written out it may hold no credentials; a secret may, and its value is never part of a message. */
const proxySchema = z
  .union([z.instanceof(Secret), z.string()], { error: proxyExpected })
  .superRefine((proxy, context) => {
    const isSecret = proxy instanceof Secret;
    const text = isSecret ? proxy.reveal() : proxy;
    // A missing secret is reported where it is looked up.
    if (isSecret && text === '') return;
    const address = parseProxy(text);
    if (address === undefined) {
      const where = isSecret ? `in the secret ${proxy.name}, ` : '';
      context.addIssue({ code: 'custom', message: `${where}${proxyExpected}` });
    } else if (!isSecret && address.authorization !== undefined) {
      context.addIssue({
        code: 'custom',
        message: 'expected an http or https URL without credentials, or { secret: NAME } where it has some',
      });
    }
  });

/** A vendor that takes longer will not respond; and timers of weeks overflow. */
const longestTimeoutSeconds = 3600;
const longestIntervalSeconds = 7 * 86_400;

function upTo(longestSeconds: number) {
  return durationSchema.refine((seconds) => seconds <= longestSeconds, {
    error: (issue) =>
      `expected at most ${formatDuration(longestSeconds)}, got ${formatDuration(Number(issue.input))}`,
  });
}

/** How an account is asked; each can be set for all of them under `defaults`. */
const polling = {
  interval: upTo(longestIntervalSeconds).optional(),
  max_age: durationSchema.optional(),
  timeout: upTo(longestTimeoutSeconds).optional(),
  proxy: proxySchema.optional(),
  ca_file: z.string().min(1).optional(),
};

/** The file's `defaults`. */
export const defaultsSchema = z.strictObject(polling);

export const accountSchema = z.strictObject({
  name: nameSchema,
  provider: z.string(expecting('the id of a provider')),
  options: z.unknown().optional(),
  threshold: amountSchema.optional(),
  budget: amountSchema.optional(),
  enabled: z.boolean().default(true),
  owner: ownerSchema.optional(),
  console_url: consoleUrlSchema.optional(),
  ...polling,
});

type AccountEntry = z.output<typeof accountSchema>;

/** A threshold or a budget: one number, or one for each unit. */
export type Amount = number | Readonly<Record<string, number>>;

/** One account, checked, with all defaults filled in. */
export interface AccountConfig {
  readonly name: string;
  readonly provider: string;
  /** As the provider's own schema gave it, secrets resolved. */
  readonly options: unknown;
  readonly threshold: Amount | undefined;
  readonly budget: Amount | undefined;
  readonly owner: string | undefined;
  readonly consoleUrl: string | undefined;
  readonly intervalSeconds: number;
  /** After which a reading is no longer served. */
  readonly maxAgeSeconds: number;
  /** For one check, retries included. */
  readonly timeoutSeconds: number;
  readonly proxy: string | Secret | undefined;
  readonly caFile: string | undefined;
}

type Defaults = z.output<typeof defaultsSchema>;

/** Used where neither the account nor the file's `defaults` set it. */
const defaultIntervalSeconds = 600;
const defaultTimeoutSeconds = 30;

/** A reading is served for this many intervals, but at least an hour and until the next check is over, unless `max_age` says otherwise. */
const maxAgeIntervals = 6;
const minimumMaxAgeSeconds = 3600;

/** Reports what is wrong with provider and options of an entry whose other fields are wrong already. */
export function reportOptions(entry: unknown, path: Path, report: Report): void {
  const parsed = z.looseObject({ provider: z.string(), options: z.unknown().optional() }).safeParse(entry);
  if (!parsed.success) return;
  const provider = providerOf(parsed.data.provider, path, report);
  if (provider !== undefined) {
    parse(provider.options, parsed.data.options ?? {}, [...path, 'options'], report);
  }
}

function providerOf(id: string, path: Path, report: Report): ReturnType<typeof findProvider> {
  const provider = findProvider(id);
  if (provider === undefined) {
    report(
      [...path, 'provider'],
      `no provider ${JSON.stringify(id)}${didYouMean(id, providerIds())} (\`balance-alert providers\` lists them)`,
    );
  }
  return provider;
}

export function resolveAccount(
  account: AccountEntry,
  defaults: Defaults,
  path: Path,
  report: Report,
): (AccountConfig & { readonly enabled: boolean }) | undefined {
  const provider = providerOf(account.provider, path, report);
  if (provider === undefined) return undefined;
  const options = parse(provider.options, account.options ?? {}, [...path, 'options'], report);
  if (account.interval !== undefined && account.interval < provider.minIntervalSeconds) {
    report(
      [...path, 'interval'],
      `expected at least ${formatDuration(provider.minIntervalSeconds)}, which ${provider.title} asks for, got ${formatDuration(account.interval)}`,
    );
  }
  const intervalSeconds =
    account.interval ?? Math.max(defaults.interval ?? defaultIntervalSeconds, provider.minIntervalSeconds);
  const timeoutSeconds = account.timeout ?? defaults.timeout ?? defaultTimeoutSeconds;
  /** From a reading to the next one, where that check takes as long as it may. */
  const nextReadingSeconds = intervalSeconds + timeoutSeconds;
  const maxAgeSeconds =
    account.max_age ??
    defaults.max_age ??
    Math.max(intervalSeconds * maxAgeIntervals, minimumMaxAgeSeconds, nextReadingSeconds);
  if (maxAgeSeconds < nextReadingSeconds) {
    report(
      account.max_age === undefined ? path : [...path, 'max_age'],
      `expected max_age to be at least the interval of ${formatDuration(intervalSeconds)} and the timeout of ${formatDuration(timeoutSeconds)} together, got ${formatDuration(maxAgeSeconds)}: a reading would expire before the next`,
    );
  }
  return {
    name: account.name,
    provider: account.provider,
    options,
    threshold: account.threshold,
    budget: account.budget,
    owner: account.owner,
    consoleUrl: account.console_url,
    intervalSeconds,
    maxAgeSeconds,
    timeoutSeconds,
    proxy: account.proxy ?? defaults.proxy,
    caFile: account.ca_file ?? defaults.ca_file,
    enabled: account.enabled,
  };
}
