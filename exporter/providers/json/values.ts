import { CheckError } from '../../readings/check-error.ts';
import type { Reading, Wallet } from '../../readings/reading.ts';
import { minorUnitDigits, unitName } from '../currency.ts';
import { moneySchema } from '../money.ts';
import type { Document } from './document.ts';
import { AbsentFigure, search } from './expression.ts';
import type { Match } from './pattern.ts';
import { cutsNumber, matchAll } from './pattern.ts';
import { isSentinel, refuseSentinelOperand, SentinelOperand } from './sentinels.ts';
import { monthAround, readTime } from './time.ts';
import type { BalanceValue, JsonValue, SpendValue } from './value-schema.ts';
import { isPlainPath } from './value-schema.ts';
import { isOneOf } from './verdict.ts';

export interface ValueContext {
  readonly now: Date;
  /** IANA time zone of periods, and of times that name none. */
  readonly timezone: string;
}

/**
 * The readings of one answer; undefined where the list of items is empty.
 * @throws CheckError `schema` where a figure is missing or is no number; `config` where the account file does not fit
 */
export function readValues(
  { content, isXml }: Document,
  items: string | undefined,
  values: readonly JsonValue[],
  context: ValueContext,
): readonly Reading[] | undefined {
  const list = items === undefined ? [content] : listOf(itemsIn(content, items), isXml);
  if (list === undefined) throw new CheckError('schema', `${items}: expected a list`);
  if (list.length === 0) return undefined;
  const taken = values.map((value) => takeFigures(value, list));
  return list.flatMap((item, index) =>
    values.flatMap((value, column) => {
      const reading = readValue(value, item, taken[column]?.[index], context);
      return reading === undefined ? [] : [reading];
    }),
  );
}

function itemsIn(content: unknown, items: string): unknown {
  try {
    return search(content, items, { isList: true });
  } catch (error) {
    if (error instanceof AbsentFigure) throw new CheckError('schema', `${items}: ${error.message}`);
    throw error;
  }
}

function listOf(value: unknown, isXml: boolean): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return isXml && value !== null && value !== undefined && value !== '' ? [value] : undefined;
}

/** No costs are costs of 0; no wallets are not an empty wallet. */
export function nothingSpent(values: readonly JsonValue[], context: ValueContext): readonly Reading[] {
  return values.flatMap((value) => (value.type === 'spend' ? [zeroSpend(value, context)] : []));
}

function zeroSpend(value: SpendValue, context: ValueContext): Reading {
  const unit = typeof value.unit === 'string' ? value.unit : value.unit.default;
  if (unit === undefined) {
    throw new CheckError(
      'schema',
      'the list of costs is empty, so the unit is unknown: give unit a default, such as { expr: currency, default: USD }',
    );
  }
  return spendOf(value, unitName(unit), 0, context);
}

/** What stands where each item has the figure, and what a pattern takes out of it: all items at once. */
function takeFigures(value: JsonValue, items: readonly unknown[]): readonly Taken[] {
  const raw = items.map((item) => figureIn(item, value));
  const { regex, expr } = value;
  if (regex === undefined) return raw.map((figure) => ({ figure, match: undefined }));
  const texts = raw.map((figure) => (typeof figure === 'string' ? figure : ''));
  const matches = matchAll(regex, texts, expr);
  return raw.map((figure, index) => ({ figure, match: matches[index] }));
}

interface Taken {
  readonly figure: unknown;
  readonly match: Match | undefined;
}

/** Null where the figure is not there and need not be. */
function figureIn(item: unknown, value: JsonValue): unknown {
  try {
    return search(item, value.expr, value.type === 'spend' ? { sumOfNothing: 0 } : {});
  } catch (error) {
    if (error instanceof AbsentFigure) return null;
    // Not a fault yet: what says "no limit" is looked at first.
    if (error instanceof SentinelOperand) return error;
    throw error;
  }
}

