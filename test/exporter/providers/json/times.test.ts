import test from 'ava';
import { readTime } from '../../../../exporter/providers/json/time.ts';
import { read } from '../../../support/json-account.ts';

const shanghai = 'Asia/Shanghai';
const at = (text: string): number => Date.parse(text) / 1000;

const times: readonly (readonly [unknown, string])[] = [
  [20_261_201, '2026-11-30T16:00:00Z'],
  ['20261201', '2026-11-30T16:00:00Z'],
  ['20261201083000', '2026-12-01T00:30:00Z'],
  ['2026-12-01', '2026-11-30T16:00:00Z'],
  ['2026/12/1', '2026-11-30T16:00:00Z'],
  ['2026-12-01 08:30:00', '2026-12-01T00:30:00Z'],
  ['2026-12-01T08:30', '2026-12-01T00:30:00Z'],
  ['2026-12-01T08:30:00.123456789', '2026-12-01T00:30:00.123Z'],
  ['2026-12-01T00:00:00Z', '2026-12-01T00:00:00Z'],
  ['2026-12-01 00:00:00 UTC', '2026-12-01T00:00:00Z'],
  ['2026-12-01 08:00:00 +0800', '2026-12-01T00:00:00Z'],
  ['2026-12-01T00:00:00+00:00', '2026-12-01T00:00:00Z'],
  ['Tue, 01 Dec 2026 00:00:00 GMT', '2026-12-01T00:00:00Z'],
  [at('2026-12-01T00:00:00Z'), '2026-12-01T00:00:00Z'],
  [String(at('2026-12-01T00:00:00Z')), '2026-12-01T00:00:00Z'],
  [at('2026-12-01T00:00:00Z') * 1000, '2026-12-01T00:00:00Z'],
  [at('2026-12-01T00:00:00Z') * 1e6, '2026-12-01T00:00:00Z'],
];
for (const [written, moment] of times) {
  test(`${JSON.stringify(written)} is ${moment} in Shanghai`, (t) => {
    t.is(readTime(written, shanghai), at(moment));
  });
}

for (const written of [
  0,
  1,
  3600,
  '12/01/2026',
  '2026',
  '2026-13-01',
  '2026-02-30',
  'Dec 1, 2026',
  'soon',
  '',
  true,
  null,
  -5,
  1e300,
]) {
  test(`${JSON.stringify(written)} is not a time, and never 1970`, (t) => {
    t.is(readTime(written, 'UTC'), undefined);
  });
}

const quota = {
  values: [{ type: 'quota', expr: 'left', unit: 'requests', reset_at: 'reset' }],
};

test('times without a zone are in the zone of the account', async (t) => {
  const reading = { kind: 'balance', type: 'quota', unit: 'requests', value: 1 };
  const body = { left: 1, reset: '2026-12-01 00:00:00' };
  t.deepEqual(await read({ ...quota, timezone: shanghai }, body), [
    { ...reading, resetAt: at('2026-11-30T16:00:00Z') },
  ]);
  t.deepEqual(await read(quota, body), [{ ...reading, resetAt: at('2026-12-01T00:00:00Z') }]);
});

for (const none of [null, 0, '', '0']) {
  test(`${JSON.stringify(none)} as a time says that the vendor names none`, async (t) => {
    const outcome = await read(quota, { left: 1, reset: none });
    t.deepEqual(outcome, [{ kind: 'balance', type: 'quota', unit: 'requests', value: 1 }]);
  });
}

test('an invalid time is a failure', async (t) => {
  t.is(await read(quota, { left: 1, reset: '12/01/2026' }), 'schema: reset: expected a time');
});
