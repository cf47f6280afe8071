import type { PanelText } from '../panels.ts';
import { orNoAnswer } from './common.ts';

export const subscriptionsPanels = {
  subscriptions: {
    title: { en: 'Subscriptions', zh: '订阅' },
    description: {
      en: 'The selected subscriptions, most urgent first, with the date of the next unpaid renewal.',
      zh: '所选订阅，按紧急程度排序，以及下次未付续费的日期。',
    },
    noValue: orNoAnswer({ en: 'No subscriptions are configured', zh: '未配置订阅' }),
  },
  coming: {
    title: { en: 'Upcoming renewals', zh: '即将续费' },
    description: {
      en: 'Days until the next unpaid renewal, for all within 90 days. Red within 3 days, orange within 14.',
      zh: '90 天内各订阅距下次未付续费的天数。3 天内为红色，14 天内为橙色。',
    },
    noValue: orNoAnswer({ en: 'no renewals within 90 days', zh: '90 天内无续费' }),
  },
  timeline: {
    title: { en: 'State over time', zh: '状态时间线' },
    description: {
      en: 'State of each subscription over time: fine, due, overdue or paid.',
      zh: '各订阅的历史状态：正常、待续费、已逾期或已续费。',
    },
    noValue: orNoAnswer({ en: 'no subscriptions', zh: '没有订阅' }),
  },
  dueSoon: {
    title: { en: 'Due within 30 days', zh: '30 天内应付' },
    description: {
      en: 'Amount of the unpaid renewals within 30 days, by currency. Currencies are never added up.',
      zh: '30 天内到期且未付的续费金额，按币种统计，不同币种不相加。',
    },
    noValue: orNoAnswer({ en: 'nothing due', zh: '无待付款项' }),
  },
  monthly: {
    title: { en: 'Cost per month', zh: '每月费用' },
    description: {
      en: 'Price of weekly, monthly, quarterly and yearly subscriptions converted to a monthly cost, by currency. Other cycles are not included.',
      zh: '按周、月、季、年续费的订阅折算为每月费用，按币种统计，不含其他周期。',
    },
    noValue: orNoAnswer({ en: 'no subscription has a price', zh: '没有设置价格的订阅' }),
  },
  costs: {
    title: { en: 'Cost per month by subscription', zh: '各订阅每月费用' },
    description: {
      en: 'Monthly cost of each subscription, in its own currency.',
      zh: '各订阅折算的每月费用，以各自的币种表示。',
    },
    noValue: orNoAnswer({ en: 'no subscription has a price', zh: '没有设置价格的订阅' }),
  },
  mailboxes: {
    title: { en: 'Mailboxes', zh: '邮箱' },
    description: {
      en: 'Whether each mailbox can be read, and the last successful scan.',
      zh: '各邮箱能否读取，以及最近一次成功的时间。',
    },
    noValue: orNoAnswer({ en: 'No mailbox is configured', zh: '未配置邮箱' }),
  },
  byTopic: {
    title: { en: 'Mail by topic', zh: '各主题邮件' },
    description: {
      en: 'Billing mails per completed day, by topic; each mail is counted once.',
      zh: '每日账单邮件数量（不含当天），按主题统计，每封只计一次。',
    },
    noValue: {
      en: 'no mailbox is configured, or the first day is not completed yet',
      zh: '未配置邮箱，或尚无完整一天的数据',
    },
  },
  lastMails: {
    title: { en: 'Last mail of each topic', zh: '各主题最近邮件' },
    description: {
      en: 'When the last mail of each topic was received, regardless of age.',
      zh: '各主题最近一封邮件的到达时间。',
    },
    noValue: orNoAnswer({ en: 'No billing mail yet', zh: '暂无账单邮件' }),
  },
  scanFailures: {
    title: { en: 'Scan failures by reason', zh: '扫描失败原因' },
    description: {
      en: 'Failed mailbox scans per hour, by reason.',
      zh: '每小时失败的邮箱扫描次数，按原因统计。',
    },
    noValue: orNoAnswer({ en: 'no mailbox is configured', zh: '未配置邮箱' }),
  },
} as const satisfies Record<string, PanelText>;
