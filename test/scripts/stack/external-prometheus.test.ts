import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { ExternalPrometheus } from '../../../infra/settings/parse.ts';
import {
  checkExternalPrometheus,
  prometheusProblems,
} from '../../../scripts/lib/stack/external-prometheus.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';
import type { Answer, Asked } from '../docker/http.ts';
import { serve } from '../docker/http.ts';

const options = { fetch, signal: new AbortController().signal };

async function problemsWith(
  t: ExecutionContext,
  answer: (asked: Asked) => Answer,
  auth: ExternalPrometheus['auth'] = undefined,
): Promise<readonly string[]> {
  const server = await serve(answer);
  t.teardown(server.close);
  const problems = await prometheusProblems(
    { url: server.address, containerUrl: server.address, auth },
    options,
  );
  return problems.map((line) => line.replace(server.address, 'PROMETHEUS'));
}

const nothing = { data: { resultType: 'vector', result: [] } };
const password = 'password-of-prometheus';
const basic = { kind: 'basic', username: 'u', password } as const;

test('credentials are sent in each way, and are enough', async (t) => {
  for (const [auth, header] of [
    [basic, `Basic ${Buffer.from(`u:${password}`).toString('base64')}`],
    [{ kind: 'bearer', token: 't' } as const, 'Bearer t'],
  ] as const) {
    t.deepEqual(
      await problemsWith(
        t,
        ({ authorization }) => (authorization === header ? { body: nothing } : { status: 401, body: {} }),
        auth,
      ),
      [],
    );
  }
});

test('refused credentials are named by their key, and not shown', async (t) => {
  const refuse = () => ({ status: 401, body: {} });
  t.deepEqual(await problemsWith(t, refuse), [
    'the external Prometheus at PROMETHEUS answers 401: set balance-alert:prometheus.auth with --secret',
  ]);
  t.deepEqual(await problemsWith(t, refuse, basic), [
    'the external Prometheus at PROMETHEUS answers 401: it refuses balance-alert:prometheus.auth',
  ]);
});

test('what is no Prometheus is said', async (t) => {
  t.deepEqual(await problemsWith(t, () => ({ status: 404, body: {} })), [
    'the external Prometheus at PROMETHEUS answers 404 to /api/v1/query: expected the base URL of a Prometheus',
  ]);
});

test('a storage that scrapes nothing itself, as Mimir, is asked for what was written to it', async (t) => {
  const up = (...instances: readonly string[]) => ({
    data: { resultType: 'vector', result: instances.map((instance) => ({ metric: { instance } })) },
  });
  for (const [written, lines] of [
    [up('exporter:9100'), []],
    [up(), ['it has no job balance-alert']],
  ] as const) {
    const server = await serve(({ path }) => {
      if (path.startsWith('/prometheus/api/v1/rules')) return { body: { data: { groups: [] } } };
      if (path.startsWith('/prometheus/api/v1/query?'))
        return { body: path.includes('unless') ? nothing : written };
      return { status: 404, body: '404 page not found' };
    });
    t.teardown(server.close);
    const url = `${server.address}/prometheus`;
    const wanted = {
      scrapeConfig: '- job_name: balance-alert\n',
      alertingConfig: 'alerting: {}\n',
      rules: [],
      timeoutSeconds: 0,
    };
    const check = () =>
      checkExternalPrometheus({ url, containerUrl: url, auth: undefined }, wanted, options, () => undefined);
    if (lines.length === 0) t.is(await check(), 0);
    else {
      const error = await t.throwsAsync(check, { instanceOf: Failure });
      t.true(error.hints[0]?.startsWith(lines[0]));
    }
  }
});
