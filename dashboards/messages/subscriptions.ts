import type { PanelText } from '../panels.ts';
import { orNoAnswer } from './common.ts';

export const subscriptionsPanels = {
  subscriptions: {
    title: { en: 'Subscriptions', zh: '订阅' },
    description: {
      en: 'The chosen subscriptions, most urgent first, with the date of the next renewal that is not paid.',
      zh: '所选订阅，最紧急的在前，以及下次未付续费的日期。',
    },
    noValue: orNoAnswer({ en: 'No subscriptions are configured', zh: '没有配置订阅' }),
  },
  coming: {
    title: { en: 'Coming renewals', zh: '即将续费' },
    description: {
      en: 'Days to the next renewal that is not paid, of all that come within 90 days. Red within 3 days, orange within 14.',
      zh: '90 天内各订阅距下次未付续费的天数。3 天内为红色，14 天内为橙色。',
    },
    noValue: orNoAnswer({ en: 'nothing renews within 90 days', zh: '90 天内没有续费' }),
  },
  timeline: {
    title: { en: 'State over time', zh: '状态时间线' },
    description: {
      en: 'Whether each subscription was fine, due, overdue or paid.',
      zh: '各订阅在时间线上的状态：正常、待续费、已逾期或已续费。',
    },
    noValue: orNoAnswer({ en: 'no subscriptions', zh: '没有订阅' }),
  },
  dueSoon: {
    title: { en: 'To pay within 30 days', zh: '30 天内应付' },
    description: {
      en: 'The next renewal of each subscription, where it is not paid and comes within 30 days, by currency. Currencies are never added up.',
      zh: '30 天内到期且未付的下次续费金额，按币种。不同币种不相加。',
    },
    noValue: orNoAnswer({ en: 'nothing to pay', zh: '无应付' }),
  },
  monthly: {
    title: { en: 'Cost per month', zh: '每月费用' },
    description: {
      en: 'Price of weekly, monthly, quarterly and yearly subscriptions, spread over their months, by currency. Cycles of other lengths are not in it.',
      zh: '按周、月、季、年续费的订阅折算到每月的费用，按币种。其他周期不计入。',
    },
    noValue: orNoAnswer({ en: 'no subscription has a price', zh: '没有设置价格的订阅' }),
  },
  costs: {
    title: { en: 'Cost per month by subscription', zh: '各订阅每月费用' },
    description: {
      en: 'What each subscription costs per month, in its own currency.',
      zh: '各订阅折算到每月的费用，使用各自的币种。',
    },
    noValue: orNoAnswer({ en: 'no subscription has a price', zh: '没有设置价格的订阅' }),
  },
  mailboxes: {
    title: { en: 'Mailboxes', zh: '邮箱' },
    description: {
      en: 'Whether each mailbox can be read, and since when.',
      zh: '各邮箱能否读取，以及最近一次成功的时间。',
    },
    noValue: orNoAnswer({ en: 'No mailbox is configured', zh: '没有配置邮箱' }),
  },
  byTopic: {
    title: { en: 'Mail by topic', zh: '各主题邮件' },
    description: {
      en: 'Mails about money per day that is over, by topic, each counted once.',
      zh: '已结束的每一天的费用相关邮件数量，按主题，每封只计一次。',
    },
    noValue: { en: 'no mailbox is configured, or no day is over yet', zh: '没有配置邮箱，或第一天尚未结束' },
  },
  lastMails: {
    title: { en: 'Last mail of each topic', zh: '各主题最近邮件' },
    description: {
      en: 'When the last mail of each topic arrived, however long ago.',
      zh: '各主题最近一封邮件的到达时间。',
    },
    noValue: orNoAnswer({ en: 'No such mail yet', zh: '还没有此类邮件' }),
  },
  scanFailures: {
    title: { en: 'Scan failures by reason', zh: '扫描失败原因' },
    description: {
      en: 'Scans of mailboxes that failed, per hour, by reason.',
      zh: '每小时失败的邮箱扫描次数，按原因。',
    },
    noValue: orNoAnswer({ en: 'no mailbox is configured', zh: '没有配置邮箱' }),
  },
} as const satisfies Record<string, PanelText>;