function readValue(
  value: JsonValue,
  item: unknown,
  taken: Taken | undefined,
  context: ValueContext,
): Reading | undefined {
  const figure = taken?.figure;
  if (value.type !== 'spend' && isUnlimited(value, item)) {
    const unit = unitOf(value, item);
    return { kind: 'unlimited', type: value.type, unit, ...windowOf(value, item), ...walletOf(value) };
  }
  if (value.optional && (figure === null || figure === undefined)) return undefined;
  if (figure instanceof SentinelOperand) throw figure;
  const minuend =
    value.regex === undefined ? toNumber(figure, value.expr) : fromPattern(figure, taken?.match, value.expr);
  const subtrahend = value.subtract === undefined ? 0 : toNumber(found(item, value.subtract), value.subtract);
  if (value.subtract !== undefined) {
    refuseSentinelOperand(minuend, `${value.expr}: subtracted from`);
    refuseSentinelOperand(subtrahend, `${value.subtract}: subtracted is`);
  }
  const unit = unitOf(value, item);
  const scale = value.scale * minorUnit(value, unit);
  const amount = roundOff((minuend - subtrahend) * scale);
  if (value.type === 'spend') return spendOf(value, unit, amount, context);
  refuseSentinel(value, minuend);
  return {
    kind: 'balance',
    type: value.type,
    unit,
    value: counts(value, item, context) ? amount : 0,
    ...windowOf(value, item),
    ...walletOf(value),
    ...limitOf(value, item, Math.abs(scale)),
    ...resetOf(value, item, context),
  };
}

function isUnlimited({ unlimited }: BalanceValue, item: unknown): boolean {
  if (unlimited === undefined) return false;
  const said = found(item, unlimited.expr);
  if (said === null && unlimited.equals !== undefined && !isPresent(item, unlimited.expr)) return false;
  return isOneOf(said, unlimited.equals);
}

/** Whether a field is there, be it null. Other expressions than a path to a field have no such thing. */
function isPresent(item: unknown, path: string): boolean {
  if (!isPlainPath(path)) return true;
  let value = item;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
    value = Reflect.get(value, name);
  }
  return true;
}

function refuseSentinel({ type, expr }: BalanceValue, figure: number): void {
  if (!isSentinel(figure) && !(type === 'quota' && figure === -1)) return;
  throw new CheckError(
    'schema',
    `${expr}: ${figure} looks like "no limit": if it is, set unlimited: { expr: ..., equals: ${figure} }`,
  );
}

function minorUnit({ minor_units: isMinor, expr }: JsonValue, unit: string): number {
  if (isMinor !== true) return 1;
  const digits = minorUnitDigits(unit);
  if (digits === undefined) {
    throw new CheckError('config', `${expr}: minor_units requires a currency, but the unit is ${unit}`);
  }
  return 10 ** -digits;
}

function spendOf({ period }: SpendValue, unit: string, value: number, context: ValueContext): Reading {
  const { start, end } = monthAround(context.now, context.timezone);
  return { kind: 'spend', unit, period, value, periodStart: start, periodEnd: end };
}

function unitOf({ unit }: JsonValue, item: unknown): string {
  if (typeof unit === 'string') return unitName(unit);
  const named = found(item, unit.expr);
  if (typeof named !== 'string' || named.trim() === '' || named.length > 32) {
    throw new CheckError('schema', `${unit.expr}: expected the name of a unit`);
  }
  const name = unitName(named.trim());
  if (unit.currency === true && minorUnitDigits(name) === undefined) {
    throw new CheckError('schema', `${unit.expr}: expected a currency code of ISO 4217`);
  }
  return name;
}

function windowOf({ window }: BalanceValue, item: unknown): { readonly window?: string } {
  if (window === undefined) return {};
  if (typeof window === 'string') return { window };
  const named = found(item, window.expr);
  if ((typeof named !== 'string' && typeof named !== 'number') || !/^[\w.-]{1,32}$/.test(String(named))) {
    throw new CheckError('schema', `${window.expr}: expected the name of a window`);
  }
  return { window: String(named) };
}

