import test from 'ava';
import { faultsOf, read } from '../../../support/json-account.ts';

/** What is read as a number, and what is refused instead of being read wrongly. */

const left = { values: [{ type: 'balance', expr: 'left', unit: 'USD' }] };

const numbers: readonly (readonly [unknown, number])[] = [
  ['7', 7],
  [' 1,234,567.80 ', 1_234_567.8],
  ['+3.5', 3.5],
  ['-0.25', -0.25],
  ['−12', -12],
  ['- 4', -4],
  ['1.2e3', 1200],
  ['5E-2', 0.05],
  ['.75', 0.75],
  [1e-7, 1e-7],
];
for (const [text, value] of numbers) {
  test(`${JSON.stringify(text)} is a number`, async (t) => {
    t.deepEqual(await read(left, { left: text }), [{ kind: 'balance', type: 'balance', unit: 'USD', value }]);
  });
}

for (const text of [
  '',
  '   ',
  '1,23',
  '12,50',
  '1.234,50',
  '0x10',
  'Infinity',
  'NaN',
  '1e9999',
  '1_000',
  'e5',
  '-',
  '.',
  '5 USD',
  '1 234',
]) {
  test(`${JSON.stringify(text)} is not a number and gives no reading`, async (t) => {
    t.is(await read(left, { left: text }), 'schema: left: expected a number, got other text');
  });
}

const sentence = (regex: string) => ({
  values: [{ type: 'credits', expr: 'msg', regex, unit: 'points' }],
});

for (const [msg, value] of [
  ['You have 4821 points.', 4821],
  ['Left: 1,204.50.', 1204.5],
  ['4821', 4821],
  ['余额：320，请及时充值', 320],
  ['left 12, used 8', 12],
] as const) {
  test(`a pattern takes the whole number of ${JSON.stringify(msg)}`, async (t) => {
    t.deepEqual(await read(sentence('(\\d[\\d,]*(?:\\.\\d+)?)'), { msg }), [
      { kind: 'balance', type: 'credits', unit: 'points', value },
    ]);
  });
}

const cuts: readonly (readonly [string, string, string])[] = [
  ['thousands', '(\\d+)', 'left 9,810 points'],
  ['the digits before', '\\d(\\d\\d)', 'left 9810'],
  ['the fraction', '(\\d+)', 'left 12.50'],
  ['what follows its own comma', '(\\d,)', 'left 1,234'],
  ['the whole part', '\\.(\\d+)', 'left 12.50'],
  ['the minus sign', '(\\d+)', 'left -5'],
  ['a typographic minus sign', '(\\d+)', 'left −5'],
  ['a minus sign before the currency', '(\\d+\\.\\d+)', 'left -$5.00'],
  ['a minus sign after the number', '(\\d+)', 'left 5-'],
  ['the exponent', '(\\d+)', 'left 1e6'],
  ['thousands behind a narrow blank', '(\\d+)', 'left 12\u202f345'],
  ['thousands behind a plain blank', '([\\d,.]+)', '1 234,50 USD left'],
  ['the millions before a plain blank', '(\\d+) points', '2 345 678 points'],
  ['parentheses that mean a negative amount', '([\\d.]+)', '($12.34)'],
];
for (const [what, regex, msg] of cuts) {
  test(`a pattern that cuts ${what} off is refused`, async (t) => {
    t.is(
      await read(sentence(regex), { msg }),
      'schema: msg: the group of regex captures only part of a number',
    );
  });
}

for (const msg of [
  'on 2026-11-27 100 points left',
  'at 08:27 100 points left',
  'id 8 2027 100 points left',
  'left (100 points)',
]) {
  test(`a figure that only looks like a part of another is read: ${msg}`, async (t) => {
    t.deepEqual(await read(sentence('(100)'), { msg }), [
      { kind: 'balance', type: 'credits', unit: 'points', value: 100 },
    ]);
  });
}

test('a pattern over two thousand items is matched in one go, and takes less than a second of the processor', async (t) => {
  const rows = Array.from({ length: 2000 }, (_, index) => ({ text: `row ${index}: 2 points left` }));
  const before = process.cpuUsage();
  const outcome = await read(
    {
      items: 'rows',
      values: [{ type: 'credits', expr: 'text', regex: ': (\\d+)', unit: 'points', reduce: 'sum' }],
    },
    { rows },
  );
  const { user, system } = process.cpuUsage(before);
  t.deepEqual(outcome, [{ kind: 'balance', type: 'credits', unit: 'points', value: 4000 }]);
  // A context of its own for each item took seconds. Processor time, since a loaded machine takes longer by the clock.
  t.true(user + system < 1_000_000, `${user + system} µs`);
});

test('minor units follow the currency', async (t) => {
  const rows = [
    { amount: 512_300, currency: 'usd' },
    { amount: 90_210, currency: 'jpy' },
    { amount: 1_500, currency: 'KWD' },
    { amount: -4_550, currency: 'eur' },
    { amount: 70_000, currency: 'huf' },
  ];
  const values = [{ type: 'merchant', expr: 'amount', minor_units: true, unit: { expr: 'currency' } }];
  const merchant = (unit: string, value: number) => ({ kind: 'balance', type: 'merchant', unit, value });
  t.deepEqual(await read({ items: 'rows', values }, { rows }), [
    merchant('USD', 5123),
    merchant('JPY', 90_210),
    merchant('KWD', 1.5),
    merchant('EUR', -45.5),
    merchant('HUF', 700),
  ]);
  t.is(
    await read({ items: 'rows', values }, { rows: [{ amount: 1, currency: 'points' }] }),
    'config: amount: minor_units requires a currency, but the unit is points',
  );
});

