import test from 'ava';
import { accountRow } from '../../../../exporter/web/view/accounts.ts';
import { mailboxRow } from '../../../../exporter/web/view/mailboxes.ts';
import { renewalRow } from '../../../../exporter/web/view/renewals.ts';
import { countByStanding, statusView } from '../../../../exporter/web/view/status.ts';
import { fullSnapshot } from '../../../page/sample.ts';
import {
  accountState,
  balance,
  configState,
  day,
  hour,
  mailboxState,
  minute,
  noAlerts,
  snapshot,
  spend,
  subscription,
  testNow,
  untried,
} from '../../../support/snapshots.ts';

test('an account at its threshold is fine, and a hair below it is low', (t) => {
  const at = accountRow(accountState({ threshold: 100 }, { readings: [balance(100)] }), testNow);
  t.is(at.standing, 'fine');
  t.deepEqual(at.problems, []);
  const below = accountRow(accountState({ threshold: 100 }, { readings: [balance(99.999)] }), testNow);
  t.is(below.standing, 'low');
  t.deepEqual(below.problems, [
    { kind: 'low', line: { kind: 'left', reading: balance(99.999), threshold: 100, standing: 'low' } },
  ]);
});

test('nothing left is worse than low, with a threshold or without', (t) => {
  const standing = (value: number, threshold?: number, type: 'balance' | 'quota' | 'merchant' = 'balance') =>
    accountRow(accountState({ threshold }, { readings: [balance(value, { type })] }), testNow).standing;
  t.is(standing(0), 'empty');
  t.is(standing(-5), 'empty');
  t.is(standing(0, 10), 'empty');
  t.is(standing(0, undefined, 'quota'), 'empty');
  t.is(standing(0.01), 'fine');
});

test('a threshold of 0 or below means that a balance of 0 is fine, and a merchant may be paid out', (t) => {
  const standing = (value: number, threshold: number | undefined, type: 'balance' | 'merchant') =>
    accountRow(accountState({ threshold }, { readings: [balance(value, { type })] }), testNow).standing;
  t.is(standing(-300, -500, 'balance'), 'fine');
  t.is(standing(-501, -500, 'balance'), 'low');
  t.is(standing(0, 0, 'balance'), 'fine');
  t.is(standing(-1, 0, 'balance'), 'low');
  t.is(standing(0, undefined, 'merchant'), 'fine');
  t.is(standing(0, 10, 'merchant'), 'low');
});

test('thresholds by unit count for their unit only', (t) => {
  const row = accountRow(
    accountState(
      { threshold: { USD: 20 } },
      { readings: [balance(1, { unit: 'CNY' }), balance(19), balance(1, { unit: 'constructor' })] },
    ),
    testNow,
  );
  t.deepEqual(
    row.lines.map((line) => line.kind === 'left' && [line.threshold, line.standing]),
    [
      [undefined, 'fine'],
      [20, 'low'],
      [undefined, 'fine'],
    ],
  );
  t.is(row.problems.length, 1);
});

test('spending counts against the budget, not against the threshold', (t) => {
  const over = accountRow(
    accountState({ budget: 100, threshold: 500 }, { readings: [spend(100.01)] }),
    testNow,
  );
  t.is(over.standing, 'over_budget');
  const within = accountRow(accountState({ budget: 100 }, { readings: [spend(100)] }), testNow);
  t.is(within.standing, 'fine');
  t.is(accountRow(accountState({}, { readings: [spend(1e9)] }), testNow).standing, 'fine');
});

test('a reading is current until max_age has passed, as it is served until then', (t) => {
  const row = (age: number) =>
    accountRow(
      accountState(
        { threshold: 100, maxAgeSeconds: 3600 },
        { readings: [balance(1)], lastSuccessAtMs: testNow - age },
      ),
      testNow,
    );
  t.true(row(hour - 1).current);
  t.is(row(hour - 1).standing, 'low');
  t.false(row(hour).current);
  t.deepEqual(row(hour).problems, [{ kind: 'stale', maxAge: 3600 }]);
});

