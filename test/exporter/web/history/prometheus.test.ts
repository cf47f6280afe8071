import test from 'ava';
import express from 'express';
import { createHttpClient } from '../../../../exporter/providers/http.ts';
import { accountMatcher, readHistories } from '../../../../exporter/web/history/prometheus.ts';
import { serve } from '../../../support/served.ts';
import { balance, day, testNow } from '../../../support/snapshots.ts';

const client = () => createHttpClient({ timeout: 5000, signal: AbortSignal.timeout(5000), retries: 0 });
const end = testNow / 1000;

test('days left and one value a day are joined to the reading that they belong to, by type, unit and window', async (t) => {
  const asked: Record<string, string>[] = [];
  const labels = { project: 'a', provider: 'demo', type: 'quota', unit: 'percent', window: '5h' };
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.post('/prometheus/api/v1/:path', (request, response) => {
    asked.push({ path: request.params.path, ...request.body });
    const result =
      request.params.path === 'query'
        ? [{ metric: labels, value: [end, '432000'] }]
        : [
            {
              metric: labels,
              values: [
                [end - (30 * day) / 1000, '90'],
                [end - day / 1000, '55.5'],
                [end, '50'],
              ],
            },
          ];
    response.json({ status: 'success', data: { resultType: 'any', result }, warnings: ['new field'] });
  });
  await using server = await serve(app);
  const histories = await readHistories(
    { url: `${server.url}/prometheus/`, http: client() },
    ['a', 'b.c'],
    testNow,
  );
  const known = histories('a', balance(50, { type: 'quota', unit: 'percent', window: '5h' }));
  t.is(known?.daysLeft, 5);
  t.deepEqual(
    [known?.points.length, known?.points[0], known?.points[29], known?.points[30]],
    [31, 90, 55.5, 50],
  );
  t.is(known?.points.filter((point) => point !== undefined).length, 3);
  for (const other of [
    balance(50, { type: 'quota', unit: 'percent' }),
    balance(50, { type: 'quota', unit: 'USD', window: '5h' }),
    balance(50, { type: 'credits', unit: 'percent', window: '5h' }),
  ]) {
    t.is(histories('a', other), undefined);
  }
  t.is(histories('b.c', balance(1)), undefined);
  t.deepEqual(asked, [
    { path: 'query', query: 'account:balance_alert_runway_seconds{project=~"a|b\\\\.c"}', time: String(end) },
    {
      path: 'query_range',
      query: 'account:balance_alert_balance:max{project=~"a|b\\\\.c"}',
      start: String(end - 30 * 86_400),
      end: String(end),
      step: '86400',
    },
  ]);
});

test('names of accounts are quoted for the regular expression and for the string around it', (t) => {
  t.is(
    accountMatcher(['a"} or up{x="', 'c:\\d', 'x|y']),
    '{project=~"a\\"\\\\} or up\\\\{x=\\"|c:\\\\\\\\d|x\\\\|y"}',
  );
});

test('an answer that is none is an error, and asks nobody again', async (t) => {
  for (const [status, body] of [
    [200, '{"status":"success","data":{"result":[{"metric":{},"value":"1"}]}}'],
    [422, '{"status":"error","error":"bad"}'],
    [503, 'busy'],
    [200, '<html>'],
  ] as const) {
    let requests = 0;
    await using server = await serve((_request, response) => {
      requests += 1;
      response.statusCode = status;
      response.end(body);
    });
    await t.throwsAsync(readHistories({ url: server.url, http: client() }, ['a'], testNow));
    t.is(requests, 1);
  }
});
