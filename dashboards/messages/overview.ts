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
      en: 'Days until the first account is used up, at the average use of its past week. Known once an account has a day of history and has changed three times.',
      zh: '按过去一周的平均消耗，最先用尽的账户还剩多少天。账户有一天历史且余额变化三次后才有结果。',
    },
    noValue: { en: 'not known yet', zh: '尚未可知' },
  },
  failing: {
    title: { en: 'Failing checks', zh: '失败的检查' },
    description: {
      en: 'Accounts whose last check gave no usable reading.',
      zh: '最近一次检查没有得到可用结果的账户数量。',
    },
    noValue: exporterDown,
  },
  renewalsDue: {
    title: { en: 'Renewals due', zh: '待续费' },
    description: {
      en: 'Subscriptions that are due or overdue and not marked as paid.',
      zh: '已到提醒期或已逾期、且未标记为已付的订阅数量。',
    },
    noValue: exporterDown,
  },
  mail: {
    title: { en: 'Mail today', zh: '今日账单邮件' },
    description: {
      en: 'Mailboxes and topics with a mail about money in the past 24 hours; receipts for top-ups not counted.',
      zh: '过去 24 小时内收到费用相关邮件的邮箱与主题数量，不含充值回执。',
    },
    noValue: exporterDown,
  },
  firing: {
    title: { en: 'Alerts firing', zh: '触发中的告警' },
    description: { en: 'Alerts of balance-alert that fire now.', zh: '当前触发的余额告警数量。' },
    noValue: { en: 'no answer from the rules', zh: '规则尚无结果' },
  },
  accounts: {
    title: { en: 'Accounts by urgency', zh: '账户（按紧急程度）' },
    description: {
      en: 'Most urgent first: used up, below threshold, short runway, then the rest by days left. A quota has no days left, since it resets.',
      zh: '最紧急的在前：已用尽、低于阈值、即将用尽，其余按剩余天数排列。配额会重置，因此没有剩余天数。',
    },
    noValue: { en: 'No account has given a reading yet.', zh: '还没有账户返回结果。' },
  },
  renewals: {
    title: { en: 'Subscriptions by urgency', zh: '订阅（按紧急程度）' },
    description: {
      en: 'Overdue first, then due, fine and paid, by calendar days to the next renewal that is not paid.',
      zh: '逾期在前，其次待续费、正常与已续费，按距下次未付续费的天数排列。',
    },
    noValue: orNoAnswer({ en: 'No subscriptions are configured', zh: '没有配置订阅' }),
  },
  failingChecks: {
    title: { en: 'Checks that fail', zh: '失败的检查' },
    description: {
      en: 'Accounts whose last check failed, with the reasons of the past 6 hours and the time of the last good reading.',
      zh: '最近一次检查失败的账户、过去 6 小时的失败原因，以及最近一次成功的时间。',
    },
    noValue: orNoAnswer({ en: 'No check fails', zh: '没有失败的检查' }),
  },
  alerts: {
    title: { en: 'Alerts', zh: '告警' },
    description: {
      en: 'Alerts of balance-alert that fire now, critical ones first.',
      zh: '当前触发的余额告警，严重的在前。',
    },
    noValue: { en: 'Nothing fires, or the rules are not loaded.', zh: '没有告警，或未加载规则。' },
  },
  mails: {
    title: { en: 'Mail about money', zh: '费用邮件' },
    description: {
      en: 'The last mail of each topic within 7 days.',
      zh: '7 天内每个主题的最近一封邮件。',
    },
    noValue: orNoAnswer({ en: 'No such mail in 7 days', zh: '7 天内没有此类邮件' }),
  },
  balances: {
    title: { en: 'Balances', zh: '余额' },
    description: {
      en: 'What is left on each account, in its own unit. Colour and label show its state against its own threshold.',
      zh: '各账户的余额，使用各自的单位。颜色与文字表示与自身阈值的关系。',
    },
    noValue: exporterDown,
  },
  ratio: {
    title: { en: 'Balance to threshold', zh: '余额与阈值之比' },
    description: {
      en: 'Balance divided by its threshold: below 100 % is too little. The bar ends at 300 %. Accounts without a threshold above 0 are not shown.',
      zh: '余额除以阈值：低于 100% 表示不足，条形上限为 300%。没有大于 0 的阈值的账户不显示。',
    },
    noValue: orNoAnswer({ en: 'no account has a threshold', zh: '没有账户设置阈值' }),
  },
  trend: {
    title: { en: 'Balance over time, $unit', zh: '余额趋势，$unit' },
    description: {
      en: 'Balances in one unit. A fresh installation shows a line once it has run for a few minutes.',
      zh: '同一单位的余额。新安装的系统运行几分钟后才有曲线。',
    },
    noValue: noHistory,
  },
  countdown: {
    title: { en: 'Days to renewal', zh: '距续费天数' },
    description: {
      en: 'Calendar days to the next renewal that is not paid. The colour and the word come from the state that each subscription has by its own reminder window.',
      zh: '距下次未付续费的天数。颜色与文字取决于各订阅自己的提醒期。',
    },
    noValue: orNoAnswer({ en: 'no subscriptions', zh: '没有订阅' }),
  },
} as const satisfies Record<string, PanelText>;