function walletOf({ wallet }: BalanceValue): { readonly wallet?: Wallet } {
  return wallet === undefined ? {} : { wallet };
}

/** Whether an item is within the time in which it can be used. An item that has to say so and does not is a failure. */
function counts({ valid }: BalanceValue, item: unknown, { now, timezone }: ValueContext): boolean {
  const seconds = now.getTime() / 1000;
  const at = (expression: string): number => {
    const time = readTime(found(item, expression), timezone);
    if (time === undefined) throw new CheckError('schema', `${expression}: expected a time`);
    return time;
  };
  const { from, until } = valid ?? {};
  return (from === undefined || at(from) <= seconds) && (until === undefined || seconds < at(until));
}

function limitOf({ limit }: BalanceValue, item: unknown, scale: number): { readonly limit?: number } {
  const size = limit === undefined ? null : found(item, limit);
  if (limit === undefined || size === null || size === undefined) return {};
  const read = toNumber(size, limit);
  if (isSentinel(read) || read < 0) {
    throw new CheckError(
      'schema',
      `${limit}: ${read} is not a valid size: if it means "no limit", set unlimited: { expr: ${limit}, equals: ${read} }`,
    );
  }
  return { limit: roundOff(read * scale) };
}

function resetOf(
  { reset_at: expression }: BalanceValue,
  item: unknown,
  { timezone }: ValueContext,
): { readonly resetAt?: number } {
  const time = expression === undefined ? null : found(item, expression);
  const names = typeof time === 'string' ? time.trim() : time;
  if (
    expression === undefined ||
    names === null ||
    names === undefined ||
    names === '' ||
    Number(names) === 0
  )
    return {};
  const resetAt = readTime(time, timezone);
  if (resetAt === undefined) throw new CheckError('schema', `${expression}: expected a time`);
  return { resetAt };
}

/**
 * The readings of an answer with the time that the vendor gives for them. A time that is not there or not over dates nothing: the
 * figures are as new as the answer then.
 */
export function dated(
  readings: readonly Reading[],
  expression: string | undefined,
  content: unknown,
  { now, timezone }: ValueContext,
): readonly Reading[] {
  const time = expression === undefined ? null : found(content, expression);
  if (expression === undefined || time === null || time === undefined || time === '') return readings;
  const asOf = readTime(time, timezone);
  if (asOf === undefined) throw new CheckError('schema', `${expression}: expected a time`);
  if (asOf >= now.getTime() / 1000) return readings;
  return readings.map((reading) => (reading.kind === 'unlimited' ? reading : { ...reading, asOf }));
}

/** What an expression finds; null where a function of it misses its figure. */
function found(item: unknown, expression: string): unknown {
  try {
    return search(item, expression);
  } catch (error) {
    if (error instanceof AbsentFigure) return null;
    throw error;
  }
}

function fromPattern(figure: unknown, match: Match | undefined, expression: string): number {
  if (typeof figure !== 'string') {
    throw new CheckError('schema', `${expression}: expected text with a number in it`);
  }
  if (match === undefined) {
    throw new CheckError('schema', `${expression}: regex matches no number`);
  }
  if (cutsNumber(figure, match)) {
    throw new CheckError('schema', `${expression}: the group of regex captures only part of a number`);
  }
  // A comma or point at the end belongs to the sentence.
  return toNumber(match.group.trim().replace(/[,.]$/, ''), expression);
}

function toNumber(figure: unknown, expression: string): number {
  const parsed = moneySchema.safeParse(figure);
  if (parsed.success && Number.isFinite(parsed.data)) return parsed.data;
  const came =
    figure === null || figure === undefined
      ? 'nothing'
      : typeof figure === 'string'
        ? 'other text'
        : typeof figure;
  throw new CheckError('schema', `${expression}: expected a number, got ${came}`);
}

/** Takes the noise of binary fractions off (0.1 + 0.2), far below any vendor's smallest unit. */
export function roundOff(value: number): number {
  // An inverted 0 is 0, not -0.
  return Number(value.toPrecision(15)) || 0;
}
