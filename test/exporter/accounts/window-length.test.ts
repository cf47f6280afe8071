import test from 'ava';
import { windowSeconds } from '../../../exporter/accounts/window-length.ts';
import { balance } from '../../support/snapshots.ts';

const day = 86_400;
const at = (time: string) => Date.parse(time) / 1000;
const lengthOf = (window: string | undefined, resetAt?: number) =>
  windowSeconds(
    balance(1, {
      type: 'quota',
      ...(window === undefined ? {} : { window }),
      ...(resetAt === undefined ? {} : { resetAt }),
    }),
  );

for (const [window, seconds] of [
  ['5h', 5 * 3600],
  ['30d', 30 * day],
  ['hour', 3600],
  ['day', day],
  ['week', 7 * day],
] as const) {
  test(`a window that is named by its length is so long: ${window}`, (t) => {
    t.is(lengthOf(window), seconds);
  });
}

for (const [reset, days] of [
  ['2026-12-01T00:00:00Z', 30],
  ['2026-03-01T00:00:00Z', 28],
  ['2024-03-01T00:00:00Z', 29],
  ['2027-01-15T08:30:00Z', 31],
  ['2026-12-31T00:00:00Z', 31],
  ['2026-03-31T00:00:00Z', 31],
  ['2026-05-31T12:00:00Z', 31],
] as const) {
  test(`a month is the one that ends with the reset: ${reset}`, (t) => {
    t.is(lengthOf('month', at(reset)), days * day);
  });
}

test('nothing is guessed: no name, a name that is no length, and a month without its end', (t) => {
  t.deepEqual(
    [lengthOf(undefined, at('2026-12-01T00:00:00Z')), lengthOf('budget'), lengthOf('key'), lengthOf('month')],
    [undefined, undefined, undefined, undefined],
  );
});
