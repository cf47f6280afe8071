import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { type ExpectedAlert, exporterUp, holds } from './case.ts';

const test = needing(ava, 'promtool');

const series = (instance: string) =>
  `balance_alert_account_reading_timestamp_seconds{project="llm",provider="openai-costs",instance="${instance}",job="balance-alert"}`;

const outdated = (age: string): ExpectedAlert => ({
  labels: { project: 'llm', provider: 'openai-costs', severity: 'info' },
  annotations: {
    summary: "The vendor's figures are several days old.",
    description: `The vendor dates the figures of llm (openai-costs) ${age} back.`,
    runbook_url: 'http://127.0.0.1:8080/runbooks/ReadingOutdated',
    dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=llm',
  },
});

test('ReadingOutdated fires an hour after figures are four days old, once for two exporters', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [exporterUp]: '1x1000', [series('a:9100')]: '0x1000', [series('b:9100')]: '0x1000' },
    alerts: [
      { at: '97h', alert: 'ReadingOutdated', firing: [] },
      { at: '97h10m', alert: 'ReadingOutdated', firing: [outdated('4d 1h 10m 0s')] },
    ],
  });
});

test('ReadingOutdated is silent while the vendor is up to three days late', async (t) => {
  await holds(t, {
    interval: '10m',
    series: { [exporterUp]: '1x1000', [series('a:9100')]: '0x431 259200x1000' },
    alerts: [{ at: '130h', alert: 'ReadingOutdated', firing: [] }],
  });
});
