import type { Text } from '../language.ts';

/** Texts that several dashboards share, in every language. Those of single panels are in the files beside. */

/** Where a count is absent because it is unknown. */
export const exporterDown: Text = { en: 'no data from the exporter', zh: 'exporter 无数据' };

/** What an empty result means, unless it only means that nothing is known. A sentence, or a few words. */
export function orNoAnswer({ en, zh }: Text): Text {
  const isSentence = /^[A-Z]/.test(en);
  return {
    en: `${en}, or ${exporterDown.en}${isSentence ? '.' : ''}`,
    zh: `${zh}，或${exporterDown.zh}${isSentence ? '。' : ''}`,
  };
}

/** Of panels over time, which a fresh installation has nothing for. */
export const noHistory: Text = { en: 'no history yet', zh: '暂无历史数据' };

const madeFromCode: Text = {
  en: 'Provisioned from code; changes made here are overwritten.',
  zh: '由代码生成，在此处所做的修改会被覆盖。',
};

/** What a dashboard is for, and that it is not to be edited. */
function about(en: string, zh: string): Text {
  return { en: `${en} ${madeFromCode.en}`, zh: `${zh}${madeFromCode.zh}` };
}

export const dashboardTexts = {
  overview: {
    title: { en: 'balance-alert / Overview', zh: '余额告警 / 总览' },
    description: about(
      'What needs attention now: balances by days left, renewals due, failing checks, billing mail, alerts.',
      '当前需要处理的事项：按剩余天数排列的余额、待续费的订阅、失败的检查、账单邮件与告警。',
    ),
  },
  accounts: {
    title: { en: 'balance-alert / Accounts', zh: '余额告警 / 账户' },
    description: about(
      'Balances, burn, runway, spend and quotas of the chosen accounts.',
      '所选账户的余额、消耗、可用天数、支出与配额。',
    ),
  },
  subscriptions: {
    title: { en: 'balance-alert / Subscriptions and mail', zh: '余额告警 / 订阅与邮件' },
    description: about(
      'When renewals are due and what they cost, and billing mail.',
      '续费时间、续费金额与账单邮件。',
    ),
  },
  exporter: {
    title: { en: 'balance-alert / Exporter', zh: '余额告警 / Exporter' },
    description: about(
      'Whether the data on the other dashboards can be trusted: age of readings, failures, scrapes, rules, notifications.',
      '其他仪表盘的数据是否可信：数据新鲜度、失败、抓取、规则与通知。',
    ),
  },
} as const satisfies Record<string, { title: Text; description: Text }>;

export const headings = {
  balances: { en: 'Balances', zh: '余额' },
  renewals: { en: 'Renewals', zh: '续费' },
  spend: { en: 'Spend', zh: '支出' },
  quotas: { en: 'Quotas', zh: '配额' },
  cost: { en: 'Cost', zh: '费用' },
  mail: { en: 'Mail', zh: '邮件' },
  checks: { en: 'Checks', zh: '检查' },
  pipeline: { en: 'Alerting pipeline', zh: '告警链路' },
} as const satisfies Record<string, Text>;

