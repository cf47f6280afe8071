import test from 'ava';
import type { Backend } from '../../../scripts/lib/pulumi/backend.ts';
import { explain } from '../../../scripts/lib/pulumi/hints.ts';

const backend: Backend = { description: 'file:///s', environment: {}, passphraseFile: '/s/passphrase' };

/** What was printed, and what the first line of the explanation says. */
const cases: readonly [string, RegExp][] = [
  [
    'error: getting stack configuration: get stack secrets manager: incorrect passphrase',
    /^\/s\/passphrase is not the passphrase/,
  ],
  ['error: the stack is currently locked by 1 lock(s).', /another update is in progress, or one was killed/],
  [
    'error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///s/.pulumi/locks/organization/balance-alert/local/1f.json: created by me@desk (pid 4711) at 2026-11-28T01:02:03Z',
    /in progress, or one was killed: process 4711 of me@desk, since 2026-11-28T01:02:03Z$/,
  ],
  [
    'Conflict. The container name "/balance-alert-grafana" is already in use by container "1f"',
    /^a container named balance-alert-grafana exists/,
  ],
  ['network with name balance-alert already exists', /^a network named balance-alert exists/],
  [
    'driver failed programming external connectivity: listen tcp4 127.0.0.1:3000: bind: address already in use',
    /^a port was taken/,
  ],
  ['Bind for 127.0.0.1:3000 failed: port is already allocated', /^a port was taken/],
  [
    'warning: error downloading provider: Get "https://get.pulumi.com/releases/plugins/x.tar.gz": no such host',
    /^a Pulumi plugin could not be downloaded: .*get\.pulumi\.com\/releases/,
  ],
  [
    'error: could not install plugin: failed to download plugin: grafana-2.40.0: Get "https://api.github.com/": no such host',
    /^a Pulumi plugin could not be downloaded: could not install plugin.*api\.github\.com/,
  ],
  [
    'unable to pull image grafana/grafana:13.2.3: error pulling image: Get "https://registry-1.docker.io/v2/": no such host',
    /^an image could not be pulled: .*registry-1\.docker\.io/,
  ],
  ['failed to connect to any docker daemon', /^the Docker engine is not reachable/],
  ['container failed to be in healthy state', /^a container did not become healthy/],
  ['error: update canceled', /^canceled; run scripts\/up again/],
];

for (const [text, hint] of cases) {
  test(`${text.slice(0, 60)} … is explained`, (t) => {
    t.regex(explain(`Updating:\n${text}\nDone`, backend)[0] ?? '', hint);
  });
}

test('a fault that nothing is known about is not explained away', (t) => {
  t.deepEqual(explain('error: something new', backend), []);
});

test('a passphrase of the user is not blamed on our file', (t) => {
  t.regex(
    explain('incorrect passphrase', { ...backend, passphraseFile: undefined })[0] ?? '',
    /check PULUMI_CONFIG_PASSPHRASE/,
  );
});