test('a failing check leaves the value current, and shows why', (t) => {
  const failure = { reason: 'timeout', message: 'no answer within 10 s' } as const;
  const row = accountRow(
    accountState({}, { readings: [balance(7)], lastSuccessAtMs: testNow - 20 * minute, failure }),
    testNow,
  );
  t.true(row.current);
  t.is(row.standing, 'failing');
  t.deepEqual(row.problems, [{ kind: 'failing', ...failure }]);
});

test('an account that was never checked has no problem, and one that never succeeded fails but is not out of date', (t) => {
  const unchecked = accountRow(accountState({}, untried), testNow);
  t.is(unchecked.standing, 'unchecked');
  t.deepEqual(unchecked.problems, []);
  const failed = accountRow(
    accountState(
      {},
      { readings: [], lastSuccessAtMs: undefined, failure: { reason: 'auth', message: 'HTTP 401' } },
    ),
    testNow,
  );
  t.is(failed.standing, 'failing');
  t.deepEqual(failed.problems, [{ kind: 'failing', reason: 'auth', message: 'HTTP 401' }]);
});

test('a reading kept over a restart has its true age before the first check', (t) => {
  const row = (age: number) =>
    accountRow(
      accountState({}, { ...untried, readings: [balance(7)], lastSuccessAtMs: testNow - age }),
      testNow,
    ).standing;
  t.is(row(30 * minute), 'fine');
  t.is(row(2 * hour), 'stale');
});

test('a clock that went back makes nothing old', (t) => {
  const row = accountRow(
    accountState({}, { readings: [balance(7)], lastSuccessAtMs: testNow + hour }),
    testNow,
  );
  t.is(row.standing, 'fine');
});

test('renewals are due within their window, overdue without a mark, and paid with one', (t) => {
  const row = (changes: Parameters<typeof subscription>[0], date: string) =>
    renewalRow(subscription(changes), Date.parse(`${date}T12:00:00+08:00`));
  t.like(row({}, '2026-11-13'), { standing: 'fine', next: '2026-11-17', days: 4, problems: [] });
  t.like(row({}, '2026-11-14'), {
    standing: 'due',
    problems: [{ kind: 'due', next: '2026-11-17', days: 3 }],
  });
  t.like(row({}, '2026-11-17'), {
    standing: 'due',
    problems: [{ kind: 'due', next: '2026-11-17', days: 0 }],
  });
  t.like(row({ paidThrough: '2026-10-17' }, '2026-11-18'), {
    standing: 'overdue',
    next: '2026-12-17',
    days: 29,
    problems: [{ kind: 'overdue', since: '2026-11-17' }],
  });
  t.like(row({ paidThrough: '2026-10-17', autoRenew: true }, '2026-11-18'), { standing: 'fine' });
  t.like(row({ paidThrough: '2026-11-17' }, '2026-11-18'), { standing: 'paid', problems: [] });
  t.is(row({ ends: '2026-11-17' }, '2026-11-18'), undefined);
  t.like(row({ ends: '2026-12-01', paidThrough: '2026-11-17' }, '2026-11-18'), {
    standing: 'paid',
    next: undefined,
    days: undefined,
  });
});

test('a renewal goes by the date in its own zone', (t) => {
  const lateInUtc = Date.UTC(2026, 10, 13, 17);
  t.is(renewalRow(subscription({ timezone: 'UTC' }), lateInUtc)?.days, 4);
  t.is(renewalRow(subscription({ timezone: 'Asia/Shanghai' }), lateInUtc)?.days, 3);
});

