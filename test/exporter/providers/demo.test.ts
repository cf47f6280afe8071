import test from 'ava';
import fc from 'fast-check';
import { balanceAt, usedBetween } from '../../../exporter/providers/demo/curve.ts';
import { demo } from '../../../exporter/providers/demo/index.ts';
import { demoOptionsSchema } from '../../../exporter/providers/demo/schema.ts';
import type { HttpClient } from '../../../exporter/providers/http.ts';
import { CheckError, failureReasons } from '../../../exporter/readings/check-error.ts';
import type { Reading } from '../../../exporter/readings/reading.ts';

const noHttp: HttpClient = {
  request: () => Promise.reject(new Error('the demo asks nobody')),
  json: () => Promise.reject(new Error('the demo asks nobody')),
};

function check(options: unknown, at: string): Promise<readonly Reading[]> {
  return demo.check({
    options: demoOptionsSchema.parse(options),
    http: noHttp,
    now: () => new Date(at),
  });
}

const curves = fc.record({
  full: fc.double({ min: 10, max: 1e6, noNaN: true }),
  perDay: fc.double({ min: 0.5, max: 1e4, noNaN: true }),
  topUpBelow: fc.double({ min: 0, max: 0.9, noNaN: true }),
  seed: fc.nat(50),
});
const moments = fc.integer({ min: 1_700_000_000, max: 1_900_000_000 });

test('a balance is never below its floor nor above what a top-up brings', (t) => {
  fc.assert(
    fc.property(curves, moments, (curve, at) => {
      const value = balanceAt(curve, at);
      t.true(value <= curve.full + 0.01 && value >= curve.full * curve.topUpBelow - 0.01);
    }),
  );
});

test('what is used only grows with time', (t) => {
  fc.assert(
    fc.property(curves, moments, fc.integer({ min: 60, max: 864_000 }), (curve, at, later) => {
      t.true(usedBetween(curve, at, at + later) >= 0);
      t.true(usedBetween(curve, at, at + later) <= usedBetween(curve, at, at + 2 * later));
    }),
  );
});

test('five working days and a weekend use six days’ worth', (t) => {
  const curve = { full: 1e9, perDay: 100, topUpBelow: 0, seed: 0 };
  const monday = Date.UTC(2026, 10, 23) / 1000;
  t.is(usedBetween(curve, monday, monday + 7 * 86_400), 600);
  t.is(usedBetween(curve, monday, monday + 86_400), 100);
  t.is(usedBetween(curve, monday + 5 * 86_400, monday + 6 * 86_400), 50);
});

test('the same moment gives the same answer', async (t) => {
  const options = { type: 'credits', full: 500, per_day: 60, also: { CNY: 7.1 } };
  const [first, second] = await check(options, '2026-11-24T08:20:00Z');
  t.deepEqual([first, second], await check(options, '2026-11-24T08:20:00Z'));
  t.deepEqual([first?.unit, second?.unit], ['USD', 'CNY']);
  t.is(second?.value, Math.round((first?.value ?? 0) * 7.1 * 100) / 100);
});

test('a quota begins anew with the month', async (t) => {
  const options = { type: 'quota', unit: 'requests', full: 1000, per_day: 20 };
  const [reading] = await check(options, '2026-12-01T00:00:00Z');
  t.deepEqual(reading, {
    kind: 'balance',
    type: 'quota',
    unit: 'requests',
    window: 'month',
    value: 1000,
    limit: 1000,
    resetAt: Date.UTC(2027, 0, 1) / 1000,
  });
});

test('a spend grows from the first of the month', async (t) => {
  const [start] = await check({ type: 'spend' }, '2026-12-01T00:00:00Z');
  const [later] = await check({ type: 'spend' }, '2026-12-03T00:00:00Z');
  t.deepEqual([start?.kind, start?.value], ['spend', 0]);
  t.is(later?.value, 80);
});

test('a period of billing begins on its day of the month, over the turn of the year too', async (t) => {
  const options = { type: 'spend', per_day: 40, billing_day: 15 };
  const [before] = await check(options, '2026-01-14T23:59:59Z');
  const [after] = await check(options, '2026-01-15T00:00:00Z');
  t.deepEqual(before?.kind === 'spend' && [before.periodStart, before.periodEnd], [
    Date.UTC(2025, 11, 15) / 1000,
    Date.UTC(2026, 0, 15) / 1000,
  ]);
  t.deepEqual(after?.kind === 'spend' && [after.value, after.periodStart, after.periodEnd], [
    0,
    Date.UTC(2026, 0, 15) / 1000,
    Date.UTC(2026, 1, 15) / 1000,
  ]);
});

test('an account with as much debt as a top-up brings is used up at any moment', (t) => {
  fc.assert(
    fc.property(curves, moments, (curve, at) => {
      t.true(balanceAt({ ...curve, debt: curve.full }, at) <= 0.01);
    }),
  );
});

test('the failing account goes through all reasons in turn', async (t) => {
  const seen: string[] = [];
  for (let turn = 0; turn < failureReasons.length; turn += 1) {
    const at = new Date(Date.UTC(2026, 10, 24) + turn * 600_000).toISOString();
    const error = await t.throwsAsync(check({ fail: 'each' }, at), { instanceOf: CheckError });
    seen.push(error?.reason ?? '');
  }
  t.deepEqual(seen.toSorted(), failureReasons.toSorted());
});

test('an account can fail by one reason for good', async (t) => {
  const error = await t.throwsAsync(check({ fail: 'tls' }, '2026-11-24T00:00:00Z'), {
    instanceOf: CheckError,
  });
  t.is(error?.reason, 'tls');
});