test('minor units with the sign the other way round', async (t) => {
  const values = [{ type: 'balance', expr: 'owed', scale: -1, minor_units: true, unit: 'USD' }];
  t.deepEqual(await read({ values }, { owed: -1850 }), [
    { kind: 'balance', type: 'balance', unit: 'USD', value: 18.5 },
  ]);
});

test('a currency is written in capitals, another unit as it is', async (t) => {
  const values = [{ type: 'credits', expr: 'left', unit: { expr: 'unit' } }];
  for (const [unit, shown] of [
    ['cny', 'CNY'],
    ['Usd', 'USD'],
    ['diem', 'diem'],
    ['sms', 'sms'],
  ]) {
    t.deepEqual(await read({ values }, { left: 1, unit }), [
      { kind: 'balance', type: 'credits', unit: shown, value: 1 },
    ]);
  }
});

test('where a currency is asked for, another word is a failure', async (t) => {
  const values = [{ type: 'balance', expr: 'left', unit: { expr: 'unit', currency: true } }];
  t.is(
    await read({ values }, { left: 1, unit: 'plenty' }),
    'schema: unit: expected a currency code of ISO 4217',
  );
  t.deepEqual(await read({ values }, { left: 1, unit: 'eur' }), [
    { kind: 'balance', type: 'balance', unit: 'EUR', value: 1 },
  ]);
});

const plan = {
  values: [
    {
      type: 'quota',
      expr: 'left',
      limit: 'size',
      unit: 'requests',
      window: 'month',
      unlimited: { expr: 'size', equals: [-1, null] },
    },
  ],
};
const unlimited = [{ kind: 'unlimited', type: 'quota', unit: 'requests', window: 'month' }];

test('"no limit" is a reading without a figure', async (t) => {
  t.deepEqual(await read(plan, { left: 2_147_483_647, size: -1 }), unlimited);
  t.deepEqual(await read(plan, { left: 0, size: null }), unlimited);
  t.deepEqual(await read(plan, { left: 3, size: 10 }), [
    { kind: 'balance', type: 'quota', unit: 'requests', window: 'month', value: 3, limit: 10 },
  ]);
});

test('a missing field does not mean "no limit"', async (t) => {
  t.is(await read(plan, {}), 'schema: left: expected a number, got nothing');
});

test('null as "no limit" needs a path whose field can be looked for', (t) => {
  const values = [{ type: 'quota', expr: 'a', unit: 'x', unlimited: { expr: 'rows[0].size', equals: null } }];
  t.deepEqual(faultsOf({ values }), [
    'values.0.unlimited.expr: expected a plain path such as data.limit where equals has null',
  ]);
});

for (const sentinel of [2_147_483_647, 4_294_967_295, 9_007_199_254_740_991, '9223372036854775807']) {
  test(`${sentinel} is never shown as what is left`, async (t) => {
    const outcome = await read(left, { left: sentinel });
    t.regex(String(outcome), /^schema: left: \d+ looks like "no limit"/);
  });
}

test('nothing is calculated with a number that means "no limit"', async (t) => {
  const answer = { size: 2_147_483_647, used: 20, items: [{ n: 5 }, { n: 4_294_967_295 }] };
  for (const value of [
    { expr: 'size', subtract: 'used' },
    { expr: 'used', subtract: 'size' },
    { expr: 'size - used' },
    { expr: 'sum(items[*].n)' },
  ]) {
    for (const type of ['balance', 'quota', 'spend']) {
      const outcome = await read({ values: [{ type, unit: 'USD', ...value }] }, answer);
      t.regex(
        String(outcome),
        /^schema: .*(2147483647|4294967295), which looks like the vendor's word for "no limit"/,
      );
    }
  }
  const said = {
    type: 'quota',
    expr: 'size - used',
    unit: 'USD',
    unlimited: { expr: 'size', equals: 2_147_483_647 },
  };
  t.deepEqual(await read({ values: [said] }, answer), [{ kind: 'unlimited', type: 'quota', unit: 'USD' }]);
});

test('-1 of a quota, and a size below 0, are never shown', async (t) => {
  const values = [{ type: 'quota', expr: 'left', limit: 'size', unit: 'requests' }];
  t.regex(String(await read({ values }, { left: -1, size: 5 })), /looks like "no limit"/);
  t.regex(String(await read({ values }, { left: 4, size: -1 })), /^schema: size: -1 is not a valid size/);
  t.deepEqual(await read(left, { left: -1 }), [{ kind: 'balance', type: 'balance', unit: 'USD', value: -1 }]);
});

test('an empty list of costs is a spend of 0, and an empty list of wallets a failure', async (t) => {
  const month = {
    period: 'month',
    periodStart: Date.UTC(2026, 10) / 1000,
    periodEnd: Date.UTC(2026, 11) / 1000,
  };
  const costs = (unit: unknown) => ({
    items: 'costs',
    values: [{ type: 'spend', expr: 'cost', unit, reduce: 'sum' }],
  });
  const nothing = [{ kind: 'spend', unit: 'USD', value: 0, ...month }];
  t.deepEqual(await read(costs('USD'), { costs: [] }), nothing);
  t.deepEqual(await read(costs({ expr: 'currency', default: 'usd' }), { costs: [] }), nothing);
  t.regex(
    String(await read(costs({ expr: 'currency' }), { costs: [] })),
    /^schema: the list of costs is empty, so the unit is unknown/,
  );
  t.is(await read(costs('USD'), {}), 'schema: costs: expected a list');
  t.is(
    await read({ items: 'wallets', ...left }, { wallets: [] }),
    'schema: the answer has none of the configured values',
  );
});