export const columns = {
  account: { en: 'Account', zh: '账户' },
  provider: { en: 'Provider', zh: '服务商' },
  type: { en: 'Type', zh: '类型' },
  window: { en: 'Window', zh: '窗口' },
  wallet: { en: 'Wallet', zh: '钱包' },
  state: { en: 'State', zh: '状态' },
  daysLeft: { en: 'Days left', zh: '剩余天数' },
  balance: { en: 'Balance', zh: '余额' },
  unit: { en: 'Unit', zh: '单位' },
  threshold: { en: 'Threshold', zh: '阈值' },
  owner: { en: 'Owner', zh: '负责人' },
  console: { en: 'Console', zh: '控制台' },
  subscription: { en: 'Subscription', zh: '订阅' },
  cycle: { en: 'Cycle', zh: '周期' },
  days: { en: 'Days', zh: '天数' },
  amount: { en: 'Amount', zh: '金额' },
  currency: { en: 'Currency', zh: '币种' },
  renews: { en: 'Auto-renew', zh: '自动续费' },
  reason: { en: 'Reason', zh: '原因' },
  failures: { en: 'Failures in 6 h', zh: '近 6 小时失败' },
  lastGood: { en: 'Last success', zh: '最近成功时间' },
  alert: { en: 'Alert', zh: '告警' },
  about: { en: 'About', zh: '对象' },
  severity: { en: 'Severity', zh: '级别' },
  mailbox: { en: 'Mailbox', zh: '邮箱' },
  topic: { en: 'Topic', zh: '主题' },
  perMonth: { en: 'Per month', zh: '每月' },
  arrived: { en: 'Arrived', zh: '到达时间' },
  ratio: { en: 'Balance / threshold', zh: '余额 / 阈值' },
  burnPerDay: { en: 'Per day', zh: '每日消耗' },
  period: { en: 'Period', zh: '账期' },
  spend: { en: 'Spend', zh: '支出' },
  budget: { en: 'Budget', zh: '预算' },
  elapsed: { en: 'Period elapsed', zh: '账期进度' },
  spentShare: { en: 'Budget used', zh: '预算进度' },
  projected: { en: 'Projected', zh: '期末预计' },
  left: { en: 'Left', zh: '剩余' },
  limit: { en: 'Size', zh: '总量' },
  share: { en: 'Remaining', zh: '剩余比例' },
  resets: { en: 'Resets', zh: '重置时间' },
  windowElapsed: { en: 'Window elapsed', zh: '窗口进度' },
  runsOutEarly: { en: 'Runs out early', zh: '提前用尽' },
  nextRenewal: { en: 'Next renewal', zh: '下次续费' },
  examined: { en: 'Mails in 24 h', zh: '近 24 小时邮件' },
  lastScan: { en: 'Last success', zh: '最近成功时间' },
  duration: { en: 'Duration', zh: '耗时' },
  lastCheck: { en: 'Last check', zh: '最近检查' },
  interval: { en: 'Interval', zh: '间隔' },
  checks: { en: 'Checks in 24 h', zh: '近 24 小时检查' },
  failuresToday: { en: 'Failures in 24 h', zh: '近 24 小时失败' },
  version: { en: 'Version', zh: '版本' },
  revision: { en: 'Revision', zh: '修订' },
  node: { en: 'Node', zh: 'Node' },
  instance: { en: 'Instance', zh: '实例' },
} as const satisfies Record<string, Text>;

export const states = {
  usedUp: { en: 'used up', zh: '已用尽' },
  below: { en: 'below threshold', zh: '低于阈值' },
  shortRunway: { en: 'short runway', zh: '即将用尽' },
  fine: { en: 'fine', zh: '正常' },
  noThreshold: { en: 'no threshold', zh: '未设阈值' },
  overdue: { en: 'overdue', zh: '已逾期' },
  due: { en: 'due', zh: '待续费' },
  paid: { en: 'paid', zh: '已续费' },
  notKnown: { en: 'not known', zh: '未知' },
  open: { en: 'open', zh: '打开' },
  up: { en: 'up', zh: '正常' },
  down: { en: 'down', zh: '异常' },
  loaded: { en: 'loaded', zh: '已加载' },
  refused: { en: 'has errors', zh: '有错误' },
  yes: { en: 'yes', zh: '是' },
  no: { en: 'no', zh: '否' },
  sent: { en: 'sent', zh: '已发送' },
  failed: { en: 'failed', zh: '失败' },
  topUp: { en: 'Top-up', zh: '充值' },
  threshold: { en: 'threshold', zh: '阈值' },
  lasts: { en: 'lasts', zh: '够用' },
  budget: { en: 'budget', zh: '预算' },
  day: { en: 'past day', zh: '近 1 天' },
  week: { en: 'past week', zh: '近 7 天' },
  critical: { en: 'critical', zh: '严重' },
  warning: { en: 'warning', zh: '警告' },
  info: { en: 'info', zh: '提示' },
  showAccount: { en: 'Show the account', zh: '查看账户' },
  showSubscription: { en: 'Show the subscription', zh: '查看订阅' },
} as const satisfies Record<string, Text>;

/** Units in Grafana's notation for one of one's own. */
export const units = {
  days: { en: 'suffix: days', zh: 'suffix: 天' },
} as const satisfies Record<string, Text>;

export const variableLabels = {
  account: { en: 'Account', zh: '账户' },
  unit: { en: 'Unit', zh: '单位' },
  subscription: { en: 'Subscription', zh: '订阅' },
  mailbox: { en: 'Mailbox', zh: '邮箱' },
} as const satisfies Record<string, Text>;
