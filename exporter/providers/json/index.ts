import { Script } from 'node:vm';
import jmespath from 'jmespath';
import { z } from 'zod';
import { Secret } from '../../config/secret.ts';
import { codeOf } from '../../errors.ts';
import { CheckError } from '../../readings/check-error.ts';
import type { Reading } from '../../readings/reading.ts';
import { defineProvider } from '../contract.ts';
import type { HttpClient, HttpRequest } from '../http.ts';
import { moneySchema } from '../money.ts';
import type { JsonOptions, JsonValue } from './schema.ts';
import { jsonOptionsSchema } from './schema.ts';

/** Any vendor whose figures stand in a JSON answer, described in the account file. */
export const json = defineProvider({
  id: 'json',
  title: 'Any JSON API',
  kind: 'any',
  units: [],
  sign: 'as configured: scale turns it round',
  docs: 'https://jmespath.org/specification.html',
  minIntervalSeconds: 10,
  options: jsonOptionsSchema,
  async check({ options, http, now }) {
    const authorization = await authorize(options, http);
    const readings: Reading[] = [];
    for await (const answer of pages(options, authorization, http)) {
      verify(options, answer);
      readings.push(...readAnswer(options, answer, now()));
    }
    const merged = mergeSums(options, readings);
    if (merged.length === 0) throw new CheckError('schema', 'the answer has none of the configured values');
    return merged;
  },
});

interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

const tokenSchema = z.looseObject({ access_token: z.string().min(1) });

