import type { Bot } from './contract.ts';
import { dingtalk } from './dingtalk.ts';
import { feishu } from './feishu.ts';
import { wecomBot } from './wecom.ts';

/** Every bot once, by the type that a channel's settings name. */
export const bots = { feishu, dingtalk, wecom_bot: wecomBot } as const satisfies Readonly<
  Record<string, Bot>
>;

export type BotType = keyof typeof bots;

export const botTypes = Object.keys(bots) as readonly BotType[];
