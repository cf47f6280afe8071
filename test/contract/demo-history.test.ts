import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ava from 'ava';
import { readAccountFile } from '../../exporter/account-file/read.ts';
import type { Config } from '../../exporter/account-file/schema.ts';
import { checkAccount } from '../../exporter/accounts/check.ts';
import { demoOptionsSchema } from '../../exporter/providers/demo/schema.ts';
import { httpClientFor } from '../../exporter/providers/http-for.ts';
import { findProvider } from '../../exporter/providers/registry.ts';
import { maxBlockDuration, tarOf } from '../../scripts/demo-history/backfill.ts';
import { demoHistory } from '../../scripts/demo-history/history.ts';
import { recordedPoints } from '../../scripts/demo-history/recorded.ts';
import { needing, runTool } from '../support/promtool.ts';
import { accountConfig } from '../support/snapshots.ts';

const now = Date.now() / 1000;

function demoConfig(): Config {
  const file = readAccountFile({
    file: resolve(import.meta.dirname, '../../exporter/examples/demo.yaml'),
    secretsDirectory: undefined,
    environment: {},
    now: now * 1000,
  });
  if (!file.ok) {
    throw new Error(file.errors.join('\n'));
  }
  return file.config;
}

async function textOf(config: Config, until: number, days = 3): Promise<string> {
  const parts: string[] = [];
  for await (const part of demoHistory({ config, until, days, instance: 'exporter:9100' })) {
    parts.push(part);
  }
  return parts.join('');
}

ava('no history is generated for a real account, which is named', async (t) => {
  const config = {
    ...demoConfig(),
    accounts: [...demoConfig().accounts, accountConfig({ name: 'openrouter-prod' })],
  };
  await t.throwsAsync(textOf(config, now), {
    instanceOf: RangeError,
    message: 'expected only accounts of the provider demo, got also: openrouter-prod',
  });
});

ava(
  'generating a history is deterministic, it ends on time, and it leaves no gap of five minutes at its end',
  async (t) => {
    const until = 1_795_510_000;
    const text = await textOf(demoConfig(), until);
    t.is(await textOf(demoConfig(), until), text);
    t.true(text.endsWith('# EOF\n'));
    const times = text
      .split('\n')
      .filter((line) => line.startsWith('up{'))
      .map((line) => Number(line.split(' ').at(-1)));
    t.true((times.at(-1) ?? 0) <= until && (times.at(-1) ?? 0) > until - 300);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    t.deepEqual([...new Set(gaps)].sort(), [200, 600]);
    t.true(gaps.slice(-576).every((gap) => gap === 200));
  },
);

