import test from 'ava';
import fc from 'fast-check';
import type { AccountState } from '../../../../exporter/accounts/state.ts';
import { createTextRenderer } from '../../../../exporter/web/metrics/text.ts';
import {
  accountState,
  balance,
  mailboxState,
  minute,
  snapshot,
  subscription,
  testNow,
  untried,
} from '../../../support/snapshots.ts';

type Step = (accounts: readonly AccountState[], now: number) => readonly [readonly AccountState[], number];

const stateOf = (name: string, value: number, checkedAt: number): AccountState =>
  accountState(
    { name, maxAgeSeconds: 600 },
    { readings: [balance(value)], lastCheckAtMs: checkedAt, lastSuccessAtMs: checkedAt },
  );

const place = fc.nat({ max: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(place, fc.integer({ min: -5, max: 2000 })).map(
    ([index, value]): Step =>
      (accounts, now) => [
        accounts.map((state, at) => (at === index ? stateOf(state.account.name, value, now) : state)),
        now,
      ],
  ),
  place.map(
    (index): Step =>
      (accounts, now) => [accounts.filter((_, at) => at !== index), now],
  ),
  fc.tuple(place, fc.constantFrom('new', 'n\u00e4her', '"x"', '\u4f59\u989d')).map(
    ([index, name]): Step =>
      (accounts, now) => [
        accounts.some(({ account }) => account.name === name)
          ? accounts
          : accounts.toSpliced(index, 0, accountState({ name }, untried)),
        now,
      ],
  ),
  // Back as well, so that a reading that had expired is served again.
  fc.integer({ min: -15, max: 15 }).map(
    (minutes): Step =>
      (accounts, now) => [accounts, now + minutes * minute],
  ),
);

const textOf = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString();

test('whatever changed since the text before, a text is that of a renderer that keeps nothing', (t) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const render = createTextRenderer();
      let now = testNow;
      let accounts: readonly AccountState[] = Array.from({ length: 9 }, (_, index) =>
        stateOf(`account-${index}`, index, testNow - index * minute),
      );
      for (const next of [(...same: Parameters<Step>) => same, ...steps]) {
        [accounts, now] = next(accounts, now);
        const shown = snapshot({ accounts, mailboxes: [mailboxState()], subscriptions: [subscription()] });
        const kept = render(shown, now);
        const anew = createTextRenderer()(shown, now);
        t.is(textOf(kept.parts), textOf(anew.parts));
        t.is(kept.validUntil, anew.validUntil);
      }
    }),
    { numRuns: 300 },
  );
});

test('a text after one check is made of the same bytes but for metrics of which a line changed', (t) => {
  const render = createTextRenderer();
  const accounts = Array.from({ length: 50 }, (_, index) => stateOf(`account-${index}`, index, testNow));
  const before = render(snapshot({ accounts }), testNow).parts;
  const changed = accounts.with(20, stateOf('account-20', 7.5, testNow));
  const after = render(snapshot({ accounts: changed }), testNow).parts;
  const others = after.filter((part) => !before.includes(part)).map((part) => part.toString().split(' ')[2]);
  t.deepEqual(others, ['balance_alert_balance']);
});

test('a long metric is sent in several parts, under one header', (t) => {
  const accounts = Array.from({ length: 2000 }, (_, index) => stateOf(`account-${index}`, index, testNow));
  const { parts } = createTextRenderer()(snapshot({ accounts }), testNow);
  const ofBalances = parts.filter((part) => part.includes('\nbalance_alert_balance{'));
  t.true(ofBalances.length > 1);
  const text = textOf(parts);
  t.is(text.match(/^# TYPE balance_alert_balance /gm)?.length, 1);
  t.is(text.match(/^balance_alert_balance\{/gm)?.length, 2000);
});
