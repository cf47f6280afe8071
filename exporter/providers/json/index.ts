import { CheckError } from '../../readings/check-error.ts';
import type { Reading } from '../../readings/reading.ts';
import { defineProvider } from '../contract.ts';
import type { HttpClient } from '../http.ts';
import type { Document } from './document.ts';
import { readDocument } from './document.ts';
import { search } from './expression.ts';
import { forgetKept, keptAnswer } from './kept.ts';
import { createFiller } from './placeholders.ts';
import type { RequestContext } from './request.ts';
import { buildRequest } from './request.ts';
import type { JsonOptions, NamedRequest } from './schema.ts';
import { jsonOptionsSchema } from './schema.ts';
import { send } from './send.ts';
import { mergeSums } from './sums.ts';
import { dated, nothingSpent, readValues } from './values.ts';
import { verify } from './verdict.ts';

/** Any vendor whose figures stand in an answer of JSON or XML, described in the account file. */
export const json = defineProvider({
  id: 'json',
  title: 'Any JSON API',
  kind: 'any',
  units: [],
  sign: 'as configured: a negative scale inverts it',
  docs: 'https://jmespath.org/specification.html',
  evidence: 'vendor',
  credential: 'as required by the vendor',
  permission: 'reading the balance',
  minIntervalSeconds: 10,
  options: jsonOptionsSchema,
  check: ({ options, http, now }) => askJson(options, http, now()),
});

/** Asks as the options say, and reads what they name. @throws CheckError */
export async function askJson(
  options: JsonOptions,
  http: HttpClient,
  now: Date,
): Promise<readonly Reading[]> {
  try {
    return await readingsOf(options, http, now);
  } catch (error) {
    // A token that was kept may have been ended by someone else: the next check gets one of its own.
    forgetKept(options.requests ?? []);
    throw error;
  }
}

async function readingsOf(options: JsonOptions, http: HttpClient, now: Date): Promise<readonly Reading[]> {
  const timezone = options.timezone ?? 'UTC';
  const fill = createFiller(now, timezone);
  const context = { now, timezone };
  const readings: Reading[] = [];
  let isEmpty = false;
  for await (const answer of answers(options, fill, http, now)) {
    verify(options.check, answer.content);
    const read = readValues(answer, options.items, options.values, context);
    isEmpty ||= read === undefined;
    readings.push(...dated(read ?? [], options.as_of, answer.content, context));
  }
  if (isEmpty && readings.length === 0) readings.push(...nothingSpent(options.values, context));
  const merged = mergeSums(options.values, readings);
  if (merged.length === 0) throw new CheckError('schema', 'the answer has none of the configured values');
  return merged;
}

/** What the values are read from: an answer, one after the other where they come in pages, or several as one. */
async function* answers(
  options: JsonOptions,
  fill: RequestContext['fill'],
  http: HttpClient,
  now: Date,
): AsyncGenerator<Document> {
  if (options.requests !== undefined) {
    yield await together(options.requests, fill, http, now);
    return;
  }
  const request = await buildRequest(options, { fill, answers: {} }, http);
  let { query } = request;
  const most = options.pagination?.max_pages ?? 1;
  for (let page = 1; ; page += 1) {
    const answer = await readDocument(await send(http, { ...request, query }, options.auth, now));
    yield answer;
    if (options.pagination === undefined) return;
    const next = search(answer.content, options.pagination.next);
    if (next === null || next === undefined || next === '' || next === false) return;
    if (page === most) throw new CheckError('schema', `expected at most ${most} pages, got more`);
    if (typeof next !== 'string' && typeof next !== 'number') {
      throw new CheckError('schema', `${options.pagination.next}: expected the token of the next page`);
    }
    query = { ...query, [options.pagination.param]: String(next) };
  }
}

/** The answers of several requests, one after the other, under their names. */
async function together(
  requests: readonly NamedRequest[],
  fill: RequestContext['fill'],
  http: HttpClient,
  now: Date,
): Promise<Document> {
  const found: Record<string, unknown> = {};
  let isXml = false;
  for (const request of requests) {
    const answer = await keptAnswer(request, now, async () => {
      const fresh = await readDocument(
        await send(http, await buildRequest(request, { fill, answers: found }, http), request.auth, now),
      );
      verify(request.check, fresh.content);
      return fresh;
    });
    found[request.name] = answer.content;
    isXml ||= answer.isXml;
  }
  return { content: found, isXml };
}
