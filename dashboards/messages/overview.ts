import type { PanelText } from '../panels.ts';
import { exporterDown, noHistory, orNoAnswer } from './common.ts';

export const overviewPanels = {
  belowThreshold: {
    title: { en: 'Low balances', zh: '低于阈值' },
    description: {
      en: 'Balances below the threshold that was configured for them.',
      zh: '低于各自所配置阈值的余额数量。',
    },
    noValue: exporterDown,
  },
  soonest: {
    title: { en: 'First to run out', zh: '最先用尽' },
    description: {
      en: 'Days until the first account runs out at its expected usage. Requires a day of history and three changes of the balance.',
      zh: '按预计消耗，最先用尽的账户的剩余天数。需要至少一天的历史数据和三次余额变化。',
    },
    noValue: { en: 'not enough data', zh: '数据不足' },
  },
  failing: {
    title: { en: 'Failing checks', zh: '检查失败' },
    description: {
      en: 'Accounts whose last check returned no usable reading.',
      zh: '最近一次检查未取得有效数据的账户数量。',
    },
    noValue: exporterDown,
  },
  renewalsDue: {
    title: { en: 'Renewals due', zh: '待续费' },
    description: {
      en: 'Subscriptions that are due or overdue and not marked as paid.',
      zh: '处于提醒期或已逾期、且未标记为已付款的订阅数量。',
    },
    noValue: exporterDown,
  },
  mail: {
    title: { en: 'Mail today', zh: '今日账单邮件' },
    description: {
      en: 'Mailboxes and topics with billing mail in the past 24 hours; receipts for top-ups are not counted.',
      zh: '近 24 小时内收到账单邮件的邮箱与主题数量，不含充值回执。',
    },
    noValue: exporterDown,
  },
  firing: {
    title: { en: 'Alerts firing', zh: '触发中的告警' },
    description: { en: 'Alerts of balance-alert that are firing.', zh: 'balance-alert 当前触发的告警数量。' },
    noValue: { en: 'rules not evaluated yet', zh: '规则尚未计算' },
  },
  accounts: {
    title: { en: 'Accounts by urgency', zh: '账户（按紧急程度）' },
    description: {
      en: 'Most urgent first: used up, below threshold, short runway, then the rest by days left. A quota has no days left, since it resets.',
      zh: '按紧急程度排序：已用尽、低于阈值、即将用尽，其余按剩余天数排列。配额会重置，因此没有剩余天数。',
    },
    noValue: { en: 'No account has a reading yet.', zh: '暂无账户数据。' },
  },
  renewals: {
    title: { en: 'Subscriptions by urgency', zh: '订阅（按紧急程度）' },
    description: {
      en: 'Overdue first, then due, fine and paid, by calendar days until the next unpaid renewal.',
      zh: '依次为已逾期、待续费、正常、已续费，按距下次未付续费的天数排列。',
    },
    noValue: orNoAnswer({ en: 'No subscriptions are configured', zh: '未配置订阅' }),
  },
  failingChecks: {
    title: { en: 'Failing accounts', zh: '检查失败的账户' },
    description: {
      en: 'Accounts whose last check failed, with the failure reasons of the past 6 hours and the time of the last success.',
      zh: '最近一次检查失败的账户、过去 6 小时的失败原因，以及最近一次成功的时间。',
    },
    noValue: orNoAnswer({ en: 'No failing checks', zh: '无检查失败' }),
  },
  alerts: {
    title: { en: 'Alerts', zh: '告警' },
    description: {
      en: 'Firing alerts of balance-alert, critical ones first.',
      zh: 'balance-alert 当前触发的告警，按级别排序。',
    },
    noValue: { en: 'No alerts are firing, or the rules are not loaded.', zh: '无告警，或规则未加载。' },
  },
  mails: {
    title: { en: 'Billing mail', zh: '账单邮件' },
    description: {
      en: 'The last mail of each topic within 7 days.',
      zh: '7 天内每个主题的最近一封邮件。',
    },
    noValue: orNoAnswer({ en: 'No billing mail in 7 days', zh: '7 天内无账单邮件' }),
  },
  balances: {
    title: { en: 'Balances', zh: '余额' },
    description: {
      en: 'Balance of each account, in its own unit. Colour and label show its state relative to its own threshold.',
      zh: '各账户的余额，以各自的单位表示。颜色与文字表示相对其阈值的状态。',
    },
    noValue: exporterDown,
  },
  ratio: {
    title: { en: 'Balance relative to threshold', zh: '余额 / 阈值' },
    description: {
      en: 'Balance divided by its threshold: below 100 % the balance is low. Bars end at 300 %. Accounts without a threshold above 0 are not shown.',
      zh: '余额除以阈值，低于 100% 表示余额不足，条形上限为 300%。不显示未设阈值或阈值不大于 0 的账户。',
    },
    noValue: orNoAnswer({ en: 'no account has a threshold', zh: '没有设置阈值的账户' }),
  },
  trend: {
    title: { en: 'Balance over time, $unit', zh: '余额趋势，$unit' },
    description: {
      en: 'Balances of one unit. A new installation shows lines after a few minutes.',
      zh: '同一单位的余额。新部署的环境运行几分钟后才有曲线。',
    },
    noValue: noHistory,
  },
  countdown: {
    title: { en: 'Days to renewal', zh: '距续费天数' },
    description: {
      en: 'Calendar days until the next unpaid renewal. Colour and label show the state of each subscription, according to its own reminder window.',
      zh: '距下次未付续费的天数。颜色与文字取决于各订阅的提醒期。',
    },
    noValue: orNoAnswer({ en: 'no subscriptions', zh: '没有订阅' }),
  },
} as const satisfies Record<string, PanelText>;
