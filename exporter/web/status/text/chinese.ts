import { html } from '../../html.ts';
import type { Messages } from './contract.ts';
import { everyOf, lengthOf, lookUp } from './words.ts';

/** A price at the end of a sentence, where there is one. */
function price(amount: string | undefined): string {
  return amount === undefined ? '' : `，金额 ${amount}`;
}

const chineseUnits: Readonly<Record<string, string>> = {
  credits: '点数',
  points: '积分',
  characters: '字符',
  tokens: 'token',
  requests: '次请求',
  calls: '次调用',
  searches: '次搜索',
  messages: '条',
  minutes: '分钟',
  hours: '小时',
  days: '天',
};

export const chinese: Messages = {
  title: '余额与续费',
  skip: '跳到需要处理的事项',
  skipToMain: '跳到正文',
  language: '语言',
  links: '相关页面',
  dashboard: '仪表盘',
  prometheus: 'Prometheus',
  runbooks: '处理手册',
  asOf: (moment, timezone) => html`截至 ${moment}（${timezone}）`,
  shard: (number, count) => `分片 ${number}/${count}：其余账号、续费和邮箱请查看其他 exporter 的页面。`,
  refresh: '刷新',
  autoRefresh: '每分钟自动刷新',
  autoRefreshIsOn: '本页每分钟自动刷新。',
  stopAutoRefresh: '停止自动刷新',

  attention: '需要处理',
  nothingToDo: '没有需要处理的事项。',
  nothingToDoYet: (_count, text) => `目前没有需要处理的事项；还有 ${text} 个账户尚未检查。`,
  attentionRest: (_count, text) => `另有 ${text} 项：`,
  summary: '概览',

  standing: {
    empty: '已用尽',
    overdue: '已逾期',
    low: '余量不足',
    over_budget: '超出预算',
    stale: '数据过期',
    failing: '检查失败',
    mail: '新账单邮件',
    due: '即将到期',
    unchecked: '尚未检查',
    paid: '已续费',
    fine: '正常',
  },
  subject: { account: '账户', renewal: '续费', mailbox: '邮箱' },

  empty: (left, threshold) =>
    threshold === undefined ? `剩余 ${left}。` : `剩余 ${left}，阈值 ${threshold}。`,
  low: (left, threshold) => `剩余 ${left}，低于阈值 ${threshold}。`,
  overBudget: (spent, budget, period) => `${period}已支出 ${spent}，超出预算 ${budget}。`,
  stale: (maxAge) => `最新数据距今已超过 ${maxAge}。`,
  lastKnown: (amounts, age) => html`最近已知值：${amounts}（${age}）。`,
  neverSucceeded: '检查从未成功。',
  lastGood: (age) => html`上次成功：${age}。`,
  staleMailbox: (maxAge) => `最近 ${maxAge}内没有成功的扫描。`,
  neverScanned: '扫描从未成功。',
  lastGoodScan: (age) => html`上次成功扫描：${age}。`,
  notCheckedSince: (age) => html`上次检查：${age}。`,
  reason: {
    auth: '服务商拒绝了凭据。',
    permission: '凭据有效，但没有读取余额的权限。',
    rate_limit: '请求被服务商限流。',
    timeout: '服务商响应超时。',
    network: '无法连接服务商。',
    tls: 'TLS 连接失败：证书或加密方式未通过验证。',
    http: '服务商返回 HTTP 错误。',
    business: '服务商接口返回业务错误。',
    schema: '响应格式与预期不符。',
    config: '该账户的配置无效。',
    internal: 'exporter 内部错误。',
  },
  mailboxReason: {
    auth: '邮件服务器拒绝了用户名或密码。',
    permission: '该用户没有读取此文件夹的权限。',
    rate_limit: '邮件服务器限制了连接数。',
    timeout: '邮件服务器响应超时。',
    network: '无法连接邮件服务器。',
    tls: 'TLS 连接失败：证书或加密方式未通过验证。',
    http: '邮件服务器返回了错误。',
    business: '邮件服务器拒绝了命令。',
    schema: '邮件服务器的响应不符合 IMAP 协议。',
    config: '该邮箱的配置无效。',
    internal: 'exporter 内部错误。',
  },
  answer: (message) => html`详情：${message}`,
  renewsOn: (days, date, amount) => html`${days}到期续费，日期 ${date}${price(amount)}。`,
  renewsAutomaticallyOn: (days, date, amount) => html`${days}自动续费，日期 ${date}${price(amount)}。`,
  overdue: (date, amount) => html`已于 ${date}到期${price(amount)}，尚未标记为已付。`,
  billingMail: (topic, _count, text, age) => html`${topic}：共 ${text} 封，最近一封 ${age}。`,
  runbook: '处理手册',
  about: (name) => html`：${name}`,

  configBadge: '重新加载失败',
  configError: '账户文件重新加载失败',
  configKept: (moment) => html`仍在使用 ${moment} 加载的配置。`,
  brokenEntry: 'exporter 无法处理该条目，已将其略过，详情见日志。',
  configMore: (_count, text) => `另有 ${text} 处错误`,

  accounts: '账户',
  noAccounts: '账户文件中没有启用的账户。',
  search: '查找账户',
  searchHint: '名称、服务商或负责人',
  find: '查找',
  showAttention: '仅显示需要处理的账户',
  clear: '显示全部账户',
  found: (_count, found, all) => `共 ${all} 个账户，符合条件的有 ${found} 个。`,
  noneFound: '没有符合条件的账户。',
  showOnly: '显示：',
  showAccounts: '按状态显示账户',
  all: '全部',
  orderBy: '排序：',
  orderOfAccounts: '账户排序方式',
  order: { name: '名称', state: '状态', days: '剩余天数', checked: '最久未更新' },
  lasts: (days, text) => (days < 1 ? '剩余不足 1 天' : `约可用 ${text} 天`),
  lastDays: (days, low, high) => `近 ${days} 天：最低 ${low}，最高 ${high}`,
  range: (from, to, all, order) => `第 ${from} 至 ${to} 个，共 ${all} 个，按${chinese.order[order]}排列`,
  rangeByDate: (from, to, all) => `第 ${from} 至 ${to} 个，共 ${all} 个，按日期排列`,
  account: '账户',
  state: '状态',
  left: '剩余',
  limit: '阈值',
  checked: '检查时间',
  owner: '负责人',
  console: '控制台',
  consoleOf: (name) => html`控制台<span class="hidden">：${name}</span>`,
  noLimit: '不限量',
  noCurrentValue: '无当前值',
  valueFrom: (age) => html`数值取自${age}`,
  lastAttempt: (age) => html`最近尝试：${age}`,
  none: '无',
  readingType: { balance: '余额', credits: '点数', quota: '配额', merchant: '商户余额' },
  window: (window) => {
    const length = lengthOf(window);
    const units: Readonly<Record<string, string>> = { m: '分钟', h: '小时', d: '天', w: '周' };
    if (length !== undefined) return `每 ${length.count} ${units[length.unit] ?? ''}`;
    const words = {
      minute: '每分钟',
      hour: '每小时',
      day: '每天',
      week: '每周',
      month: '每月',
      year: '每年',
    };
    return lookUp(words, window) ?? `窗口 ${window}`;
  },
  wallet: { cash: '现金', voucher: '代金券', gift: '赠送' },
  period: (period) =>
    lookUp({ day: '今天', week: '本周', month: '本月', quarter: '本季度', year: '本年' }, period) ??
    `周期 ${period} 内`,
  ofLimit: (limit) => `总量 ${limit}`,
  resets: (time) => html`${time}重置`,
  figureOf: (age) => html`服务商数据截至${age}`,
  spent: (period) => `${period}支出`,
  budget: (amount) => `预算 ${amount}`,
  belowThreshold: '低于阈值',
  aboveBudget: '超出预算',

  renewals: '续费',
  noRenewals: '账户文件中没有生效的订阅。',
  subscription: '订阅',
  nextRenewal: '下次续费',
  amount: '金额',
  noFurtherRenewal: '无后续续费',
  overdueSince: (date) => html`自 ${date}起`,
  renewsAutomatically: '自动续费',
  cycle: (cycleType) => {
    const every = everyOf(cycleType);
    const units: Readonly<Record<string, string>> = { days: '天', weeks: '周', months: '个月' };
    if (every !== undefined) return `每 ${every.count} ${units[every.unit] ?? ''}`;
    return (
      lookUp({ weekly: '每周', monthly: '每月', quarterly: '每季度', yearly: '每年' }, cycleType) ?? cycleType
    );
  },

  mailboxes: '邮箱',
  noMailboxes: '账户文件中没有启用的邮箱。',
  mailbox: '邮箱',
  lastScan: '上次扫描',
  examined: '已扫描邮件',
  mailFound: '账单邮件',
  noMailFound: '尚无',
  topic: {
    suspension: '停服',
    arrears: '欠费',
    low_balance: '余额不足',
    expiry: '到期',
    bill: '账单',
    renewal: '续费',
    top_up: '充值',
  },
  topicLine: (topic, _count, text, age) =>
    age === undefined ? html`${topic}：${text} 封` : html`${topic}：${text} 封，最近 ${age}`,

  aboutData: '数据说明',
  lastBalanceCheck: '最近一次账户检查',
  lastMailScan: '最近一次邮箱扫描',
  configLoaded: '账户文件加载时间',
  timezone: '时区',
  version: '版本',
  runwayShown: '剩余天数和近 30 天曲线来自 Prometheus。',
  noRunway: '本页只显示当前值。余额可用时长由 Prometheus 根据历史数据计算。',
  noRunwayDashboard: (link) => html`本页只显示当前值。余额可用时长请查看${link}。`,
  never: '尚无',

  pages: (section) => `${section}分页`,
  previous: '上一页',
  next: '下一页',
  page: (page) => `第 ${page} 页`,

  runbooksIntroduction: '每条告警的含义、应查看的内容和处理方法。',
  backToStatus: '返回状态页',
  allRunbooks: '全部处理手册',

  notFound: '页面不存在',
  notFoundText: '地址可能有误，或页面已被移除。',
  notAllowed: '不支持的请求方法',
  notAllowedText: '本页为只读。如需修改账户，请编辑账户文件。',
  badRequest: '请求无效',
  badRequestText: '地址中含有未正确编码的字符。',
  failed: '内部错误',
  failedText: 'exporter 无法生成本页，详情见日志。',

  underAMinute: (future) => (future ? '不到一分钟后' : '不到一分钟前'),
  unit: (unit) => lookUp(chineseUnits, unit) ?? unit,
};
