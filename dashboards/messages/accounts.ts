import type { PanelText } from '../panels.ts';
import { noHistory, orNoAnswer } from './common.ts';

export const accountsPanels = {
  accounts: {
    title: { en: 'Accounts', zh: '账户' },
    description: {
      en: 'The chosen accounts, most urgent first. "Per day" is the average use of the past week. Days left are known once an account has a day of history and has changed three times.',
      zh: '所选账户，最紧急的在前。“每日消耗”为过去一周的平均值。账户有一天历史且余额变化三次后，才有剩余天数。',
    },
    noValue: { en: 'No account has given a reading yet.', zh: '还没有账户返回结果。' },
  },
  balance: {
    title: { en: 'Balance and threshold, $unit', zh: '余额与阈值，$unit' },
    description: {
      en: 'Balances in one unit; dashed, the threshold of each. Marks are top-ups: a rise of more than a twentieth within ten minutes.',
      zh: '同一单位的余额；虚线为各自的阈值。标记为充值：十分钟内上升超过二十分之一。',
    },
    noValue: noHistory,
  },
  burn: {
    title: { en: 'Burn per day, $unit', zh: '每日消耗，$unit' },
    description: {
      en: 'Use per day on average over the past day and, dashed, over the past week. Top-ups do not count.',
      zh: '过去一天与（虚线）过去一周的平均每日消耗，不计充值。',
    },
    noValue: { en: 'not known yet', zh: '尚未可知' },
  },
  runway: {
    title: { en: 'Runway', zh: '可用天数' },
    description: {
      en: 'Days that each balance lasts at its average use. The lines are the days at which RunwayShort warns and is critical. What lasts longer than 60 days is drawn at 60.',
      zh: '按平均消耗，各余额还能用多少天。横线为 RunwayShort 的警告与严重天数。超过 60 天的按 60 天绘制。',
    },
    noValue: {
      en: 'not known yet: needs a day of history and three changes of the balance',
      zh: '尚未可知：需要一天历史和三次余额变化',
    },
  },
  spend: {
    title: { en: 'Spend against budget', zh: '花费与预算' },
    description: {
      en: 'Post-paid cost of the running period. "At the end" is where it goes at the pace so far, as a share of the budget; known from the first tenth of the period on.',
      zh: '当前账期的后付费花费。“期末预计”为按目前速度到期末占预算的比例，账期过去十分之一后可知。',
    },
    noValue: orNoAnswer({ en: 'No account with spend is configured', zh: '没有配置后付费账户' }),
  },
  spendTrend: {
    title: { en: 'Spend over time', zh: '花费趋势' },
    description: {
      en: 'Cost so far in the period, as a share of the budget. It begins again with each period. Accounts without a budget are only in the table.',
      zh: '本账期至今花费占预算的比例，每个账期重新开始。没有预算的账户只在表中显示。',
    },
    noValue: orNoAnswer({ en: 'no account has a budget', zh: '没有账户设置预算' }),
  },
  quotas: {
    title: { en: 'Quota windows', zh: '配额窗口' },
    description: {
      en: 'What is left of each quota, its size, and when it resets. Only for vendors that report the size.',
      zh: '各配额的剩余量、总量与重置时间。仅限提供总量的服务商。',
    },
    noValue: orNoAnswer({ en: 'No account has a quota of known size', zh: '没有已知总量的配额' }),
  },
  quotaTrend: {
    title: { en: 'Share of quota left', zh: '配额剩余比例' },
    description: {
      en: 'Share of each quota that is left. It jumps up when the window resets.',
      zh: '各配额的剩余比例，窗口重置时回升。',
    },
    noValue: orNoAnswer({ en: 'no quota of known size', zh: '没有已知总量的配额' }),
  },
} as const satisfies Record<string, PanelText>;
