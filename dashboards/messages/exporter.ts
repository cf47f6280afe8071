import type { PanelText } from '../panels.ts';
import { exporterDown, noHistory } from './common.ts';

export const exporterPanels = {
  up: {
    title: { en: 'Exporter', zh: '采集器' },
    description: {
      en: 'Whether Prometheus can scrape the exporter.',
      zh: 'Prometheus 能否抓取采集器。',
    },
    noValue: { en: 'no target of the job balance-alert', zh: '没有 balance-alert 抓取目标' },
  },
  accounts: {
    title: { en: 'Accounts', zh: '账户数' },
    description: { en: 'Accounts that are configured and enabled.', zh: '已配置并启用的账户数量。' },
    noValue: exporterDown,
  },
  failing: {
    title: { en: 'Failing checks', zh: '失败的检查' },
    description: {
      en: 'Accounts whose last check gave no usable reading.',
      zh: '最近一次检查没有得到可用结果的账户数量。',
    },
    noValue: exporterDown,
  },
  config: {
    title: { en: 'Account file', zh: '账户文件' },
    description: {
      en: 'Whether the account file was last loaded without an error. After an error the previous configuration is kept.',
      zh: '账户文件最近一次加载是否成功。失败时仍使用之前的文件。',
    },
    noValue: exporterDown,
  },
  reloaded: {
    title: { en: 'Last loaded', zh: '最近加载' },
    description: { en: 'When the account file was last loaded.', zh: '账户文件最近一次成功加载的时间。' },
    noValue: exporterDown,
  },
  version: {
    title: { en: 'Version', zh: '版本' },
    description: { en: 'Which build of the exporter runs.', zh: '正在运行的采集器版本。' },
    noValue: exporterDown,
  },
  checks: {
    title: { en: 'Checks', zh: '检查' },
    description: {
      en: 'The last check of each account and how it went; failing ones first.',
      zh: '各账户的最近一次检查及结果，失败的在前。',
    },
    noValue: exporterDown,
  },
  age: {
    title: { en: 'Age of the last reading', zh: '最近结果的时长' },
    description: {
      en: 'Longest time since the last usable reading, in check intervals of the account. AccountStale warns from 3 intervals and half an hour on.',
      zh: '距最近一次可用结果的最长时间，以账户的检查间隔为单位。超过 3 个间隔加半小时，AccountStale 发出警告。',
    },
    noValue: exporterDown,
  },
  failures: {
    title: { en: 'Failures by reason', zh: '失败原因' },
    description: {
      en: 'Checks per hour that gave no usable reading, by reason.',
      zh: '每小时没有得到可用结果的检查次数，按原因。',
    },
    noValue: exporterDown,
  },
  durations: {
    title: { en: 'Duration of checks', zh: '检查耗时' },
    description: {
      en: 'How long the last check of each account took, retries included.',
      zh: '各账户最近一次检查的耗时，包含重试。',
    },
    noValue: exporterDown,
  },
  scrape: {
    title: { en: 'Scrape', zh: '抓取' },
    description: {
      en: 'How long Prometheus took to scrape the exporter.',
      zh: 'Prometheus 抓取采集器的耗时。',
    },
    noValue: noHistory,
  },
  samples: {
    title: { en: 'Series', zh: '序列数' },
    description: { en: 'Series that one scrape of the exporter brings.', zh: '每次抓取得到的序列数量。' },
    noValue: noHistory,
  },
  memory: {
    title: { en: 'Memory', zh: '内存' },
    description: { en: 'Resident memory of the exporter.', zh: '采集器的常驻内存。' },
    noValue: noHistory,
  },
  rules: {
    title: { en: 'Rule evaluation', zh: '规则计算' },
    description: {
      en: "How long each group of rules took the last time. Needs a Prometheus that scrapes itself, as the stack's does.",
      zh: '各规则组最近一次计算的耗时。需要 Prometheus 抓取自身（本系统默认如此）。',
    },
    noValue: {
      en: 'no history yet, or this Prometheus does not scrape itself',
      zh: '暂无历史，或该 Prometheus 未抓取自身',
    },
  },
  notifications: {
    title: { en: 'Notifications', zh: '通知' },
    description: {
      en: 'Alerts per hour that Prometheus handed to Alertmanager and failed to, and notifications per hour that Alertmanager could not deliver. Needs Prometheus and Alertmanager to be scraped.',
      zh: '每小时 Prometheus 成功与未能交给 Alertmanager 的告警，以及 Alertmanager 未能送达的通知。需要抓取 Prometheus 与 Alertmanager。',
    },
    noValue: {
      en: 'no Alertmanager is configured, or Prometheus does not scrape itself',
      zh: '未配置 Alertmanager，或 Prometheus 未抓取自身',
    },
  },
} as const satisfies Record<string, PanelText>;
