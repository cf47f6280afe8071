import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { ExternalPrometheus } from '../../../infra/settings/parse.ts';
import { prometheusProblems } from '../../../scripts/lib/stack/external-prometheus.ts';
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
