import test from 'ava';
import { faultsOf, read } from '../../../support/json-account.ts';

/** Items that count for some time only, wallets of one currency, and the time that a vendor gives for its figures. */

const packs = {
  items: 'packs',
  values: [
    { type: 'credits', expr: 'left', unit: 'sms', reduce: 'sum', valid: { from: 'begins', until: 'ends' } },
  ],
};
const pack = (left: number, begins: string | undefined, ends: string | undefined) => ({ left, begins, ends });

test('a pack counts between its two times, and nothing of it is left before and after', async (t) => {
  const document = {
    packs: [
      pack(7, '2026-01-01', '2027-01-01'),
      pack(100, '2026-01-01', '2026-02-01'),
      pack(1000, '2126-01-01', '2127-01-01'),
    ],
  };
  t.deepEqual(await read(packs, document), [{ kind: 'balance', type: 'credits', unit: 'sms', value: 7 }]);
});

test('a pack that does not say when it ends is a failure, and so is one whose figure is missing though it ended', async (t) => {
  t.is(await read(packs, { packs: [pack(7, '2026-01-01', undefined)] }), 'schema: ends: expected a time');
  t.is(await read(packs, { packs: [pack(7, '2026-01-01', 'never')] }), 'schema: ends: expected a time');
  t.regex(
    String(await read(packs, { packs: [{ begins: '2026-01-01', ends: '2026-02-01' }] })),
    /^schema: left: expected a number/,
  );
});

test('wallets of one currency are two readings, and their names are known ones', async (t) => {
  const value = (expr: string, more = {}) => ({ type: 'balance', expr, unit: 'CNY', ...more });
  const document = { cash: 3, gift: 5 };
  t.deepEqual(
    await read({ values: [value('cash', { wallet: 'cash' }), value('gift', { wallet: 'gift' })] }, document),
    [
      { kind: 'balance', type: 'balance', unit: 'CNY', wallet: 'cash', value: 3 },
      { kind: 'balance', type: 'balance', unit: 'CNY', wallet: 'gift', value: 5 },
    ],
  );
  t.regex(
    String(faultsOf({ url: 'https://vendor.example/', values: [value('cash', { wallet: 'purse' })] })),
    /wallet/,
  );
});

const dated = { values: [{ type: 'balance', expr: 'left', unit: 'USD' }], as_of: 'at' };
const figure = { kind: 'balance', type: 'balance', unit: 'USD', value: 4 } as const;

test('the time of a figure is read with it, and one that is absent or not over dates nothing', async (t) => {
  t.deepEqual(await read(dated, { left: 4, at: '2026-01-01T00:00:00Z' }), [{ ...figure, asOf: 1767225600 }]);
  for (const at of [undefined, null, '', '2126-01-01T00:00:00Z']) {
    t.deepEqual(await read(dated, { left: 4, at }), [figure]);
  }
  t.is(await read(dated, { left: 4, at: 'yesterday' }), 'schema: at: expected a time');
});
