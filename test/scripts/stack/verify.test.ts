import test from 'ava';
import type { DashboardSource } from '../../../infra/render/content.ts';
import type { VerifyOptions } from '../../../scripts/lib/stack/verify.ts';
import {
  checkPanels,
  checkRules,
  isAlive,
  waitForTarget,
  withoutVariables,
} from '../../../scripts/lib/stack/verify.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';
import { serve } from '../docker/http.ts';

const options: VerifyOptions = { fetch, signal: new AbortController().signal };

function targets(...list: readonly { job: string; health: string; lastError?: string }[]) {
  return {
    data: {
      activeTargets: list.map(({ job, health, lastError = '' }) => ({ labels: { job }, health, lastError })),
    },
  };
}

test('a target that is up is enough, without any wait', async (t) => {
  const server = await serve(() => ({
    body: targets({ job: 'prometheus', health: 'up' }, { job: 'balance-alert', health: 'up' }),
  }));
  await waitForTarget(server.address, 60, options, () => t.fail('waited'));
  t.deepEqual(
    server.asked.map(({ path }) => path),
    ['/api/v1/targets?state=active'],
  );
  await server.close();
});

test('the first scrape is awaited, and that is reported once', async (t) => {
  const answers = [
    targets(),
    targets({ job: 'balance-alert', health: 'unknown' }),
    targets({ job: 'balance-alert', health: 'up' }),
  ];
  const server = await serve(() => ({ body: answers.shift() }));
  let said = 0;
  await waitForTarget(server.address, 60, options, () => {
    said += 1;
  });
  t.is(said, 1);
  t.is(answers.length, 0);
  await server.close();
});

test('a target that stays down fails with the error of Prometheus', async (t) => {
  const server = await serve(() => ({
    body: targets({ job: 'balance-alert', health: 'down', lastError: 'connection refused' }),
  }));
  await t.throwsAsync(
    waitForTarget(server.address, 0, options, () => undefined),
    {
      instanceOf: Failure,
      message: 'Prometheus did not scrape the exporter within 0 s: connection refused',
    },
  );
  await server.close();
});

test('no target, and no Prometheus, fail too', async (t) => {
  const server = await serve(() => ({ body: targets() }));
  await t.throwsAsync(
    waitForTarget(server.address, 0, options, () => undefined),
    { message: /no target of the job balance-alert$/ },
  );
  await server.close();
  await t.throwsAsync(
    waitForTarget(server.address, 0, options, () => undefined),
    { message: /fetch failed$/ },
  );
});

function rules(...groups: readonly { name: string; health: string }[]) {
  return {
    data: {
      groups: groups.map(({ name, health }) => ({ name, rules: [{ name: 'R', health, lastError: 'bad' }] })),
    },
  };
}

test('rules are counted; one that was not evaluated yet is fine', async (t) => {
  const server = await serve(() => ({
    body: rules({ name: 'a', health: 'ok' }, { name: 'b', health: 'unknown' }),
  }));
  t.is(await checkRules(server.address, ['a', 'b'], options), 2);
  await server.close();
});

test('a missing group and a failing rule are named', async (t) => {
  const server = await serve(() => ({ body: rules({ name: 'a', health: 'err' }) }));
  const error = await t.throwsAsync(checkRules(server.address, ['a', 'b'], options), { instanceOf: Failure });
  t.deepEqual(error?.hints, ['missing: b', 'failing: a / R: bad']);
  await server.close();
});

const dashboards: readonly DashboardSource[] = [
  {
    uid: 'overview',
    title: 'Overview',
    json: '{}',
    queries: [
      { panelId: 1, panel: 'Balances', refId: 'A', expr: 'b{project=~"$project"}', kind: 'instant' },
      { panelId: 2, panel: 'Mail', refId: 'A', expr: 'm', kind: 'range' },
    ],
  },
];

/** Answers as Grafana would, by what each expression should give. */
function grafana(results: Readonly<Record<string, unknown>>) {
  return serve(({ path, body }) => {
    if (!path.startsWith('/api/ds/query')) return { body: { dashboard: {} } };
    const asked: { queries: { expr: string }[] } = JSON.parse(body);
    return { body: { results: { A: results[asked.queries[0]?.expr ?? ''] } } };
  });
}

const data = { frames: [{ data: { values: [[1], [2]] } }] };
const nothing = { frames: [{ data: { values: [] } }] };

function access(address: string) {
  const authorization = `Basic ${Buffer.from('admin:pw').toString('base64')}`;
  return { address, authorization, dataSourceUid: 'source' };
}

test('every query of every panel is asked as Grafana would, and panels without data are named', async (t) => {
  const server = await grafana({ 'b{project=~".+"}': data, m: nothing });
  t.deepEqual(await checkPanels(access(server.address), dashboards, options), {
    answered: 2,
    empty: [{ name: 'Overview / Mail', expressions: ['m'] }],
  });
  t.deepEqual(
    server.asked.map(({ path, authorization }) => [path, authorization]),
    [
      ['/api/dashboards/uid/overview', `Basic ${Buffer.from('admin:pw').toString('base64')}`],
      ['/api/ds/query', `Basic ${Buffer.from('admin:pw').toString('base64')}`],
      ['/api/ds/query', `Basic ${Buffer.from('admin:pw').toString('base64')}`],
    ],
  );
  t.true(server.asked[1]?.body.includes('"datasource":{"type":"prometheus","uid":"source"}'));
  await server.close();
});

test('a refused query fails, with its panel', async (t) => {
  const server = await grafana({ 'b{project=~".+"}': { error: 'parse error', frames: [] }, m: data });
  const error = await t.throwsAsync(checkPanels(access(server.address), dashboards, options), {
    instanceOf: Failure,
  });
  t.deepEqual(error?.hints, ['Overview / Balances (A): parse error']);
  await server.close();
});

test('a dashboard that is not there fails', async (t) => {
  const server = await serve(() => ({ status: 404, body: { message: 'Dashboard not found' } }));
  await t.throwsAsync(checkPanels(access(server.address), dashboards, options), {
    message: /\/api\/dashboards\/uid\/overview answers 404: .*Dashboard not found/,
  });
  await server.close();
});

test('variables of dashboards become "all", those of Grafana stay', (t) => {
  t.is(
    withoutVariables(`a{p=~"$project", u=~"\${unit:regex}"}[$__rate_interval]`),
    'a{p=~".+", u=~".+"}[$__rate_interval]',
  );
  t.is(withoutVariables(`a[\${__range}] + $__interval_ms`), `a[\${__range}] + $__interval_ms`);
});

test('only a good answer counts as alive', async (t) => {
  const answers = [200, 503];
  const server = await serve(() => ({ status: answers.shift() ?? 500, body: {} }));
  t.true(await isAlive(server.address, options));
  t.false(await isAlive(server.address, options));
  await server.close();
  t.false(await isAlive(server.address, options));
});
