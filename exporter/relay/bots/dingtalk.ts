import { createHmac } from 'node:crypto';
import * as z from 'zod';
import type { Message, Shown } from '../message.ts';
import { cut } from '../message.ts';
import type { Bot, Code, Verdict } from './contract.ts';
import { jsonRequest, verdictOf } from './contract.ts';

/** DingTalk's custom bots (open.dingtalk.com, "Custom bot access"). */

/** Of the whole request: above 20,000 bytes it is refused with 460101. */
const longestBody = 19_000;

const minute = 60_000;

/** Documented codes of custom bots, and those that users have seen besides (101002, 460101, 90030, 130101 among them). 310000 stands for every security setting: its sentence says which. */
export const dingtalkCodes: Readonly<Record<number, Code>> = {
  [-1]: { reason: 'busy' },
  // Above 20 messages a minute the bot takes nothing for ten minutes.
  130101: { reason: 'rate_limit', pauseMs: 10 * minute },
  130102: { reason: 'rate_limit', pauseMs: 10 * minute },
  302033: { reason: 'rate_limit', pauseMs: 10 * minute },
  // A quota of the organisation, which only a new month or another plan refills.
  90030: { reason: 'rate_limit', pauseMs: 10 * minute },
  410100: { reason: 'rate_limit', pauseMs: 10 * minute },
  660026: { reason: 'rate_limit', pauseMs: 10 * minute },
  // The message is too long.
  101002: { reason: 'content' },
  460101: { reason: 'content' },
  40035: { reason: 'content' },
  43004: { reason: 'content' },
  400105: { reason: 'content' },
  430101: { reason: 'content' },
  430102: { reason: 'content' },
  430103: { reason: 'content' },
  430104: { reason: 'content' },
  300001: { reason: 'auth' },
  400101: { reason: 'auth' },
  400106: { reason: 'auth' },
  400013: { reason: 'permission' },
  400102: { reason: 'permission' },
  310000: { reason: 'auth' },
};

/** The text to sign is timestamp (milliseconds), line break and secret, and the key is the secret; in base64. */
export function signDingtalk(timestampMs: number, secret: string): string {
  return createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');
}

const answerSchema = z.looseObject({ errcode: z.number(), errmsg: z.string().default('') });

/** Backslashes take the meaning from markup; an "@" could call everybody in the room. */
const escaped = (text: string) =>
  text.replaceAll(/[\\`*_~[\]()<>#|!{}+-]/g, '\\$&').replaceAll('@', '@\u200b');

/** Two spaces make a line break. */
const lineBreak = '  \n';

function text(title: string, { blocks, tail }: Shown): string {
  const parts = blocks.map(({ heading, lines, links }) =>
    [
      ...(heading === undefined ? [] : [`**${escaped(heading)}**`]),
      ...lines.map(escaped),
      ...links.map(({ label, url }) => `[${escaped(label)}](${url.replaceAll(')', '%29')})`),
    ].join(lineBreak),
  );
  return [
    `### ${escaped(title)}`,
    ...parts.filter((part) => part !== ''),
    ...(tail === undefined ? [] : [escaped(tail)]),
    'balance-alert',
  ].join('\n\n');
}

function bodyOf({ title, buttons }: Message, shown: Shown) {
  const content = { title, text: text(title, shown) };
  if (buttons.length === 0) return { msgtype: 'markdown', markdown: content };
  return {
    msgtype: 'actionCard',
    actionCard: {
      ...content,
      btnOrientation: '1',
      btns: buttons.map(({ label, url }) => ({ title: label, actionURL: url })),
    },
  };
}

/** Which security setting refused it: the sentence, since the code is the same. */
function securityOf(sentence: string): Pick<Exclude<Verdict, { ok: true }>, 'reason' | 'isSignature'> {
  if (/keyword|关键词/i.test(sentence)) return { reason: 'keyword' };
  if (/\bip\b|whitelist|白名单/i.test(sentence)) return { reason: 'permission' };
  return { reason: 'auth', isSignature: /sign|timestamp|签名|时间戳/i.test(sentence) };
}

export const dingtalk: Bot = {
  title: 'DingTalk',
  limits: [{ messages: 20, periodMs: minute }],
  request(message, { url, secret }, nowMs) {
    const shown = cut(
      message,
      (one) => Buffer.byteLength(JSON.stringify(bodyOf(message, one))) <= longestBody,
    );
    const query: Readonly<Record<string, string>> =
      secret === undefined ? {} : { timestamp: String(nowMs), sign: signDingtalk(nowMs, secret.reveal()) };
    return jsonRequest(url, bodyOf(message, shown), query);
  },
  verdict(answer) {
    const parsed = answerSchema.safeParse(answer);
    if (!parsed.success) return undefined;
    const { errcode, errmsg } = parsed.data;
    if (errcode === 0) return { ok: true };
    const verdict = verdictOf(dingtalkCodes, errcode, errmsg);
    return errcode === 310_000 ? { ...verdict, ...securityOf(errmsg) } : verdict;
  },
};
