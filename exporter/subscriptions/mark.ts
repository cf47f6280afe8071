import { isDeepStrictEqual } from 'node:util';
import { distance } from 'fastest-levenshtein';
import type { Temporal } from 'temporal-polyfill';
import type { Document, YAMLMap } from 'yaml';
import { isAlias, isMap, LineCounter, parseDocument } from 'yaml';
import { timezoneSchema } from '../config/fields.ts';
import { parseWith } from '../config/parse.ts';
import { messageOf } from '../errors.ts';
import { compare, dateOf, parseDate, todayIn } from './dates.ts';
import { setPaidThrough } from './edit.ts';
import { nearestDue, nextDue, renewalPaidOn } from './schedule.ts';
import type { SubscriptionConfig } from './schema.ts';
import { resolveSubscription, subscriptionSchema } from './schema.ts';

export interface MarkOptions {
  /** The account file. */
  readonly text: string;
  /** Its name, for messages. */
  readonly file: string;
  readonly name: string;
  /** The renewal that was paid, `YYYY-MM-DD`; without it, the earliest that is not paid yet. */
  readonly date: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type MarkResult =
  | {
      readonly outcome: 'marked';
      /** The account file with the mark in it. */
      readonly text: string;
      /** With the mark in it. */
      readonly subscription: SubscriptionConfig;
      readonly paid: Temporal.PlainDate;
      /** Earlier renewals that were open and count as paid now, oldest first. */
      readonly skipped: readonly Temporal.PlainDate[];
    }
  /** The file has it already. */
  | { readonly outcome: 'unchanged'; readonly message: string }
  /** There is nothing that could be marked. */
  | { readonly outcome: 'refused'; readonly message: string }
  /** The command or the file is wrong. */
  | { readonly outcome: 'wrong'; readonly message: string };

/** Marks one renewal of one subscription as paid, in the text of an account file. */
export function markPaid(options: MarkOptions): MarkResult {
  const found = findEntry(options);
  if (typeof found === 'string') return { outcome: 'wrong', message: found };
  const { entry, subscription } = found;

  const choice = chooseRenewal(subscription, options);
  if ('outcome' in choice) return choice;
  const date = choice.date.toString();
  const text = setPaidThrough(options.text, entry, date);
  if (text === undefined || !saysOnly(options.text, text, found.index, date)) {
    return {
      outcome: 'refused',
      message: `the entry of ${quote(options.name)} in ${options.file} is written in a way that this command does not edit; set paid_through: ${date} by hand, in place of last_renewed if that is there`,
    };
  }
  return {
    outcome: 'marked',
    text,
    subscription: { ...subscription, paidThrough: date },
    paid: choice.date,
    skipped: choice.skipped,
  };
}

interface Found {
  readonly index: number;
  readonly entry: YAMLMap;
  readonly subscription: SubscriptionConfig;
}

/** The entry of a name; what is wrong, where there is none that can be used. */
function findEntry({ text, file, name, now }: MarkOptions): Found | string {
  const lines = new LineCounter();
  let document: Document;
  let plain: unknown;
  try {
    ({ document, plain } = parse(text, lines));
  } catch (error) {
    return `${file}: not valid YAML: ${messageOf(error)}`;
  }
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return `${file}:${line}:${col}: not valid YAML: ${error.message}`;
  }
  const entries = subscriptionsOf(plain);
  const names = entries.map((one) =>
    typeof one === 'object' && one !== null && 'name' in one ? one.name : one,
  );
  const index = names.indexOf(name);
  if (index === -1) return unknownName(name, file, names);
  const node: unknown = document.getIn(['subscriptions', index], true);
  const entry = isAlias(node) ? node.resolve(document) : node;
  if (!isMap(entry)) return `${file}: expected a list of subscriptions, written out in place`;
  const place = `${file}:${lines.linePos(entry.range?.[0] ?? 0).line}`;
  if (names.indexOf(name, index + 1) !== -1) {
    return `${place}: expected one subscription of the name ${quote(name)}, got several`;
  }

  const zone = parseWith(timezoneSchema.default('UTC'), document.get('timezone'));
  if (!zone.ok) return `${file}: timezone: ${zone.faults[0]?.message}`;
  const parsed = parseWith(subscriptionSchema, entries[index]);
  const result = parsed.ok
    ? resolveSubscription(parsed.data, { defaultTimezone: zone.data, now })
    : { ok: false as const, problems: parsed.faults };
  if (result.ok) return { index, entry, subscription: result.subscription };
  return result.problems
    .map(({ path, message }) => `${place}: ${[`subscriptions[${index}]`, ...path].join('.')}: ${message}`)
    .join('\n');
}