test('a mailbox shows its failures and urgent mail of the last three days', (t) => {
  const lastAlertAt = {
    arrears: testNow - 3 * day,
    suspension: testNow - 3 * day - 1,
    bill: testNow - minute,
  };
  const row = mailboxRow(
    mailboxState(
      {},
      { examined: 9, alerts: noAlerts({ arrears: 2, suspension: 1, bill: 4 }), lastAlertAtMs: lastAlertAt },
    ),
    testNow,
  );
  t.is(row.standing, 'mail');
  t.deepEqual(row.problems, [
    { kind: 'mail', line: { topic: 'arrears', count: 2, lastAt: testNow - 3 * day } },
  ]);
  t.deepEqual(
    row.topics.map(({ topic }) => topic),
    ['bill', 'arrears', 'suspension'],
  );

  const failing = mailboxRow(
    mailboxState(
      {},
      { lastSuccessAtMs: testNow - 91 * minute, failure: { reason: 'tls', message: 'expired' } },
    ),
    testNow,
  );
  t.is(failing.standing, 'stale');
  t.deepEqual(failing.problems, [
    { kind: 'stale', maxAge: 5400 },
    { kind: 'failing', reason: 'tls', message: 'expired' },
  ]);
  t.is(
    mailboxRow(mailboxState({}, { lastScanAtMs: undefined, lastSuccessAtMs: undefined }), testNow).standing,
    'unchecked',
  );
});

test('what needs attention comes most urgent first, over accounts, renewals and mailboxes', (t) => {
  const view = statusView(fullSnapshot(), testNow);
  t.deepEqual(
    view.attention.map(({ name, standing }) => [name, standing]),
    [
      ['sms-gateway', 'empty'],
      ['Cursor Team', 'overdue'],
      ['deepseek-batch', 'low'],
      ['openrouter-prod', 'low'],
      ['openai-org', 'over_budget'],
      ['aliyun-main', 'stale'],
      ['old-accounts', 'stale'],
      ['mistyped-key', 'failing'],
      ['tavily-search', 'failing'],
      ['billing', 'mail'],
      ['example.com', 'due'],
    ],
  );
  t.deepEqual(countByStanding(view.accounts), [
    ['empty', 1],
    ['low', 2],
    ['over_budget', 1],
    ['stale', 1],
    ['failing', 2],
    ['unchecked', 1],
    ['fine', 4],
  ]);
  t.is(view.lastAccountCheckAt, testNow - minute);
  t.is(view.lastMailboxScanAt, testNow - 5 * minute);
});

test('accounts are by name, with numbers as numbers and Chinese by sound; renewals by date, overdue ones first', (t) => {
  const accounts = ['team-10', 'Team-2', '张三', '李四', 'alpha'].map((name) => accountState({ name }));
  const subscriptions = [
    subscription({ name: 'later', paidThrough: '2026-11-17' }),
    subscription({ name: 'ended', ends: '2026-11-01' }),
    subscription({ name: 'overdue', paidThrough: '2026-10-17' }),
    subscription({ name: 'last', ends: '2026-12-01', paidThrough: '2026-11-17' }),
  ];
  const view = statusView(snapshot({ accounts, subscriptions }), testNow);
  t.deepEqual(
    view.accounts.map(({ name }) => name),
    ['李四', '张三', 'alpha', 'Team-2', 'team-10'],
  );
  t.deepEqual(
    view.renewals.map(({ name }) => name),
    ['overdue', 'later', 'last'],
  );
});

test('accounts that come, go or change their order are found in the next view', (t) => {
  const names = (...given: string[]) =>
    statusView(snapshot({ accounts: given.map((name) => accountState({ name })) }), testNow).accounts.map(
      ({ name }) => name,
    );
  t.deepEqual(names('b', 'a'), ['a', 'b']);
  t.deepEqual(names('a', 'b'), ['a', 'b']);
  t.deepEqual(names('c', 'b', 'a'), ['a', 'b', 'c']);
  t.deepEqual(names('c'), ['c']);
  t.deepEqual(names(), []);
});

test('the same rows in the same order still show what is new of them', (t) => {
  const view = (value: number) =>
    statusView(
      snapshot({
        accounts: [
          accountState({ name: 'b', threshold: 5 }, { readings: [balance(value)] }),
          accountState({ name: 'a' }),
        ],
      }),
      testNow,
    ).attention.map(({ name }) => name);
  t.deepEqual(view(6), []);
  t.deepEqual(view(4), ['b']);
});

test('the state of the account file is passed on', (t) => {
  const config = configState({
    lastReloadSuccessful: false,
    errors: ['x.yaml:1:1: accounts: expected a list'],
  });
  const view = statusView(snapshot({ config }), testNow);
  t.is(view.config, config);
  t.is(view.attentionCount, 1);
});
