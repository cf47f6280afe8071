import { createHmac } from 'node:crypto';
import * as z from 'zod';
import type { Button, Message, Shown, Tone } from '../message.ts';
import { cut } from '../message.ts';
import type { Bot, Code } from './contract.ts';
import { jsonRequest, verdictOf } from './contract.ts';

/** Feishu's and Lark's custom bots (open.feishu.cn, "Use bots in groups"). */

/** The documented limit is 20 kB of request body. */
const longestBody = 19_000;

const colours: Readonly<Record<Tone, string>> = {
  critical: 'red',
  warning: 'orange',
  info: 'blue',
  resolved: 'green',
};

const minute = 60_000;

/** Documented codes of custom bots. 11232 also means that the platform is busy, as at every full and half hour. */
export const feishuCodes: Readonly<Record<number, Code>> = {
  9499: { reason: 'content' },
  11232: { reason: 'rate_limit', pauseMs: minute },
  11233: { reason: 'rate_limit', pauseMs: minute },
  11246: { reason: 'content' },
  19001: { reason: 'auth' },
  19002: { reason: 'content' },
  19003: { reason: 'content' },
  19005: { reason: 'permission' },
  19006: { reason: 'permission' },
  19021: { reason: 'auth', isSignature: true },
  19022: { reason: 'permission' },
  19024: { reason: 'keyword' },
  99991400: { reason: 'rate_limit', pauseMs: minute },
};

/**
 * The text to sign is empty, and the key is timestamp (seconds), line break and secret; in base64.
 * DingTalk's differs in both.
 */
export function signFeishu(timestampSeconds: number, secret: string): string {
  return createHmac('sha256', `${timestampSeconds}\n${secret}`).update('').digest('base64');
}

/** Older answers have the code under another name. */
const answerSchema = z.union([
  z.looseObject({ code: z.number(), msg: z.string().default('') }),
  z
    .looseObject({ StatusCode: z.number(), StatusMessage: z.string().default('') })
    .transform(({ StatusCode, StatusMessage }) => ({ code: StatusCode, msg: StatusMessage })),
]);

/** All texts are plain ones, so that nothing in a name is markup. */
const plainText = (content: string) => ({ tag: 'plain_text', content });
const div = (content: string) => ({ tag: 'div', text: plainText(content) });

function actionsOf(buttons: readonly Button[], first: 'primary' | 'default' = 'default') {
  if (buttons.length === 0) return [];
  const actions = buttons.map(({ label, url }, index) => ({
    tag: 'button',
    text: plainText(label),
    type: index === 0 ? first : 'default',
    url,
  }));
  return [{ tag: 'action', actions }];
}

function card({ title, tone, buttons }: Message, { blocks, tail }: Shown) {
  return {
    config: { wide_screen_mode: true },
    header: { title: plainText(title), template: colours[tone] },
    elements: [
      ...blocks.flatMap(({ heading, lines, links }) => {
        const text = [...(heading === undefined ? [] : [heading]), ...lines].join('\n');
        return [...(text === '' ? [] : [div(text)]), ...actionsOf(links)];
      }),
      ...(tail === undefined ? [] : [div(tail)]),
      ...actionsOf(buttons, 'primary'),
      { tag: 'note', elements: [plainText('balance-alert')] },
    ],
  };
}

export const feishu: Bot = {
  title: 'Feishu',
  limits: [
    { messages: 5, periodMs: 1000 },
    { messages: 100, periodMs: minute },
  ],
  request(message, { url, secret }, nowMs) {
    const timestamp = Math.floor(nowMs / 1000);
    const bodyOf = (shown: Shown) => ({
      ...(secret === undefined
        ? {}
        : { timestamp: String(timestamp), sign: signFeishu(timestamp, secret.reveal()) }),
      msg_type: 'interactive',
      card: card(message, shown),
    });
    const shown = cut(message, (one) => Buffer.byteLength(JSON.stringify(bodyOf(one))) <= longestBody);
    return jsonRequest(url, bodyOf(shown));
  },
  verdict(answer) {
    const parsed = answerSchema.safeParse(answer);
    if (!parsed.success) return undefined;
    const { code, msg } = parsed.data;
    return code === 0 ? { ok: true } : verdictOf(feishuCodes, code, msg);
  },
};