/**
 * The document as nodes and, as the loader of the account file reads it, as plain data.
 * @throws where aliases would make far more of the file than is in it.
 */
function parse(
  text: string,
  lineCounter: LineCounter,
): { readonly document: Document; readonly plain: unknown } {
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true });
  return { document, plain: document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 1000 }) };
}

function unknownName(name: string, file: string, names: readonly unknown[]): string {
  const known = names.filter((one) => typeof one === 'string');
  if (known.length === 0) return `${file} names no subscriptions`;
  const slips = Math.max(2, Math.floor(name.length / 3));
  const nearest = known
    .map((one) => ({ one, steps: distance(one.toLowerCase(), name.toLowerCase()) }))
    .filter(({ steps }) => steps <= slips)
    .sort((a, b) => a.steps - b.steps)
    .slice(0, 3)
    .map(({ one }) => quote(one));
  const hint =
    nearest.length > 0 ? `did you mean ${nearest.join(', ')}?` : `it names ${known.map(quote).join(', ')}`;
  return `${file} names no subscription ${quote(name)}; ${hint}`;
}

type Choice =
  | { readonly date: Temporal.PlainDate; readonly skipped: readonly Temporal.PlainDate[] }
  | Exclude<MarkResult, { outcome: 'marked' }>;

/** Which renewal a mark pays. */
function chooseRenewal(subscription: SubscriptionConfig, { name, date: text, now }: MarkOptions): Choice {
  const { rhythm, alertDaysBefore, timezone } = subscription;
  const schedule = { rhythm, ends: dateOf(subscription.ends) };
  const today = todayIn(timezone, now);
  const paid = dateOf(subscription.paidThrough);
  const unpaid = paid === undefined ? undefined : nextDue(schedule, paid);

  if (text === undefined) {
    // No earlier payment is known, so this is the first mark, and it covers what a payment today would cover.
    if (paid === undefined) return { date: renewalPaidOn(schedule, alertDaysBefore, today), skipped: [] };
    if (unpaid === undefined) {
      return { outcome: 'refused', message: `${name} is paid through ${paid}, its last renewal` };
    }
    if (compare(paid, today) >= 0) {
      return {
        outcome: 'refused',
        message: `${name} is paid through ${paid} already; to pay ahead, name the renewal: ${unpaid} is the next`,
      };
    }
    return { date: unpaid, skipped: [] };
  }

  const date = parseDate(text);
  if (date === undefined) {
    return { outcome: 'wrong', message: `expected a date such as 2026-10-31, got ${quote(text)}` };
  }
  const nearest = nearestDue(schedule, date);
  if (nearest !== undefined) {
    return { outcome: 'wrong', message: `expected a renewal date of ${name}, got ${date}; ${nearest}` };
  }
  if (paid !== undefined && compare(date, paid) <= 0) {
    const same = compare(date, paid) === 0;
    return {
      outcome: same ? 'unchanged' : 'refused',
      message: `${name} is paid through ${paid} already${same ? '' : `, and so is ${date}`}`,
    };
  }
  const skipped: Temporal.PlainDate[] = [];
  for (let one = unpaid; one !== undefined && compare(one, date) < 0; one = nextDue(schedule, one)) {
    skipped.push(one);
  }
  return { date, skipped };
}

/** Whether a text says the same as another but for the mark of one entry. */
function saysOnly(before: string, after: string, index: number, paidThrough: string): boolean {
  const expected = parse(before, new LineCounter()).plain;
  const entry = subscriptionsOf(expected)[index];
  if (typeof entry !== 'object' || entry === null) return false;
  Reflect.deleteProperty(entry, 'last_renewed');
  Reflect.set(entry, 'paid_through', paidThrough);
  return isDeepStrictEqual(parse(after, new LineCounter()).plain, expected);
}

function subscriptionsOf(file: unknown): readonly unknown[] {
  if (typeof file !== 'object' || file === null || !('subscriptions' in file)) return [];
  return Array.isArray(file.subscriptions) ? file.subscriptions : [];
}

function quote(text: string): string {
  return JSON.stringify(text);
}
