import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { PaidLinks } from '../../../../exporter/web/access/paid-links.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-paid-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const silent = { info: () => undefined, error: () => undefined };
const key = 'k'.repeat(40);
const now = Date.UTC(2026, 10, 28, 9);
const day = 86_400_000;

function links(keys: string, name = 'key') {
  const file = join(folder, name);
  writeFileSync(file, keys);
  return { file, links: new PaidLinks(file, 'https://ops.example/balances/', silent) };
}

test('a link names one renewal, and is the same all day', (t) => {
  const { links: one } = links(`${key}\n`);
  const renewal = { name: 'Cursor & Co ½ <b>', date: '2026-11-30' };
  const url = one.url(renewal, now);
  t.true(url.startsWith('https://ops.example/balances/renewals/paid?name=Cursor+%26+Co+'));
  t.deepEqual(one.verify(new URL(url).searchParams, now), { ok: true, ...renewal });
  t.is(one.url(renewal, now + day / 2), url);
  t.false(url.includes(key));
});

test('nothing of a link can be changed, left out or said twice', (t) => {
  const { links: one } = links(`${key}\n`);
  const query = one.query({ name: 'Domain', date: '2026-11-30' }, now);
  for (const [field, value] of [
    ['name', 'Other'],
    ['date', '2026-12-30'],
    ['expires', '99999999999'],
    ['signature', ''],
    ['signature', 'A'.repeat(43)],
  ] as const) {
    const changed = new URLSearchParams(query);
    changed.set(field, value);
    t.deepEqual(one.verify(changed, now), { ok: false, why: 'wrong' }, field);
    const without = new URLSearchParams(query);
    without.delete(field);
    t.deepEqual(one.verify(without, now), { ok: false, why: 'wrong' }, `without ${field}`);
    const twice = new URLSearchParams(query);
    twice.append(field, twice.get(field) ?? '');
    t.deepEqual(one.verify(twice, now), { ok: false, why: 'wrong' }, `${field} twice`);
  }
});

test('a link works until 30 days after the renewal, or after it was made', (t) => {
  const { links: one } = links(`${key}\n`);
  for (const [date, lastDay] of [
    ['2026-11-30', Date.UTC(2026, 11, 30)],
    ['2026-01-15', Date.UTC(2026, 11, 28)],
  ] as const) {
    const query = new URLSearchParams(one.query({ name: 'Domain', date }, now));
    t.true(one.verify(query, lastDay - 1).ok, date);
    t.deepEqual(one.verify(query, lastDay), { ok: false, why: 'expired' }, date);
  }
});

test('a new key signs, the one before it still verifies while it is in the file, and another one never does', (t) => {
  const { file, links: one } = links(`${key}\n`, 'rotated');
  const query = new URLSearchParams(one.query({ name: 'Domain', date: '2026-11-30' }, now));
  writeFileSync(file, `${'n'.repeat(40)}\n${key}\n`);
  one.reload();
  t.true(one.verify(query, now).ok);
  t.not(one.query({ name: 'Domain', date: '2026-11-30' }, now), query.toString());
  writeFileSync(file, 'short\n');
  one.reload();
  t.true(one.verify(query, now).ok);
  writeFileSync(file, `${'n'.repeat(40)}\n`);
  one.reload();
  t.deepEqual(one.verify(query, now), { ok: false, why: 'wrong' });
});

test('a file without a usable key is named without anything that is in it', (t) => {
  for (const [keys, expected] of [
    ['', /expected a key of the links that mark renewals as paid, got an empty file$/],
    ['secret-but-short\n', /:1: expected 32 to 512 letters/],
  ] as const) {
    const error = t.throws(() => links(keys, 'wrong'), { message: expected });
    t.false(error.message.includes('secret-but-short'));
  }
});
