import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { missingPlugins, neededPlugins } from '../../support/pulumi-plugins.ts';

/** Which plugins the e2e layer says are missing, by a CLI that only notes what it is asked. */

const docker = { kind: 'resource', name: 'docker', version: '5.2.0', server: undefined } as const;
const grafana = {
  kind: 'resource',
  name: 'grafana',
  version: '2.40.0',
  server: 'github://api.github.com/pulumiverse',
} as const;
const nodejs = { kind: 'language', name: 'nodejs', version: '', server: undefined } as const;

function machine(t: ExecutionContext, cliCode: number) {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-plugins-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [bin, path, home] = ['bin', 'path', 'home'].map((name) => join(folder, name));
  if (bin === undefined || path === undefined || home === undefined) throw new Error('no folders');
  for (const each of [bin, path, home]) mkdirSync(each);
  const cli = join(bin, 'pulumi');
  const calls = join(folder, 'calls');
  writeFileSync(cli, `#!/bin/sh\necho "$*" >> ${calls}\nexit ${cliCode}\n`);
  chmodSync(cli, 0o755);
  return {
    bin,
    path,
    cli,
    environment: { PATH: path, PULUMI_HOME: home, PULUMI_IGNORE_AMBIENT_PLUGINS: undefined },
    cached: (entry: string) => mkdirSync(join(home, 'plugins', entry), { recursive: true }),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
  };
}

test('the program needs a language host and the plugin of each provider, by its version', (t) => {
  const plugins = neededPlugins(resolve(import.meta.dirname, '../../..'));
  t.deepEqual(
    plugins.map(({ kind, name }) => `${kind} ${name}`),
    ['language nodejs', 'resource docker', 'resource random', 'resource grafana'],
  );
  for (const { kind, version } of plugins) if (kind === 'resource') t.regex(version, /^\d+\.\d+\.\d+$/);
  t.is(plugins.at(-1)?.server, 'github://api.github.com/pulumiverse');
});

test('every plugin that cannot be had is named, at once', async (t) => {
  const { cli, environment, calls } = machine(t, 1);
  t.deepEqual(await missingPlugins([nodejs, docker, grafana], cli, environment), [
    'pulumi-language-nodejs beside the Pulumi CLI or on PATH',
    'the Pulumi plugin docker 5.2.0',
    'the Pulumi plugin grafana 2.40.0',
  ]);
  t.deepEqual(calls(), [
    'plugin install resource docker 5.2.0',
    'plugin install resource grafana 2.40.0 --server github://api.github.com/pulumiverse',
  ]);
});

test('one on PATH, beside the CLI or in the cache is taken, and nothing is fetched', async (t) => {
  const { bin, path, cli, environment, cached, calls } = machine(t, 1);
  writeFileSync(join(bin, 'pulumi-language-nodejs'), '');
  writeFileSync(join(path, 'pulumi-resource-docker'), '');
  cached('resource-grafana-v2.41.1');
  t.deepEqual(await missingPlugins([nodejs, docker, grafana], cli, environment), []);
  t.deepEqual(calls(), []);
  t.deepEqual(
    await missingPlugins([nodejs, docker], cli, { ...environment, PULUMI_IGNORE_AMBIENT_PLUGINS: 'true' }),
    ['the Pulumi plugin docker 5.2.0'],
  );
});

test('an older one, one of another major version, or a download that broke off is none', async (t) => {
  for (const entry of [
    'resource-docker-v5.1.9',
    'resource-docker-v6.0.0',
    'resource-docker-v5.2.0.partial',
  ]) {
    const { cli, environment, cached } = machine(t, 1);
    cached(entry);
    t.deepEqual(await missingPlugins([docker], cli, environment), ['the Pulumi plugin docker 5.2.0'], entry);
  }
});

test('one that can be fetched is not missing', async (t) => {
  const { cli, environment } = machine(t, 0);
  t.deepEqual(await missingPlugins([docker], cli, environment), []);
});
