import test from 'ava';
import fc from 'fast-check';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import type { Config } from '../../../exporter/account-file/schema.ts';
import { configOfShard, parseShard, shardOf } from '../../../exporter/account-file/shard.ts';

function configWith(names: readonly string[]): Config {
  const list = (entry: (name: string) => string) => names.map((name) => `  - ${entry(name)}`).join('\n');
  const loaded = loadAccountFile({
    file: 'accounts.yaml',
    text: `accounts:
${list((name) => `{ name: ${name}, provider: demo }`)}
subscriptions:
${list((name) => `{ name: ${name}, cycle: monthly, day: 5, amount: 1, currency: EUR }`)}
mailboxes:
${list((name) => `{ name: ${name}, host: imap.example.com, user: ${name}@example.com, password: { secret: P } }`)}
`,
    resolveSecret: () => 'a password',
    now: Date.UTC(2026, 10, 27),
  });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.config;
}

const names = Array.from({ length: 200 }, (_, index) => `entry-${index}`);
const whole = configWith(names);

const entriesOf = ({ accounts, subscriptions, mailboxes }: Config): readonly string[] => [
  ...accounts.map(({ name }) => `account ${name}`),
  ...subscriptions.map(({ name }) => `subscription ${name}`),
  ...mailboxes.map(({ name }) => `mailbox ${name}`),
];

for (const count of [1, 2, 3, 4, 5, 6, 7]) {
  test(`of ${count} shards, every account, renewal and mailbox is in exactly one, and each has its share`, (t) => {
    const shards = Array.from({ length: count }, (_, index) =>
      entriesOf(configOfShard(whole, { number: index + 1, count })),
    );
    t.deepEqual(shards.flat().toSorted(), entriesOf(whole).toSorted());
    const fair = 600 / count;
    for (const shard of shards) {
      t.true(shard.length > fair * 0.7 && shard.length < fair * 1.3, `${shard.length} of about ${fair}`);
      for (const kind of ['account', 'subscription', 'mailbox'])
        t.true(
          shard.some((one) => one.startsWith(kind)),
          kind,
        );
    }
  });
}

test('one more shard moves entries to the new one only, and about their share', (t) => {
  for (let count = 1; count < 7; count += 1) {
    const moved = names.filter(
      (name) => shardOf('account', name, count) !== shardOf('account', name, count + 1),
    );
    t.true(moved.every((name) => shardOf('account', name, count + 1) === count + 1));
    t.true(moved.length < (2 * names.length) / (count + 1), `${moved.length} moved to shard ${count + 1}`);
  }
});

test('the shard of an entry is the same in every release: what is stored stays with it', (t) => {
  t.deepEqual(
    ['openrouter-prod', 'gateway', '账号'].map((name) =>
      [2, 3, 7].map((count) => shardOf('account', name, count)),
    ),
    [
      [2, 3, 5],
      [1, 1, 1],
      [2, 2, 5],
    ],
  );
});

test('the order of the file and other entries move nothing', (t) => {
  const shard = { number: 2, count: 3 };
  const few = configWith([...names.slice(0, 50)].reverse());
  const inWhole = new Set(entriesOf(configOfShard(whole, shard)));
  t.true(entriesOf(configOfShard(few, shard)).every((entry) => inWhole.has(entry)));
});

test('any name has a shard in range', (t) => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 100 }), (name, count) => {
      const shard = shardOf('account', name, count);
      return Number.isInteger(shard) && shard >= 1 && shard <= count;
    }),
  );
  t.pass();
});

test('a shard is N/M, with N from 1 to M', (t) => {
  t.deepEqual(parseShard('2/3'), { number: 2, count: 3 });
  t.deepEqual(parseShard('1/1'), { number: 1, count: 1 });
  for (const text of [
    '',
    '3',
    '0/3',
    '4/3',
    '1/0',
    '-1/3',
    '1/101',
    '1.5/3',
    '1/3/5',
    ' 1/3',
    'a/b',
    '1/9999',
  ])
    t.throws(() => parseShard(text), {
      instanceOf: RangeError,
      message: 'expected N/M with N from 1 to M and M up to 100, such as 1/3',
    });
});
