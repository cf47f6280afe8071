import ava from 'ava';
import { needing } from '../support/promtool.ts';
import { account, emptyAlert, holds } from './case.ts';

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

test('an account that one of two exporters looks after alerts once', async (t) => {
  await holds(t, {
    interval: '1m',
    series: { [up('a')]: '1x400', [up('b')]: '1x400', ...low },
    alerts: [{ at: '60m', alert: 'BalanceEmpty', firing: [emptyAlert] }],
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
      { at: '50m', alert: 'BalanceEmpty', firing: [emptyAlert] },
      { at: '80m', alert: 'BalanceEmpty', firing: [emptyAlert] },
      { at: '5h', alert: 'BalanceEmpty', firing: [emptyAlert] },
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
      { at: '50m', alert: 'BalanceEmpty', firing: [emptyAlert] },
      { at: '80m', alert: 'BalanceEmpty', firing: [] },
    ],
  });
});