async function authorize(options: JsonOptions, http: HttpClient): Promise<Authorization> {
  const { auth } = options;
  switch (auth?.type) {
    case undefined:
      return { headers: {}, query: {} };
    case 'bearer':
      return { headers: { authorization: `Bearer ${auth.token.reveal()}` }, query: {} };
    case 'header':
      return { headers: { [auth.name]: `${auth.prefix}${auth.value.reveal()}` }, query: {} };
    case 'query':
      return { headers: {}, query: { [auth.name]: auth.value.reveal() } };
    case 'basic':
      return { headers: { authorization: basic(plain(auth.user), auth.password.reveal()) }, query: {} };
    case 'oauth2_client_credentials': {
      const form = new URLSearchParams({ grant_type: 'client_credentials' });
      if (auth.scope !== undefined) form.set('scope', auth.scope);
      const { access_token: token } = await http.json(
        {
          method: 'POST',
          url: auth.token_url,
          headers: {
            authorization: basic(plain(auth.client_id), auth.client_secret.reveal()),
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: form.toString(),
        },
        tokenSchema,
      );
      return { headers: { authorization: `Bearer ${token}` }, query: {} };
    }
  }
}

function plain(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

async function* pages(
  options: JsonOptions,
  authorization: Authorization,
  http: HttpClient,
): AsyncGenerator<unknown> {
  const body = typeof options.body === 'object' ? JSON.stringify(options.body) : options.body;
  const request: HttpRequest = {
    method: options.method,
    url: options.url,
    headers: {
      ...(typeof options.body === 'object' ? { 'content-type': 'application/json' } : {}),
      ...options.headers,
      ...authorization.headers,
    },
    ...(body === undefined ? {} : { body }),
    ...(options.expect_status === undefined ? {} : { expectStatus: options.expect_status }),
  };
  let query = { ...options.query, ...authorization.query };
  const most = options.pagination?.max_pages ?? 1;
  for (let page = 1; ; page += 1) {
    const answer = await http.json({ ...request, query }, z.unknown());
    yield answer;
    if (options.pagination === undefined) return;
    const next = jmespath.search(answer, options.pagination.next);
    if (next === null || next === undefined || next === '' || next === false) return;
    if (page === most) throw new CheckError('schema', `expected at most ${most} pages, got more`);
    if (typeof next !== 'string' && typeof next !== 'number') {
      throw new CheckError('schema', `${options.pagination.next}: expected the token of the next page`);
    }
    query = { ...query, [options.pagination.param]: String(next) };
  }
}

/** Many vendors say no in a 200. */
function verify(options: JsonOptions, answer: unknown): void {
  const { check } = options;
  if (check === undefined) return;
  const found: unknown = search(answer, check.expr);
  const good = check.equals === undefined ? isTruthy(found) : found === check.equals;
  if (good) return;
  const said: unknown = check.message === undefined ? undefined : search(answer, check.message);
  const words = typeof said === 'string' && said.trim() !== '' ? `: ${said.trim()}` : '';
  throw new CheckError('business', `the vendor refused (${check.expr})${words}`);
}

/** JMESPath's own idea of true. */
function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== '';
}

function readAnswer(options: JsonOptions, answer: unknown, now: Date): Reading[] {
  const found: unknown = options.items === undefined ? [answer] : search(answer, options.items);
  if (!Array.isArray(found)) throw new CheckError('schema', `${options.items}: expected a list`);
  return found.flatMap((item: unknown) =>
    options.values.flatMap((value) => {
      const reading = readValue(value, item, now);
      return reading === undefined ? [] : [reading];
    }),
  );
}

function readValue(value: JsonValue, item: unknown, now: Date): Reading | undefined {
  const minuend = search(item, value.expr);
  if (value.optional && (minuend === null || minuend === undefined)) return undefined;
  const taken =
    value.subtract === undefined ? 0 : toNumber(search(item, value.subtract), value.subtract, undefined);
  const figure = roundOff((toNumber(minuend, value.expr, value.regex) - taken) * value.scale);
  const unit =
    typeof value.unit === 'string' ? value.unit : toUnit(search(item, value.unit.expr), value.unit.expr);
  if (value.type === 'spend') {
    const year = now.getUTCFullYear();
    const month = now.getUTCMonth();
    return {
      kind: 'spend',
      unit,
      period: value.period,
      value: figure,
      periodStart: Date.UTC(year, month, 1) / 1000,
      periodEnd: Date.UTC(year, month + 1, 1) / 1000,
    };
  }
  const limit = value.limit === undefined ? undefined : search(item, value.limit);
  const resetAt = value.reset_at === undefined ? undefined : search(item, value.reset_at);
  return {
    kind: 'balance',
    type: value.type,
    unit,
    value: figure,
    ...(value.window === undefined ? {} : { window: value.window }),
    ...(value.limit === undefined || limit === null
      ? {}
      : { limit: roundOff(toNumber(limit, value.limit, undefined) * Math.abs(value.scale)) }),
    ...(value.reset_at === undefined || resetAt === null
      ? {}
      : { resetAt: toTimestamp(resetAt, value.reset_at) }),
  };
}

function search(document: unknown, expression: string): unknown {
  try {
    return jmespath.search(document, expression);
  } catch (error) {
    throw new CheckError('schema', `${expression}: the answer is not of the shape that it needs`, {
      cause: error,
    });
  }
}

function toNumber(found: unknown, expression: string, regex: string | undefined): number {
  let text = found;
  if (regex !== undefined) {
    if (typeof found !== 'string')
      throw new CheckError('schema', `${expression}: expected text with a number in it`);
    text = firstGroup(regex, found, expression);
    if (text === undefined)
      throw new CheckError('schema', `${expression}: no number where regex looks for it`);
  }
  const parsed = moneySchema.safeParse(text);
  if (!parsed.success || !Number.isFinite(parsed.data)) {
    const came =
      text === null || text === undefined ? 'nothing' : typeof text === 'string' ? 'other text' : typeof text;
    throw new CheckError('schema', `${expression}: expected a number, got ${came}`);
  }
  return parsed.data;
}

const matching = new Script("new RegExp(regex, 'u').exec(text)?.[1]");

/** How long a pattern may look, in milliseconds. A good one takes microseconds. */
const matchingTime = 500;

/**
 * What the first group of the pattern takes out of the text; undefined where it matches nothing.
 * A pattern that goes back and forth without end would stop the whole program, scrapes too: it is cut off.
 */
function firstGroup(regex: string, text: string, expression: string): unknown {
  try {
    // A vendor's sentence is short; a longer text would only give a slow pattern something to chew on.
    return matching.runInNewContext({ regex, text: text.slice(0, 1000) }, { timeout: matchingTime });
  } catch (error) {
    if (codeOf(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new CheckError(
      'config',
      `${expression}: regex takes longer than ${matchingTime} ms on this answer`,
      {
        cause: error,
      },
    );
  }
}

function toUnit(found: unknown, expression: string): string {
  if (typeof found !== 'string' || found.trim() === '' || found.length > 32) {
    throw new CheckError('schema', `${expression}: expected the name of a unit`);
  }
  return found.trim();
}

/** Seconds since the epoch of what vendors write: seconds, milliseconds (13 digits), or an ISO date. */
function toTimestamp(found: unknown, expression: string): number {
  const numeric = typeof found === 'string' && /^\d+(\.\d+)?$/.test(found) ? Number(found) : found;
  if (typeof numeric === 'number' && Number.isFinite(numeric) && numeric > 0) {
    return numeric >= 1e11 ? numeric / 1000 : numeric;
  }
  const parsed = typeof found === 'string' ? Date.parse(found) : Number.NaN;
  if (Number.isNaN(parsed)) throw new CheckError('schema', `${expression}: expected a time`);
  return parsed / 1000;
}

/** Takes the noise of binary fractions off (0.1 + 0.2), far below any vendor's smallest unit. */
function roundOff(value: number): number {
  return Number(value.toPrecision(15));
}

/** Adds up the readings of one unit where the account file says so. */
function mergeSums(options: JsonOptions, readings: readonly Reading[]): readonly Reading[] {
  if (options.values.every((value) => value.reduce === undefined)) return readings;
  const summed = new Set(options.values.filter((value) => value.reduce === 'sum').map((value) => value.type));
  const merged = new Map<string, Reading>();
  const kept: Reading[] = [];
  for (const reading of readings) {
    const type = reading.kind === 'spend' ? 'spend' : reading.type;
    if (!summed.has(type)) {
      kept.push(reading);
      continue;
    }
    const window = reading.kind === 'spend' ? reading.period : (reading.window ?? '');
    const key = JSON.stringify([type, reading.unit, window]);
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined ? reading : { ...before, value: roundOff(before.value + reading.value) },
    );
  }
  return [...kept, ...merged.values()];
}
