import type { PanelText } from '../panels.ts';
import { exporterDown, noHistory } from './common.ts';

export const exporterPanels = {
  up: {
    title: { en: 'Exporter', zh: 'Exporter 状态' },
    description: {
      en: 'Whether Prometheus can scrape the exporter.',
      zh: 'Prometheus 能否抓取 exporter。',
    },
    noValue: { en: 'no target of the job balance-alert', zh: '没有 balance-alert 抓取目标' },
  },
  accounts: {
    title: { en: 'Accounts', zh: '账户数' },
    description: { en: 'Number of configured and enabled accounts.', zh: '已配置并启用的账户数量。' },
    noValue: exporterDown,
  },
  failing: {
    title: { en: 'Failing checks', zh: '检查失败' },
    description: {
      en: 'Accounts whose last check returned no usable reading.',
      zh: '最近一次检查未取得有效数据的账户数量。',
    },
    noValue: exporterDown,
  },
  config: {
    title: { en: 'Account file', zh: '账户文件' },
    description: {
      en: 'Whether the last reload of the account file succeeded. After a failure the previous configuration is kept.',
      zh: '账户文件最近一次加载是否成功。失败时继续使用之前的配置。',
    },
    noValue: exporterDown,
  },
  reloaded: {
    title: { en: 'Last loaded', zh: '最近加载' },
    description: {
      en: 'When the account file was last loaded successfully.',
      zh: '账户文件最近一次成功加载的时间。',
    },
    noValue: exporterDown,
  },
  version: {
    title: { en: 'Version', zh: '版本' },
    description: { en: 'Running version of the exporter.', zh: 'exporter 的运行版本。' },
    noValue: exporterDown,
  },
  checks: {
    title: { en: 'Checks', zh: '检查' },
    description: {
      en: 'The last check of each account and its result; failing ones first.',
      zh: '各账户的最近一次检查及结果，失败的在前。',
    },
    noValue: exporterDown,
  },
  age: {
    title: { en: 'Age of the last reading', zh: '数据新鲜度' },
    description: {
      en: 'Maximum time since the last usable reading, in check intervals of the account. AccountStale fires after 3 intervals and half an hour.',
      zh: '距最近一次有效数据的最长时间，以账户的检查间隔为单位。超过 3 个间隔再加半小时，AccountStale 触发警告。',
    },
    noValue: exporterDown,
  },
  failures: {
    title: { en: 'Failures by reason', zh: '失败原因' },
    description: {
      en: 'Failed checks per hour, by reason.',
      zh: '每小时失败的检查次数，按原因统计。',
    },
    noValue: exporterDown,
  },
  durations: {
    title: { en: 'Duration of checks', zh: '检查耗时' },
    description: {
      en: 'Duration of the last check of each account, including retries.',
      zh: '各账户最近一次检查的耗时，包含重试。',
    },
    noValue: exporterDown,
  },
  scrape: {
    title: { en: 'Scrape', zh: '抓取' },
    description: {
      en: 'Duration of scrapes of the exporter.',
      zh: 'Prometheus 抓取 exporter 的耗时。',
    },
    noValue: noHistory,
  },
  samples: {
    title: { en: 'Series', zh: '序列数' },
    description: { en: 'Number of series per scrape of the exporter.', zh: '每次抓取的序列数量。' },
    noValue: noHistory,
  },
  memory: {
    title: { en: 'Memory', zh: '内存' },
    description: { en: 'Resident memory of the exporter.', zh: 'exporter 的常驻内存。' },
    noValue: noHistory,
  },
  rules: {
    title: { en: 'Rule evaluation', zh: '规则计算' },
    description: {
      en: "Duration of the last evaluation of each rule group. Requires a Prometheus that scrapes itself, like the stack's.",
      zh: '各规则组最近一次计算的耗时。需要 Prometheus 抓取自身指标（本项目部署的 Prometheus 已配置）。',
    },
    noValue: {
      en: 'no history yet, or this Prometheus does not scrape itself',
      zh: '暂无历史数据，或该 Prometheus 未抓取自身指标',
    },
  },
  notifications: {
    title: { en: 'Notifications', zh: '通知' },
    description: {
      en: 'Alerts per hour that Prometheus sent or failed to send to Alertmanager, and notifications per hour that Alertmanager failed to deliver. Requires that Prometheus and Alertmanager are scraped.',
      zh: '每小时 Prometheus 向 Alertmanager 发送成功与失败的告警数，以及 Alertmanager 发送失败的通知数。需要抓取 Prometheus 与 Alertmanager 的指标。',
    },
    noValue: {
      en: 'no Alertmanager is configured, or Prometheus does not scrape itself',
      zh: '未配置 Alertmanager，或 Prometheus 未抓取自身指标',
    },
  },
} as const satisfies Record<string, PanelText>;
