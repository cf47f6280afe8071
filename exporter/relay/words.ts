/** The words of notifications, Alertmanager's and the relay's. A text that is missing in a language does not compile. */

export const languages = ['en', 'zh'] as const;

export type Language = (typeof languages)[number];

/** In the order of ISO: Monday is 1. */
export const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

type Text = Readonly<Record<Language, string>>;

/** The alert of `scripts/test-alert`. Its label `channel` names the receiver that is tested. */
export const testAlertName = 'BalanceAlertTest';

/** By alert: what is wrong, short enough for a phone's lock screen, and what to do about it. */
export const alertWords: Readonly<Record<string, { readonly what: Text; readonly action: Text }>> = {
  AccountCheckFailing: {
    what: { en: 'Account checks are failing', zh: '账户检查失败' },
    action: {
      en: 'Read the error on the status page; usually the API key or the network is the cause.',
      zh: '在状态页查看错误信息，常见原因是 API 密钥或网络。',
    },
  },
  AccountStale: {
    what: { en: 'No recent reading of an account', zh: '账户数据已过期' },
    action: {
      en: 'Check the exporter and the account; until then its balance is unknown.',
      zh: '检查 exporter 与该账户；恢复之前余额未知。',
    },
  },
  BalanceEmpty: {
    what: { en: 'Balance is used up', zh: '余额已用尽' },
    action: { en: 'Top up now.', zh: '请立即充值。' },
  },
  BalanceLow: {
    what: { en: 'Balance is below its threshold', zh: '余额低于阈值' },
    action: { en: 'Top up, or adjust the threshold.', zh: '请充值，或调整阈值。' },
  },
  RunwayShort: {
    what: { en: 'Balance will run out soon', zh: '余额即将用尽' },
    action: { en: 'Top up before that day.', zh: '请在该日期前充值。' },
  },
  QuotaLowBeforeReset: {
    what: { en: 'Quota will run out before it resets', zh: '配额将在重置前用尽' },
    action: { en: 'Reduce usage, or upgrade the plan.', zh: '请降低用量，或升级套餐。' },
  },
  QuotaPace: {
    what: { en: 'Quota is on pace to run out before it resets', zh: '按当前速度配额将提前用尽' },
    action: {
      en: 'Reduce usage until the reset, or upgrade the plan.',
      zh: '请在重置前降低用量，或升级套餐。',
    },
  },
  BudgetPace: {
    what: { en: 'Spend is projected to exceed the budget', zh: '预计支出将超出预算' },
    action: {
      en: 'Find the cause of the spend, or raise the budget.',
      zh: '请排查支出来源，或调高预算。',
    },
  },
  ReadingOutdated: {
    what: { en: "The vendor's figures are several days old", zh: '服务商数据已过时数日' },
    action: {
      en: "Compare with the vendor's console; an account without usage looks the same.",
      zh: '请与服务商控制台核对；长期未使用的账户也会如此。',
    },
  },
  BurnUnusual: {
    what: { en: 'Consumption is unusually high', zh: '消耗异常偏高' },
    action: {
      en: 'Check for a leaked key or a runaway job.',
      zh: '请检查密钥是否泄露、任务是否失控。',
    },
  },
  SubscriptionExpiring: {
    what: { en: 'Subscription renews soon', zh: '订阅即将续费' },
    action: {
      en: 'Pay or cancel it, then mark it as paid.',
      zh: '请付款或退订，并标记为已付款。',
    },
  },
  SubscriptionOverdue: {
    what: { en: 'Subscription renewal is overdue', zh: '订阅续费已逾期' },
    action: {
      en: 'Pay it, then mark it as paid.',
      zh: '请付款，并标记为已付款。',
    },
  },
  MailboxDown: {
    what: { en: 'Mailbox cannot be read', zh: '邮箱无法读取' },
    action: {
      en: 'Check the password and the mail server; until then, billing mail raises no alerts.',
      zh: '请检查密码与邮件服务器；恢复之前不会发出账单邮件告警。',
    },
  },
  BillingMail: {
    what: { en: 'Billing mail received', zh: '收到账单邮件' },
    action: { en: 'Read the mail.', zh: '请查看该邮件。' },
  },
  BalanceAlertExporterDown: {
    what: { en: 'Exporter is down', zh: 'exporter 无法访问' },
    action: { en: 'Restart the exporter and read its log.', zh: '请重启 exporter 并查看日志。' },
  },
  BalanceAlertExporterAbsent: {
    what: { en: 'Prometheus has no exporter target', zh: 'Prometheus 中没有 exporter 抓取目标' },
    action: {
      en: 'Add the scrape job balance-alert to Prometheus.',
      zh: '请在 Prometheus 中添加名为 balance-alert 的抓取任务。',
    },
  },
  BalanceAlertConfigReloadFailed: {
    what: { en: 'Account file could not be loaded', zh: '账户文件加载失败' },
    action: {
      en: 'Correct the account file; the previous configuration stays active.',
      zh: '请修正账户文件；当前仍使用之前的配置。',
    },
  },
  BalanceAlertCertificateExpiring: {
    what: { en: 'The certificate expires soon', zh: 'TLS 证书即将到期' },
    action: {
      en: 'Run scripts/up, or replace the files of the web configuration.',
      zh: '请运行 scripts/up 续期，或更换 Web 配置中的证书文件。',
    },
  },
  BalanceAlertEntriesLeftOut: {
    what: { en: 'Entries of the account file are not exported', zh: '账户文件中部分条目未导出指标' },
    action: {
      en: 'Read the log of the exporter; these entries are not monitored.',
      zh: '请查看 exporter 日志；这些条目当前不受监控。',
    },
  },
  BalanceAlertRuleFailures: {
    what: { en: 'Alerting rules are failing', zh: '告警规则执行失败' },
    action: { en: 'Read the log of Prometheus.', zh: '请查看 Prometheus 日志。' },
  },
  BalanceAlertNotificationsFailing: {
    what: { en: 'Notifications are failing', zh: '告警通知发送失败' },
    action: {
      en: 'Read the log of Alertmanager; check credentials and network of the channel.',
      zh: '请查看 Alertmanager 日志，检查该渠道的凭据与网络。',
    },
  },
  BalanceAlertRelayDown: {
    what: { en: 'Chat relay is down', zh: '群机器人转发服务无法访问' },
    action: { en: 'Restart the relay and read its log.', zh: '请重启转发服务并查看日志。' },
  },
  BalanceAlertRelayFailing: {
    what: { en: 'Chat relay cannot deliver', zh: '群机器人消息发送失败' },
    action: {
      en: 'Read the log of the relay; check secret, keyword and rate limit of the bot.',
      zh: '请查看转发服务日志，检查机器人的密钥、关键词与频率限制。',
    },
  },
  [testAlertName]: {
    what: { en: 'Test alert', zh: '测试告警' },
    action: { en: 'Nothing, this is a test.', zh: '无，这是一条测试告警。' },
  },
  BalanceAlertWatchdog: {
    what: { en: 'Watchdog', zh: '心跳' },
    action: {
      en: 'None: this alert always fires, as a heartbeat.',
      zh: '无需处理：该告警用于心跳检测，始终触发。',
    },
  },
};

