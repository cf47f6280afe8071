import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { account, balanceLabels, type ExpectedAlert, holds } from './case.ts';

/** Several exporters that split one account file (`--poll.shard`): each account is in one of them. */

const test = needing(ava, 'promtool');

const up = (instance: string) => `up{job="balance-alert", instance="${instance}"}`;

/** Scraped from the first exporter; another account is the second one's. */
const low = account({ balance: '-20x400', threshold: '5x400', status: '0x400', up: '1x400' });

/** The same, no longer served after an hour. */
const gone = account({
  balance: '-20x60 stale',
  threshold: '5x60 stale',
  status: '0x60 stale',
  up: '1x60 stale',
});

const empty: ExpectedAlert = {
  labels: { ...balanceLabels, severity: 'critical' },
  annotations: {
    summary: 'A balance is used up.',
    description: 'openrouter-prod (openrouter) has -20.00 USD left.',
    runbook_url: 'http://127.0.0.1:8080/runbooks/BalanceEmpty',
    dashboard_url: 'http://127.0.0.1:3000/d/balance-alert-accounts?var-project=openrouter-prod',
  },
};

test('an account that one of two exporters looks after alerts once', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up('a')]: '1x400', [up('b')]: '1x400', ...low },
    alerts: [{ at: '60m', alert: 'BalanceEmpty', firing: [empty] }],
  });
});

test('the alert on an account stays while its exporter is down, although the other one answers', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [up('a')]: '1x60 0x300',
      [up('b')]: '1x400',
      ...gone,
    },
    alerts: [
      { at: '50m', alert: 'BalanceEmpty', firing: [empty] },
      { at: '80m', alert: 'BalanceEmpty', firing: [empty] },
      { at: '5h', alert: 'BalanceEmpty', firing: [empty] },
    ],
  });
});

test('an account that its exporter no longer has stops alerting while both answer', async (t) => {
  await holds(t, {
    interval: '1m',
    series: {
      [up('a')]: '1x400',
      [up('b')]: '1x400',
      ...gone,
    },
    alerts: [
      { at: '50m', alert: 'BalanceEmpty', firing: [empty] },
      { at: '80m', alert: 'BalanceEmpty', firing: [] },
    ],
  });
});
