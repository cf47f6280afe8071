import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Served } from './served.ts';
import { serve } from './served.ts';
import { until } from './until.ts';

/**
 * Group bots on loopback. They check signatures by what their platforms document, written down here once more, so that a
 * mistake of the program's is not repeated.
 */

export type StandInType = 'feishu' | 'dingtalk' | 'wecom_bot';

/** The last part of Feishu's path, and the token in the others' queries. */
export const botToken = 'token-0123456789abcdef';
export const botSecret = 'SEC-of-the-stand-in';

/** What it answers: an object as JSON, a text as it is, with a status; or nothing at all. */
export type BotAnswer =
  | { readonly body: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | 'silent'
  | 'drop';

export interface StandInBot extends AsyncDisposable {
  readonly type: StandInType;
  readonly webhook: string;
  /** Messages that were accepted, as the bot's own JSON. */
  readonly messages: readonly unknown[];
  /** All requests, refused ones included. */
  readonly requests: () => number;
  /** What it answers from now on instead of checking; undefined: it checks again. */
  readonly answer: (answer: BotAnswer | undefined) => void;
  /** The accepted messages as one text, once there are so many. */
  readonly said: (count: number) => Promise<string>;
}

export interface StandInOptions {
  /** Whether messages must be signed. */
  readonly signed?: boolean;
  readonly keyword?: string;
  /** Messages that it takes within a period; more are refused. */
  readonly limit?: { readonly messages: number; readonly periodMs: number };
  /** How far its clock is ahead. */
  readonly aheadMs?: number;
  /** How far a signature's time may be off. */
  readonly windowMs?: number;
  readonly longestBytes?: number;
}

const hour = 3_600_000;

export async function startBot(type: StandInType, options: StandInOptions = {}): Promise<StandInBot> {
  const { signed = false, keyword, limit, aheadMs = 0, windowMs = hour } = options;
  const messages: unknown[] = [];
  const times: number[] = [];
  let requests = 0;
  let scripted: BotAnswer | undefined;
  const now = (): number => Date.now() + aheadMs;
  const refusals = refusalsOf[type];

  const check = (url: URL, body: string): unknown => {
    const message: unknown = JSON.parse(body);
    if (signed && !isSigned[type](url, message, now(), windowMs)) return refusals.signature;
    if (keyword !== undefined && !body.includes(keyword)) return refusals.keyword;
    const longest = options.longestBytes ?? longestBytes[type];
    if (Buffer.byteLength(measured(type, message, body)) > longest) return refusals.content;
    if (limit !== undefined) {
      const recent = times.filter((time) => time > performance.now() - limit.periodMs);
      if (recent.length >= limit.messages) return refusals.limit;
      times.push(performance.now());
    }
    messages.push(message);
    return type === 'feishu' ? { code: 0, msg: 'success', data: {} } : { errcode: 0, errmsg: 'ok' };
  };

  const server: Served = await serve(async (request: IncomingMessage, response) => {
    requests += 1;
    const body = await text(request);
    if (scripted === 'silent') return;
    if (scripted === 'drop') {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://bot');
    const answer = scripted ?? { body: check(url, body) };
    response.writeHead(answer.status ?? 200, {
      'content-type': 'application/json',
      date: new Date(now()).toUTCString(),
      ...answer.headers,
    });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  return {
    type,
    webhook: `${server.url}${paths[type]}`,
    messages,
    requests: () => requests,
    answer: (next) => {
      scripted = next;
    },
    said: (count) =>
      until(() => messages.length >= count && messages.map((one) => JSON.stringify(one)).join('\n')),
    [Symbol.asyncDispose]: server.close,
  };
}

const paths: Readonly<Record<StandInType, string>> = {
  feishu: `/open-apis/bot/v2/hook/${botToken}`,
  dingtalk: `/robot/send?access_token=${botToken}`,
  wecom_bot: `/cgi-bin/webhook/send?key=${botToken}`,
};

const longestBytes: Readonly<Record<StandInType, number>> = {
  feishu: 20_000,
  dingtalk: 20_000,
  wecom_bot: 4096,
};

/** What the limit counts: WeCom's the content, the others' the whole body. */
function measured(type: StandInType, message: unknown, body: string): string {
  return type === 'wecom_bot' ? String(field(message, 'markdown', 'content')) : body;
}

const refusalsOf = {
  feishu: {
    signature: { code: 19021, msg: 'sign match fail or timestamp is not within one hour from current time' },
    keyword: { code: 19024, msg: 'Key Words Not Found' },
    content: { code: 9499, msg: 'Bad Request' },
    limit: { code: 11232, msg: 'frequency limited psm[lark.oapi.app_platform_runtime]' },
  },
  dingtalk: {
    signature: { errcode: 310_000, errmsg: 'sign not match, more: [https://ding-doc.dingtalk.com]' },
    keyword: { errcode: 310_000, errmsg: 'keywords not in content, more: [https://ding-doc.dingtalk.com]' },
    content: { errcode: 40_035, errmsg: 'invalid parameter' },
    limit: { errcode: 130_101, errmsg: 'send too fast, exceed 20 times per minute' },
  },
  wecom_bot: {
    signature: { errcode: 93_000, errmsg: 'invalid webhook url' },
    keyword: { errcode: 93_000, errmsg: 'invalid webhook url' },
    content: { errcode: 40_058, errmsg: 'markdown.content exceed max length 4096' },
    limit: { errcode: 45_009, errmsg: 'api freq out of limit' },
  },
} as const;

type Check = (url: URL, message: unknown, nowMs: number, windowMs: number) => boolean;

/** By the platforms' documents: Feishu in the body and in seconds, DingTalk in the query and in milliseconds. */
const isSigned: Readonly<Record<StandInType, Check>> = {
  feishu: (_url, message, nowMs, windowMs) => {
    const timestamp = String(field(message, 'timestamp'));
    const hmac = createHmac('sha256', Buffer.from([timestamp, botSecret].join('\n')));
    return (
      /^\d{10}$/.test(timestamp) &&
      Math.abs(Number(timestamp) * 1000 - nowMs) <= windowMs &&
      field(message, 'sign') === hmac.digest().toString('base64')
    );
  },
  dingtalk: ({ searchParams }, _message, nowMs, windowMs) => {
    const timestamp = searchParams.get('timestamp') ?? '';
    const hmac = createHmac('sha256', Buffer.from(botSecret));
    hmac.update(Buffer.from([timestamp, botSecret].join('\n')));
    return (
      /^\d{13}$/.test(timestamp) &&
      Math.abs(Number(timestamp) - nowMs) <= windowMs &&
      searchParams.get('sign') === hmac.digest().toString('base64') &&
      searchParams.get('access_token') === botToken
    );
  },
  wecom_bot: ({ searchParams }) => searchParams.get('key') === botToken,
};

/** A field of a field of JSON. */
export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    current = typeof current === 'object' && current !== null ? Reflect.get(current, key) : undefined;
  }
  return current;
}

/** All texts of a message, one on a line, in the order in which they stand. */
export function textsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value)
    .map(textsOf)
    .filter((part) => part !== '')
    .join('\n');
}
