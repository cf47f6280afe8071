import * as z from 'zod';
import type { Button, Message, Shown, Tone } from '../message.ts';
import { cut } from '../message.ts';
import type { Bot, Code } from './contract.ts';
import { jsonRequest, verdictOf } from './contract.ts';

/** WeCom's group bots (developer.work.weixin.qq.com, path 91770). They know no signature: the URL is the credential. */

/** The documented limit of a Markdown message, in bytes of UTF-8. */
const longestContent = 4096;

const minute = 60_000;

/** Documented codes that a group bot can answer with. */
export const wecomCodes: Readonly<Record<number, Code>> = {
  [-1]: { reason: 'busy' },
  40008: { reason: 'content' },
  40033: { reason: 'content' },
  40035: { reason: 'content' },
  40058: { reason: 'content' },
  44004: { reason: 'content' },
  45002: { reason: 'content' },
  45009: { reason: 'rate_limit', pauseMs: minute },
  45033: { reason: 'rate_limit', pauseMs: minute },
  93000: { reason: 'auth' },
  93004: { reason: 'permission' },
  93008: { reason: 'permission' },
  60020: { reason: 'permission' },
};

const answerSchema = z.looseObject({ errcode: z.number(), errmsg: z.string().default('') });

/** There is no escape, so what could be markup or a mention is replaced by its full-width form. */
const fullWidth: Readonly<Record<string, string>> = {
  '<': '＜',
  '>': '＞',
  '*': '＊',
  '`': '｀',
  '[': '［',
  ']': '］',
};
const escaped = (text: string) => text.replaceAll(/[<>*`[\]]/g, (character) => fullWidth[character] ?? '');

/** Three colours are documented. */
const colours: Readonly<Record<Tone, string>> = {
  critical: 'warning',
  warning: 'warning',
  info: 'comment',
  resolved: 'info',
};

/** A template card would show buttons, but cuts its texts to a few lines; Markdown's links stand in their place. */
function contentOf({ title, tone, buttons }: Message, { blocks, tail }: Shown): string {
  const link = ({ label, url }: Button): string => `[${escaped(label)}](${url.replaceAll(')', '%29')})`;
  const parts = blocks.map(({ heading, lines, links }) =>
    [
      ...(heading === undefined ? [] : [`**${escaped(heading)}**`]),
      ...lines.map(escaped),
      ...links.map(link),
    ].join('\n'),
  );
  return [
    `<font color="${colours[tone]}">${escaped(title)}</font>`,
    ...parts.filter((part) => part !== ''),
    ...(tail === undefined ? [] : [escaped(tail)]),
    ...(buttons.length === 0 ? [] : [buttons.map(link).join(' · ')]),
    'balance-alert',
  ].join('\n\n');
}

export const wecomBot: Bot = {
  title: 'WeCom',
  limits: [{ messages: 20, periodMs: minute }],
  request(message, { url }) {
    const shown = cut(message, (one) => Buffer.byteLength(contentOf(message, one)) <= longestContent);
    return jsonRequest(url, { msgtype: 'markdown', markdown: { content: contentOf(message, shown) } });
  },
  verdict(answer) {
    const parsed = answerSchema.safeParse(answer);
    if (!parsed.success) return undefined;
    const { errcode, errmsg } = parsed.data;
    return errcode === 0 ? { ok: true } : verdictOf(wecomCodes, errcode, errmsg);
  },
};
