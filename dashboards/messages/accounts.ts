import type { PanelText } from '../panels.ts';
import { noHistory, orNoAnswer } from './common.ts';

export const accountsPanels = {
  accounts: {
    title: { en: 'Accounts', zh: '账户' },
    description: {
      en: 'The selected accounts, most urgent first. "Per day" is the average usage over the past week. Days left are at the expected usage and require a day of history and three changes of the balance.',
      zh: '所选账户，按紧急程度排序。“每日消耗”为近 7 天的日均值。剩余天数按预计消耗计算，需要至少一天的历史数据和三次余额变化。',
    },
    noValue: { en: 'No account has a reading yet.', zh: '暂无账户数据。' },
  },
  balance: {
    title: { en: 'Balance and threshold, $unit', zh: '余额与阈值，$unit' },
    description: {
      en: 'Balances of one unit with their thresholds (dashed). Annotations mark top-ups: an increase of more than 5 % within ten minutes.',
      zh: '同一单位的余额，虚线为各账户的阈值。注释标出充值：10 分钟内增加超过 5%。',
    },
    noValue: noHistory,
  },
  burn: {
    title: { en: 'Burn per day, $unit', zh: '每日消耗，$unit' },
    description: {
      en: 'Average usage per day over the past day and over the past week (dashed). Top-ups are excluded.',
      zh: '日均消耗：实线为近 1 天，虚线为近 7 天，不含充值。',
    },
    noValue: { en: 'not enough data', zh: '数据不足' },
  },
  runway: {
    title: { en: 'Runway', zh: '可用天数' },
    description: {
      en: 'Days until each balance runs out at its expected usage: the average of the past week, or what followed a month ago on a week like it. The lines are the warning and critical thresholds of RunwayShort. Values above 60 days are shown as 60.',
      zh: '按预计消耗估算的各余额可用天数：取近 7 天日均值；若与 30 天前的同一周相近，则取其后 7 天的日均值（不低于近 30 天的日均值）。横线为 RunwayShort 的警告与严重阈值。超过 60 天的按 60 天显示。',
    },
    noValue: {
      en: 'not enough data: requires a day of history and three changes of the balance',
      zh: '数据不足：需要至少一天的历史数据和三次余额变化',
    },
  },
  spend: {
    title: { en: 'Spend against budget', zh: '支出与预算' },
    description: {
      en: 'Post-paid cost of the current billing period. "Projected" is the share of the budget that will be spent by the end of the period at the current pace; available after the first tenth of the period.',
      zh: '当前账期的后付费支出。“期末预计”为按当前速度推算的期末支出占预算的比例，账期过 10% 后开始计算。',
    },
    noValue: orNoAnswer({ en: 'No account that reports spend is configured', zh: '未配置后付费账户' }),
  },
  spendTrend: {
    title: { en: 'Spend over time', zh: '支出趋势' },
    description: {
      en: 'Cost so far in the billing period, as a share of the budget. It restarts with each period. Accounts without a budget are only listed in the table.',
      zh: '本账期累计支出占预算的比例，每个账期重新计算。未设预算的账户仅在表格中显示。',
    },
    noValue: orNoAnswer({ en: 'no account has a budget', zh: '没有设置预算的账户' }),
  },
  quotas: {
    title: { en: 'Quota windows', zh: '配额窗口' },
    description: {
      en: 'Remaining amount, size and reset time of each quota. Only for vendors that report the size. "Runs out early" is the time between running out at the current pace and the reset; available once 3 % of a window of known length has passed.',
      zh: '各配额的剩余量、总量与重置时间，仅包含返回总量的服务商。“提前用尽”为按当前速度推算，配额在重置前多久用尽；窗口长度已知且过 3% 后开始计算。',
    },
    noValue: orNoAnswer({ en: 'No account has a quota of known size', zh: '没有已知总量的配额' }),
  },
  quotaTrend: {
    title: { en: 'Share of quota left', zh: '配额剩余比例' },
    description: {
      en: 'Remaining share of each quota. It jumps up when the window resets.',
      zh: '各配额的剩余比例，在窗口重置时回升。',
    },
    noValue: orNoAnswer({ en: 'no quota of known size', zh: '没有已知总量的配额' }),
  },
  quotaPace: {
    title: { en: 'Quota pace', zh: '配额消耗速度' },
    description: {
      en: 'Used share of each quota divided by the elapsed share of its window. Above 1, the quota runs out before it resets.',
      zh: '各配额的已用比例除以窗口已过比例。大于 1 表示将在重置前用尽。',
    },
    noValue: orNoAnswer({
      en: 'no quota whose window has a known length',
      zh: '没有窗口长度已知的配额',
    }),
  },
} as const satisfies Record<string, PanelText>;