/** Topics of billing mail. */
export const topicWords: Readonly<Record<string, Text>> = {
  suspension: { en: 'suspension', zh: '停服' },
  arrears: { en: 'arrears', zh: '欠费' },
  low_balance: { en: 'low balance', zh: '余额不足' },
  expiry: { en: 'expiry', zh: '到期' },
  bill: { en: 'bill', zh: '账单' },
  renewal: { en: 'renewal', zh: '续费' },
  top_up: { en: 'top-up', zh: '充值' },
};

/** `%s` stands for a number. */
export const words = {
  resolved: { en: 'Resolved', zh: '已恢复' },
  colon: { en: ': ', zh: '：' },
  left: { en: 'Left', zh: '剩余' },
  threshold: { en: 'threshold', zh: '阈值' },
  lasts: { en: 'Lasts', zh: '预计可用' },
  days: { en: 'days', zh: '天' },
  runsDry: { en: 'until', zh: '预计用尽日期' },
  amount: { en: 'Amount', zh: '金额' },
  renews: { en: 'Renews in', zh: '距续费' },
  overdueSince: { en: 'Overdue since', zh: '逾期自' },
  topic: { en: 'Topic', zh: '主题' },
  owner: { en: 'Owner', zh: '负责人' },
  action: { en: 'To do', zh: '处理' },
  more: { en: '… %s alerts in total', zh: '……共 %s 条告警' },
  moreAlerts: { en: '… and %s more', zh: '……另有 %s 条' },
  moreLines: { en: '… and %s more lines', zh: '……另有 %s 行' },
  alerts: { en: '%s alerts', zh: '%s 条告警' },
  dashboard: { en: 'Dashboard', zh: '仪表盘' },
  runbook: { en: 'Runbook', zh: '处理手册' },
  console: { en: 'Console', zh: '控制台' },
  status: { en: 'Status page', zh: '状态页' },
  markPaid: { en: 'Mark as paid', zh: '标记为已付款' },
} as const satisfies Readonly<Record<string, Text>>;
