import test from 'ava';
import { createSelfMetrics } from '../../../exporter/metrics/self.ts';
import type { EntryFault } from '../../../exporter/web/entries.ts';
import { onceEach } from '../../../exporter/web/entries.ts';
import { createMetricsPage } from '../../../exporter/web/metrics/page.ts';
import { createTextRenderer } from '../../../exporter/web/metrics/text.ts';
import { createStatusApp } from '../../../exporter/web/status/app.ts';
import { serve } from '../../support/served.ts';
import {
  accountState,
  balance,
  mailboxState,
  snapshot,
  subscription,
  testNow,
} from '../../support/snapshots.ts';

/** An entry that any use of fails, but for its name. */
function broken<Entry extends object>(entry: Entry, kept: readonly string[]): Entry {
  return new Proxy(entry, {
    get(target, key) {
      if (typeof key === 'string' && !kept.includes(key)) throw new RangeError(`cannot use ${key}`);
      return Reflect.get(target, key);
    },
  });
}

/** One good entry of each kind beside one that cannot be rendered. */
function mixed(...kept: readonly string[]) {
  return snapshot({
    accounts: [
      accountState({ name: 'good account' }, { readings: [balance(5)] }),
      broken(accountState({ name: 'bad account' }), ['account', ...kept]),
    ],
    subscriptions: [
      subscription({ name: 'good renewal' }),
      // Intl knows this zone, and Temporal does not.
      subscription({ name: 'bad renewal', timezone: 'JST' }),
    ],
    mailboxes: [
      mailboxState({ name: 'good mailbox' }),
      broken(mailboxState({ name: 'bad mailbox' }), ['mailbox', ...kept]),
    ],
  });
}

test('an entry that cannot be rendered costs a scrape its own series only', (t) => {
  const faults: EntryFault[] = [];
  const { parts, validUntil } = createTextRenderer((fault) => faults.push(fault))(mixed(), testNow);
  const text = parts.join('');
  for (const kind of ['account', 'renewal', 'mailbox']) {
    t.true(text.includes(`"good ${kind}"`), kind);
    t.false(text.includes(`"bad ${kind}"`), kind);
  }
  t.deepEqual(
    faults.map(({ subject, name }) => [subject, name]),
    [
      ['account', 'bad account'],
      ['mailbox', 'bad mailbox'],
      ['renewal', 'bad renewal'],
    ],
  );
  t.true(Number.isFinite(validUntil) && validUntil > testNow);
});

test('entries that cannot be rendered are counted by kind with each text, and none is where all can be', async (t) => {
  let current = mixed();
  let milliseconds = 0;
  const self = createSelfMetrics({ version: '1.2.3', revision: 'unknown' });
  const page = createMetricsPage({
    snapshot: () => current,
    self,
    now: () => testNow,
    // A text is made anew once it is a second old.
    monotonicMs: () => (milliseconds += 1001),
    onEntryFault: ({ subject }) => self.countEntryFailure(subject),
  });
  const text = async () => Buffer.concat(await page.body(false)).toString('utf8');
  const lines = (said: string) =>
    said.split('\n').filter((line) => /^balance_alert_(entry_render|check_success.*subscription)/.test(line));
  const expected = (count: number, success: number) => [
    `balance_alert_check_success{check_type="subscription"} ${success}`,
    ...['account', 'subscription', 'mailbox'].map(
      (kind) => `balance_alert_entry_render_failures_total{kind="${kind}"} ${count}`,
    ),
  ];
  t.deepEqual(lines(await text()), expected(1, 0));
  t.deepEqual(lines(await text()), expected(2, 0));
  current = snapshot({ subscriptions: [subscription({ name: 'good renewal' })] });
  t.deepEqual(lines(await text()), expected(2, 1));
  t.deepEqual(lines(await text()), expected(2, 1));
});

test('an entry that cannot be rendered is named on the page, and the rest is shown', async (t) => {
  const faults: EntryFault[] = [];
  await using server = await serve(
    createStatusApp({
      snapshot: () => mixed(),
      now: () => testNow,
      links: {},
      version: '1.2.3',
      onEntryFault: (fault) => faults.push(fault),
      onError: (error) => t.fail(String(error)),
    }),
  );
  for (const [language, words] of [
    ['en', 'The exporter could not render this entry and left it out; see its log for details.'],
    ['zh', 'exporter 无法处理该条目，已将其略过，详情见日志。'],
  ] as const) {
    const response = await fetch(`${server.url}/?lang=${language}`);
    t.is(response.status, 200);
    const page = await response.text();
    for (const kind of ['account', 'renewal', 'mailbox']) {
      t.true(page.includes(`<h3><bdi>bad ${kind}</bdi></h3>`), kind);
      t.regex(page, new RegExp(`scope="row(?:group)?"><bdi>good ${kind}</bdi>`), kind);
    }
    t.is(page.split(words).length, 4);
  }
  t.is(faults.length, 6);
});

test('a fault is reported once, and again when it is another one', (t) => {
  const reported: string[] = [];
  const report = onceEach(({ name, error }) => reported.push(`${name}: ${String(error)}`));
  for (const message of ['one', 'one', 'two', 'two']) {
    report({ subject: 'account', name: 'a', error: new Error(message) });
    report({ subject: 'mailbox', name: 'a', error: new Error('one') });
  }
  t.deepEqual(reported, ['a: Error: one', 'a: Error: one', 'a: Error: two']);
});
