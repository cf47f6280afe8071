import type { ExecutionContext } from 'ava';
import test from 'ava';
import { demoAccountsOf, writeDemoHistory } from '../../../scripts/lib/stack/demo-history.ts';
import { settingsOf } from '../../infra/settings/source.ts';
import { engineWith } from '../docker/engine-server.ts';
import type { Answer } from '../docker/http.ts';

const now = Date.UTC(2026, 10, 24);

function settingsWith(accounts: string) {
  return settingsOf({}, { files: { '/checkout/balance-alert.yaml': accounts } });
}

const demo = 'accounts:\n  - { name: a, provider: demo, interval: 1h }\n';
const mixed = `${demo}  - { name: b, provider: json, options: { url: "https://b.example/", values: [{ type: balance, unit: USD, expr: x }] } }\n`;

/** An engine without a volume, and with the image, that takes the history. */
const empty: Readonly<Record<string, Answer>> = {
  'GET /volumes': { body: { Volumes: [] } },
  'GET /images/prom/prometheus:v3.16.0/json': { body: {} },
  'POST /volumes/create': { status: 201, body: {} },
  'POST /containers/create': { status: 201, body: { Id: 'writer' } },
  'PUT /containers/writer/archive?path=/': { body: '' },
  'POST /containers/writer/start': { status: 204, body: '' },
  'POST /containers/writer/wait': { body: { StatusCode: 0 } },
  'DELETE /containers/writer?force=true&v=true': { status: 204, body: '' },
};

async function make(
  t: ExecutionContext,
  accounts: string,
  answers: Readonly<Record<string, Answer>>,
  signal: AbortSignal = new AbortController().signal,
) {
  const { engine, server } = await engineWith(t, answers);
  const said: string[] = [];
  await writeDemoHistory({
    settings: settingsWith(accounts),
    engine,
    console: {
      step: (text) => said.push(text),
      line: (text) => said.push(`  ${text}`),
      warn: (text) => said.push(`! ${text}`),
    },
    signal,
    now,
  });
  return { said, asked: server.asked.map(({ method, path }) => `${method} ${path}`), bodies: server.asked };
}

test('only a file of demo accounts, and not an empty one, is a demo', (t) => {
  t.deepEqual(
    demoAccountsOf(settingsWith(demo), now)?.accounts.map(({ name }) => name),
    ['a'],
  );
  t.is(demoAccountsOf(settingsWith(mixed), now), undefined);
  t.is(
    demoAccountsOf(
      settingsWith('subscriptions:\n  - { name: s, cycle: yearly, day: 03-15, amount: 1, currency: EUR }\n'),
      now,
    ),
    undefined,
  );
});

test('with a real account the engine is not even asked', async (t) => {
  const { said, asked } = await make(t, mixed, empty);
  t.deepEqual(said, []);
  t.deepEqual(asked, []);
});

test('a volume that is there is left as it is, whatever is in it', async (t) => {
  const { said, asked } = await make(t, demo, {
    ...empty,
    'GET /volumes': { body: { Volumes: [{ Name: 'balance-alert-prometheus', Labels: null }] } },
  });
  t.deepEqual(said, []);
  t.deepEqual(asked, ['GET /volumes']);
});

test('a new volume is made as the program would make it, and filled in a container that goes again', async (t) => {
  const { said, asked, bodies } = await make(t, demo, empty);
  t.is(said[0], 'Generating 30 days of history for the demo accounts');
  t.regex(said[1] ?? '', /^ {2}took \d+ s$/);
  t.deepEqual(asked, [
    'GET /volumes',
    'GET /images/prom/prometheus:v3.16.0/json',
    'POST /volumes/create',
    'POST /containers/create',
    'PUT /containers/writer/archive?path=/',
    'POST /containers/writer/start',
    'POST /containers/writer/wait',
    'DELETE /containers/writer?force=true&v=true',
  ]);
  t.deepEqual(JSON.parse(bodies[2]?.body ?? ''), {
    Name: 'balance-alert-prometheus',
    Labels: { 'balance-alert.stack': 'test', 'balance-alert.component': 'prometheus' },
  });
});

test('an image that is not on the engine is fetched first', async (t) => {
  const { said, asked } = await make(t, demo, {
    ...empty,
    'GET /images/prom/prometheus:v3.16.0/json': { status: 404, body: { message: 'no such image' } },
    'POST /images/create?fromImage=prom%2Fprometheus%3Av3.16.0': { body: '{"status":"Done"}' },
  });
  t.is(said[1], '  pulling prom/prometheus:v3.16.0');
  t.is(asked[2], 'POST /images/create?fromImage=prom%2Fprometheus%3Av3.16.0');
  t.true(asked.includes('POST /containers/writer/start'));
});

test('what fails is a warning, and no half-filled volume stays', async (t) => {
  const log = 'GET /containers/writer/logs?stdout=true&stderr=true&tail=5';
  const { said, asked } = await make(t, demo, {
    ...empty,
    'POST /containers/writer/wait': { body: { StatusCode: 1 } },
    [log]: { body: 'no space left on device' },
    'DELETE /volumes/balance-alert-prometheus': { status: 204, body: '' },
  });
  t.is(
    said[1],
    '! continuing without the demo history: promtool could not write the history: no space left on device',
  );
  t.deepEqual(asked.slice(-3), [
    log,
    'DELETE /containers/writer?force=true&v=true',
    'DELETE /volumes/balance-alert-prometheus',
  ]);
});

test('a volume that cannot be removed is reported, and stops nothing', async (t) => {
  const { said } = await make(t, demo, {
    ...empty,
    'POST /containers/create': { status: 500, body: { message: 'disk full' } },
    'DELETE /volumes/balance-alert-prometheus': { status: 409, body: { message: 'volume is in use' } },
  });
  t.is(said.length, 3);
  t.regex(said[1] ?? '', /^! continuing without the demo history: .*disk full/);
  t.is(said[2], '! could not remove the volume balance-alert-prometheus: volume is in use');
});

test('interrupted, it prints nothing more and removes the volume', async (t) => {
  const { said, asked } = await make(t, demo, empty, AbortSignal.abort());
  t.deepEqual(said, ['Generating 30 days of history for the demo accounts']);
  t.deepEqual(asked.slice(-2), ['POST /volumes/create', 'DELETE /volumes/balance-alert-prometheus']);
});
