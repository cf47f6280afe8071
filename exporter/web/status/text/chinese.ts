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
  links: '其他视图',
  dashboard: '仪表盘',
  prometheus: 'Prometheus',
  metrics: '指标',
  runbooks: '处理手册',
  asOf: (moment, timezone) => html`截至 ${moment}（${timezone}）`,
  readAgain: '重新读取',
  readByItself: '每分钟自动读取',
  readingByItself: '本页每分钟自动重新读取。',
  stopReadingByItself: '停止自动读取',

  attention: '需要处理',
  nothingToDo: '没有需要处理的事项。',
  nothingToDoYet: (_count, text) => `目前没有已知需要处理的事项；还有 ${text} 个账户尚未检查。`,
  attentionRest: (_count, text) => `另有 ${text} 项：`,
  summary: '概览',

  standing: {
    empty: '已用尽',
    overdue: '已逾期',
    low: '不足',
    over_budget: '超出预算',
    stale: '数据过旧',
    failing: '检查失败',
    mail: '收到邮件',
    due: '即将到期',
    unchecked: '尚未检查',
    paid: '已续费',
    fine: '正常',
  },
  kindOfThing: { account: '账户', renewal: '续费', mailbox: '邮箱' },

  empty: (left, threshold) =>
    threshold === undefined ? `剩余 ${left}。` : `剩余 ${left}，阈值 ${threshold}。`,
  low: (left, threshold) => `剩余 ${left}，低于阈值 ${threshold}。`,
  overBudget: (spent, budget, period) => `${period}已支出 ${spent}，超出预算 ${budget}。`,
  stale: (maxAge) => `没有 ${maxAge}以内的数值。`,
  lastKnown: (amounts, age) => html`最后已知：${amounts}（${age}）。`,
  neverSucceeded: '至今从未取得数值。',
  lastGood: (age) => html`上次成功：${age}。`,
  staleMailbox: (maxAge) => `${maxAge}内没有一次扫描成功。`,
  neverScanned: '至今没有一次扫描成功。',
  lastGoodScan: (age) => html`上次成功扫描：${age}。`,
  notCheckedSince: (age) => html`上次检查：${age}。`,
  reason: {
    auth: '服务商不接受该密钥。',
    permission: '密钥有效，但无权读取余额。',
    rate_limit: '服务商要求降低请求频率。',
    timeout: '服务商未在时限内应答。',
    network: '无法连接到服务商。',
    tls: '连接不可信：证书或加密有问题。',
    http: '服务商返回了错误。',
    business: '服务商应答称请求失败。',
    schema: '应答的格式与预期不符。',
    config: '账户文件与该账户不符。',
    internal: '检查程序自身出错，这是导出器的缺陷。',
  },
  mailboxReason: {
    auth: '邮件服务器不接受用户名或密码。',
    permission: '邮件服务器不允许该用户读取此文件夹。',
    rate_limit: '邮件服务器要求减少连接。',
    timeout: '邮件服务器未在时限内应答。',
    network: '无法连接到邮件服务器。',
    tls: '连接不可信：证书或加密有问题。',
    http: '邮件服务器返回了错误。',
    business: '邮件服务器拒绝了命令。',
    schema: '邮件服务器的应答不符合 IMAP。',
    config: '账户文件与该邮箱不符。',
    internal: '扫描程序自身出错，这是导出器的缺陷。',
  },
  answer: (message) => html`详情：${message}`,
  renewsOn: (days, date, amount) => html`${days}需要续费，日期 ${date}${price(amount)}。`,
  renewsByItselfOn: (days, date, amount) => html`${days}自动续费，日期 ${date}${price(amount)}。`,
  overdue: (date, amount) => html`${date}的续费未标记为已付${price(amount)}。`,
  mailCame: (topic, _count, text, age) => html`${topic}：共 ${text} 封，最近一封 ${age}。`,
  whatToDo: '如何处理',
  about: (name) => html`：${name}`,

  configBadge: '文件未载入',
  configError: '磁盘上的账户文件有错误',
  configKept: (moment) => html`以下内容仍以 ${moment} 载入的文件为准。`,
  configMore: (_count, text) => `另有 ${text} 处错误`,

  accounts: '账户',
  noAccounts: '账户文件中没有启用的账户。',
  search: '查找账户',
  searchHint: '名称、服务商或负责人',
  find: '查找',
  showAttention: '仅需要处理的',
  clear: '显示全部账户',
  found: (_count, found, all) => `共 ${all} 个账户，符合条件的有 ${found} 个。`,
  noneFound: '没有符合条件的账户。',
  range: (from, to, all) => `第 ${from} 至 ${to} 个，共 ${all} 个，按名称排列`,
  rangeByDate: (from, to, all) => `第 ${from} 至 ${to} 个，共 ${all} 个，日期近的在前`,
  account: '账户',
  state: '状态',
  left: '剩余',
  limit: '阈值',
  checked: '检查时间',
  owner: '负责人',
  console: '控制台',
  consoleOf: (name) => html`控制台<span class="hidden">：${name}</span>`,
  noCurrentValue: '无当前值',
  valueFrom: (age) => html`数值取自${age}`,
  triedAgain: (age) => html`${age}又尝试过`,
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
  period: (period) =>
    lookUp({ day: '今天', week: '本周', month: '本月', quarter: '本季度', year: '本年' }, period) ??
    `周期 ${period} 内`,
  ofLimit: (limit) => `总量 ${limit}`,
  resets: (time) => html`${time}重置`,
  spent: (period) => `${period}支出`,
  budget: (amount) => `预算 ${amount}`,
  belowThreshold: '低于阈值',
  aboveBudget: '超出预算',

  renewals: '续费',
  noRenewals: '账户文件中没有有效的订阅。',
  subscription: '订阅',
  nextRenewal: '下次续费',
  amount: '金额',
  noFurtherRenewal: '不再续费',
  overdueSince: (date) => html`自 ${date}起`,
  renewsByItself: '自动续费',
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
  examined: '已查看邮件',
  mailFound: '发现的账单邮件',
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

  aboutData: '关于这些数字',
  lastBalanceCheck: '最近一次账户检查',
  lastMailScan: '最近一次邮箱扫描',
  configLoaded: '账户文件载入时间',
  timezone: '时区',
  version: '版本',
  noRunway: '余额还能用多久取决于历史数据，本页没有历史数据，请在 Prometheus 中查询。',
  noRunwayDashboard: (link) => html`余额还能用多久取决于历史数据，本页没有历史数据，请看${link}。`,
  never: '尚无',

  pages: (section) => `${section}分页`,
  previous: '上一页',
  next: '下一页',
  page: (page) => `第 ${page} 页`,

  runbooksIntroduction: '每条告警的含义、应查看的内容和处理方法。',
  backToStatus: '返回状态页',
  allRunbooks: '全部处理手册',

  notFound: '没有这个页面',
  notFoundText: '地址可能有误，或所指的内容已不存在。',
  notAllowed: '本页只能读取',
  notAllowedText: '账户在账户文件中修改，此处不作任何更改。',
  badRequest: '无法读取这个地址',
  badRequestText: '其中的字符没有按地址的要求编码。',
  failed: '无法生成本页',
  failedText: '导出器自身出错，详情见其日志。重新读取也许有用。',

  underAMinute: (future) => (future ? '不到一分钟后' : '不到一分钟前'),
  unit: (unit) => lookUp(chineseUnits, unit) ?? unit,
};
