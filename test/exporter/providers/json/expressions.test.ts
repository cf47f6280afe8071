import test from 'ava';
import { faultsOf, read } from '../../../support/json-account.ts';

/** Where the library, the published rules of JMESPath and this program differ. docs/providers.md has the same list. */

const of = (expr: string, type = 'balance') => ({ values: [{ type, expr, unit: 'USD' }] });

async function figureOf(expr: string, body: unknown, type?: string): Promise<number | string | undefined> {
  const outcome = await read(of(expr, type), body);
  return typeof outcome === 'string' ? outcome : outcome[0]?.value;
}

for (const blank of ['', '  ', null]) {
  test(`to_number of ${JSON.stringify(blank)} is a failure, not 0`, async (t) => {
    t.is(
      await figureOf('to_number(left)', { left: blank }),
      'schema: to_number(left): expected a number, got nothing',
    );
    t.is(
      await figureOf('sum([to_number(a), to_number(b)])', { a: '1', b: blank }),
      'schema: sum([to_number(a), to_number(b)]): expected a number, got nothing',
    );
    t.is(
      await figureOf('sum([a, b])', { a: 1, b: blank }),
      'schema: sum([a, b]): expected a number, got nothing',
    );
    t.is(
      await figureOf('sum(rows[].cost)', { rows: [{ cost: 1 }, { cost: blank }] }),
      'schema: sum(rows[].cost): expected a number, got nothing',
    );
    t.is(
      await figureOf('sum(rows[].to_number(cost))', { rows: [{ cost: '1' }, { cost: blank }] }),
      'schema: sum(rows[].to_number(cost)): expected a number, got nothing',
    );
  });
}

test('to_number of other text is a failure, where the published rules give null, which lists drop', async (t) => {
  const failure = (expr: string) => `schema: ${expr}: the answer is not of the shape that it needs`;
  t.is(await figureOf('to_number(left)', { left: '0x10' }), failure('to_number(left)'));
  t.is(await figureOf('to_number(left)', { left: 'none' }), failure('to_number(left)'));
  t.is(
    await figureOf('sum(rows[].to_number(cost))', { rows: [{ cost: '1' }, { cost: 'n/a' }] }),
    failure('sum(rows[].to_number(cost))'),
  );
});

test('sum misses nothing: an item without the field is a failure, where a list would drop it', async (t) => {
  const body = { rows: [{ cost: 1 }, {}, { cost: 2 }] };
  t.is(await figureOf('sum(rows[].cost)', body), 'schema: sum(rows[].cost): expected a number, got nothing');
  t.is(
    await figureOf('sum(rows[*].cost)', body),
    'schema: sum(rows[*].cost): expected a number, got nothing',
  );
  t.is(
    await figureOf('sum(rows[?paid].cost)', { rows: [{ paid: true }, { paid: false, cost: 3 }] }),
    'schema: sum(rows[?paid].cost): expected a number, got nothing',
  );
  t.is(await figureOf('sum(rows[?cost].cost)', body), 3);
});

test('sum reads amounts in texts, as everything here does', async (t) => {
  t.is(await figureOf('sum(rows[].cost)', { rows: [{ cost: '1,000.5' }, { cost: 2 }] }), 1002.5);
});

test('an empty sum is a failure for a balance, and 0 for a spend', async (t) => {
  t.is(
    await figureOf('sum(rows[].cost)', { rows: [] }),
    'schema: sum(rows[].cost): expected a number, got nothing',
  );
  t.is(await figureOf('sum(rows[].cost)', { rows: [] }, 'spend'), 0);
  t.is(
    await figureOf('sum(rows[].cost)', {}, 'spend'),
    'schema: sum(rows[].cost): expected a number, got nothing',
  );
});

test('a value that may be missing is left out where a function of it misses its figure', async (t) => {
  const values = [
    { type: 'balance', expr: 'cash', unit: 'USD' },
    { type: 'credits', expr: 'to_number(gift)', unit: 'USD', optional: true },
  ];
  t.deepEqual(await read({ values }, { cash: 1, gift: '' }), [
    { kind: 'balance', type: 'balance', unit: 'USD', value: 1 },
  ]);
});

test('arithmetic is there beside the published rules', async (t) => {
  t.is(await figureOf('bought - used / `100`', { bought: 20, used: 150 }), 18.5);
  t.is(await figureOf('(suspended && `0`) || left', { suspended: true, left: 5 }), 0);
  t.is(await figureOf('(suspended && `0`) || left', { suspended: false, left: 5 }), 5);
  t.regex(String(await figureOf('a - b', { a: 1 })), /^schema: a - b: /);
  t.regex(String(await figureOf('a / b', { a: 1, b: 0 })), /^schema: a \/ b: /);
});

test('from_json reads a document inside a text', async (t) => {
  t.is(await figureOf('from_json(data).left', { data: '{"left":"88.10"}' }), 88.1);
  t.is(
    await figureOf('from_json(data).left', { data: 'no' }),
    'schema: from_json(data).left: the answer is not of the shape that it needs',
  );
  t.regex(String(await figureOf('from_json(data).left', {})), /^schema: /);
});

test('a word in backticks needs its quotes, and an unknown function is found when the file is read', (t) => {
  t.regex(faultsOf(of('[?a==`x`]'))[0] ?? '', /^values\.0\.expr: expected a JMESPath expression: /);
  t.deepEqual(faultsOf(of('total(rows)')), [
    'values.0.expr: expected a JMESPath expression: unknown function total()',
  ]);
});

test('an expression nested a thousand times over is refused, not a crash', (t) => {
  t.is(faultsOf(of(`${'('.repeat(20_000)}a${')'.repeat(20_000)}`)).length, 1);
});

test('items miss nothing: a row that is null, or a page of rows that is missing, is a failure', async (t) => {
  const options = {
    items: 'days[].costs[]',
    values: [{ type: 'spend', expr: 'cost', unit: 'USD', reduce: 'sum' }],
  };
  const failure = 'schema: days[].costs[]: an item of the list is missing';
  t.is(await read(options, { days: [{ costs: [{ cost: 1 }, null] }] }), failure);
  t.is(await read(options, { days: [{ costs: [{ cost: 1 }] }, {}] }), failure);
  t.is(await read(options, { days: [{ costs: [{ cost: 1 }] }, 'plenty'] }), failure);
  const outcome = await read(options, { days: [{ costs: [{ cost: 1 }] }, { costs: [] }] });
  t.is(typeof outcome === 'string' ? outcome : outcome[0]?.value, 1);
});