ava(
  'a history ends with what the exporter itself serves at that moment, at midnight and at the turn of a month too',
  async (t) => {
    const names = ['sms', 'transcription', 'video-cdn'];
    const config = {
      ...demoConfig(),
      accounts: demoConfig().accounts.filter(({ name }) => names.includes(name)),
      subscriptions: [],
    };
    for (const moment of ['2026-11-30T23:56:40Z', '2026-12-01T00:00:00Z', '2026-12-15T00:03:20Z']) {
      const until = Date.parse(moment) / 1000;
      const lines = (await textOf(config, until)).split('\n');
      for (const account of config.accounts) {
        const outcome = await checkAccount(
          account,
          {
            findProvider,
            httpClient: httpClientFor,
            // Checks are thirty seconds apart, counted from the start three days before.
            now: () => (until - ((until - Math.floor(until / 600) * 600) % 30)) * 1000,
            redact: (text) => text,
          },
          new AbortController().signal,
        );
        const values = lines.filter(
          (line) =>
            /^balance_alert_(balance|spend)\{/.test(line) &&
            line.includes(`project="${account.name}"`) &&
            line.endsWith(` ${until}`),
        );
        t.deepEqual(
          values.map((line) => Number(line.split(' ').at(-2))),
          outcome.ok ? outcome.readings.map(({ value }) => value) : [],
          `${account.name} at ${moment}`,
        );
      }
    }
  },
);

ava(
  'of an account whose reasons of failure take turns, every failed check is counted under its reason',
  async (t) => {
    const [account] = demoConfig().accounts.filter(({ name }) => name.startsWith('unlucky'));
    if (account === undefined) return t.fail('expected an account that fails in the demo');
    const failing = {
      ...account,
      options: demoOptionsSchema.parse({ ...demoOptionsSchema.parse(account.options), fail: 'each' }),
    };
    const until = Date.parse('2026-11-30T23:56:40Z') / 1000;
    const lines = (await textOf({ ...demoConfig(), accounts: [failing], subscriptions: [] }, until)).split(
      '\n',
    );
    const [start = 0] = lines
      .filter((line) => line.startsWith('up{'))
      .map((line) => Number(line.split(' ').at(-1)));
    const counts: Record<string, number> = {};
    for (let time = start; time <= until; time += failing.intervalSeconds) {
      const outcome = await checkAccount(
        failing,
        { findProvider, httpClient: httpClientFor, now: () => time * 1000, redact: (text) => text },
        new AbortController().signal,
      );
      if (!outcome.ok) counts[outcome.reason] = (counts[outcome.reason] ?? 0) + 1;
    }
    t.is(Object.keys(counts).length, 11);
    const generated = lines.filter(
      (line) => line.startsWith('balance_alert_account_check_failures_total{') && line.endsWith(` ${until}`),
    );
    t.deepEqual(
      Object.fromEntries(
        generated.map((line) => [/reason="([a-z_]+)"/.exec(line)?.[1], Number(line.split(' ').at(-2))]),
      ),
      counts,
    );
  },
);

ava('recorded samples follow the balance, bridge a gap of a day, and have a runway after a day', (t) => {
  // 1 a step; from step 200 on nothing is served for 100 steps.
  const balances = Array.from({ length: 400 }, (_, index) =>
    index >= 200 && index < 300 ? undefined : 1000 - index,
  );
  const points = recordedPoints(balances, true);
  t.is(points[0]?.fall, undefined);
  t.is(points[1]?.fall, 1);
  t.is(points[250]?.fall, 0);
  t.is(points[300]?.fall, 101);
  t.is(points[143]?.runway, undefined);
  // 144 falls of 1 a step of 600 s, and 856 left.
  t.is(Math.round(points[144]?.runway ?? 0), 856 * 600);
  t.is(recordedPoints(balances, false)[144]?.runway, undefined);
});

ava('an archive of one file equals the one that tar creates', (t) => {
  const archive = tarOf('history.om', Buffer.from('# EOF\n'));
  t.is(archive.length, 512 + 512 + 1024);
  t.is(archive.toString('latin1', 0, 10), 'history.om');
  t.is(archive.toString('latin1', 124, 135), '00000000006');
  t.is(archive.toString('latin1', 257, 263), 'ustar\0');
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  const own = archive.subarray(148, 156).reduce((total, byte) => total + byte, 0);
  t.is(Number.parseInt(archive.toString('latin1', 148, 154), 8), sum - own + 8 * 32);
});

needing(ava, 'promtool')(
  'thirty days are written in blocks as long as asked for, so that promtool reads them at most twice',
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'balance-alert-blocks-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const until = 1_795_510_000;
    const hours = Array.from({ length: 30 * 24 }, (_, index) => until - (30 * 24 - index) * 3600);
    const history = join(folder, 'history.om');
    await writeFile(history, `${hours.map((time) => `up 1 ${time}\n`).join('')}# EOF\n`);
    const data = join(folder, 'data');
    const { code, stderr } = await runTool('promtool', [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      `--max-block-duration=${maxBlockDuration}`,
      history,
      data,
    ]);
    t.is(code, 0, stderr);
    const blocks = await readdir(data);
    t.true(blocks.length <= 2, `${blocks.length} blocks`);
  },
);
