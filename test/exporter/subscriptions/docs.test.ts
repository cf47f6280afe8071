import { readFileSync } from 'node:fs';
import test from 'ava';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import { runRenewals } from '../../../exporter/commands/renewals.ts';
import { answersFor } from '../../../exporter/subscriptions/answers.ts';
import { markPaid } from '../../../exporter/subscriptions/mark.ts';
import { day, noon, subscription } from './support.ts';

/** docs/renewals.md says only what is so. */

const page = readFileSync(new URL('../../../docs/renewals.md', import.meta.url), 'utf8');
const file = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
const now = noon('2026-11-22');

/** The lines between `$ command` and the end of its block. */
function shown(command: string): readonly string[] {
  const block = page.split(`$ ${command}\n`)[1]?.split('```')[0] ?? '';
  return block.split('\n').filter((line) => line !== '' && line !== '...');
}

test('the example is a valid account file, and its renewals are the ones shown', (t) => {
  const loaded = loadAccountFile({ file: 'example', text: file, resolveSecret: () => undefined, now });
  if (!loaded.ok) {
    t.deepEqual(loaded.problems, []);
    return;
  }
  let table = '';
  const { subscriptions } = loaded.config;
  runRenewals({ subscriptions, now, format: 'table', write: (text) => (table += text) });
  const lines = table.split('\n');
  for (const line of shown('balance-alert renewals')) t.true(lines.includes(line), line);
  t.is(shown('balance-alert renewals').length, 7);
});

test('the renewal that is marked, and the one after it, are the ones shown', (t) => {
  const mark = { text: file, file: 'balance-alert.yaml', name: 'Cursor Team', now };
  const result = markPaid({ ...mark, date: undefined });
  t.is(result.outcome, 'marked');
  if (result.outcome !== 'marked') return;
  const answers = answersFor(result.subscription, day('2026-11-22'));
  t.is(
    shown('balance-alert renewed "Cursor Team"')[0],
    `Cursor Team: the renewal of ${result.paid} is paid (paid_through in balance-alert.yaml).`,
  );
  t.is(shown('balance-alert renewed "Cursor Team"')[1], `Next: ${answers?.next}, in ${answers?.days} days.`);
  const [, later] = /renewed "Cursor Team" (\d{4}-\d{2}-\d{2})/.exec(page) ?? [];
  t.is(markPaid({ ...mark, date: later }).outcome, 'marked');
});

test('the payments and the days of the tables are correct', (t) => {
  const months = ['January', 'February'];
  const payments = [...page.matchAll(/^\| (\d{4}-\d{2}-\d{2}) \| (\d+) (\w+) \|/gm)];
  t.is(payments.length, 4);
  for (const [, paidOn, date, month] of payments) {
    const { paidThrough } = subscription({ cycle: 'monthly', day: 17, last_renewed: paidOn });
    t.is(paidThrough, `2026-0${months.indexOf(month ?? '') + 1}-${date}`);
  }
  const config = subscription({ cycle: 'monthly', day: 17, paid_through: '2026-01-17' });
  const days = [...page.matchAll(/^\| (\d+) (\w+) \| (\d+) \| (-?\d) \| (\d) \|/gm)];
  t.is(days.length, 5);
  for (const [, date, month, left, status, overdue] of days) {
    const answers = answersFor(config, day(`2026-0${months.indexOf(month ?? '') + 1}-${date}`));
    t.is(answers?.days, Number(left));
    t.is(String(answers?.status), status ?? '');
    t.is(answers?.overdueSince === undefined ? 0 : 1, Number(overdue));
  }
});
