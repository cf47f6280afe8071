import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import ava from 'ava';
import { readAccountFile } from '../../exporter/account-file/read.ts';
import { backfill } from '../../scripts/demo-history/backfill.ts';
import { demoHistory } from '../../scripts/demo-history/history.ts';
import type { Engine } from '../../scripts/lib/docker/engine.ts';
import { ask, engineMissing, field, openEngine } from '../support/engine.ts';
import { freePorts } from '../support/ports.ts';
import { provideImage } from '../support/stand-ins.ts';
import { until } from '../support/until.ts';

const image = 'prom/prometheus:v3.16.0';
const name = `balance-alert-test-${randomBytes(3).toString('hex')}`;
const missing = await engineMissing();
const running = missing === undefined ? await openEngine() : undefined;

ava.after.always(async () => {
  if (running !== undefined) {
    await running.engine.call('DELETE', `/containers/${name}?force=1&v=1`);
    await running.engine.call('DELETE', `/volumes/${name}?force=1`);
    await running[Symbol.asyncDispose]();
  }
});

/** The Prometheus of the stack in small: its image, its user, a volume of its own. */
async function startPrometheus(engine: Engine, port: number): Promise<void> {
  await ask(engine, 'POST', `/containers/create?name=${name}`, {
    Image: image,
    User: '65534:65534',
    Cmd: [
      '--config.file=/dev/null',
      '--storage.tsdb.path=/prometheus',
      '--storage.tsdb.retention.time=45d',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    HostConfig: { Binds: [`${name}:/prometheus`], NetworkMode: 'host' },
  });
  await ask(engine, 'POST', `/containers/${name}/start`);
}

async function answerTo(port: number, expr: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`);
  return field(await response.json(), 'data', 'result', 0, 'value', 1);
}

const title =
  'a running Prometheus shows thirty days of the demo a minute after they were written into its volume';
if (running === undefined) {
  ava.skip(`${title} [needs ${missing}]`, () => undefined);
} else {
  ava(title, async (t) => {
    t.timeout(240_000);
    const { engine } = running;
    if ((await provideImage(engine, image)) === undefined) {
      throw new Error(`${image} is neither there, nor to be pulled, nor to be made`);
    }
    const file = readAccountFile({
      file: resolve(import.meta.dirname, '../../exporter/examples/demo.yaml'),
      secretsDirectory: undefined,
      environment: {},
      now: Date.now(),
    });
    if (!file.ok) {
      throw new Error(file.errors.join('\n'));
    }
    const [port = 0] = await freePorts(1);
    await startPrometheus(engine, port);
    await until(async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok);
    const now = Date.now() / 1000;
    await backfill({
      call: engine.call,
      image,
      volume: name,
      labels: { 'balance-alert.test': name },
      history: demoHistory({ config: file.config, until: now, days: 30, instance: 'exporter:9100' }),
    });
    await until(async () => (await answerTo(port, 'count(last_over_time(up[1h] offset 29d))')) === '1', {
      timeoutMs: 200_000,
      intervalMs: 250,
    });
    t.true(Number(await answerTo(port, 'count(account:balance_alert_runway_seconds offset 1d)')) >= 3);
    const left = await ask(
      engine,
      'GET',
      `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify({ label: [`balance-alert.test=${name}`] }))}`,
    );
    t.deepEqual(left, []);
  });

  ava('an error of promtool is reported, and its container is removed', async (t) => {
    t.timeout(120_000);
    const { engine } = running;
    await provideImage(engine, image);
    const label = `${name}-bad`;
    async function* bad() {
      yield 'this is no exposition\n# EOF\n';
    }
    await t.throwsAsync(
      backfill({
        call: engine.call,
        image,
        volume: `${name}-bad`,
        labels: { 'balance-alert.test': label },
        history: bad(),
      }),
      { message: /^promtool could not write the history: .+/s },
    );
    await engine.call('DELETE', `/volumes/${name}-bad?force=1`);
    const left = await ask(
      engine,
      'GET',
      `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify({ label: [`balance-alert.test=${label}`] }))}`,
    );
    t.deepEqual(left, []);
  });
}
