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
  ['error: the stack is currently locked by 1 lock(s).', /another run is under way, or one was killed/],
  [
    'Conflict. The container name "/balance-alert-grafana" is already in use by container "1f"',
    /^a container called balance-alert-grafana is there/,
  ],
  ['network with name balance-alert already exists', /^a network called balance-alert is there/],
  [
    'driver failed programming external connectivity: listen tcp4 127.0.0.1:3000: bind: address already in use',
    /^a port was taken/,
  ],
  ['Bind for 127.0.0.1:3000 failed: port is already allocated', /^a port was taken/],
  [
    'warning: error downloading provider: Get "https://get.pulumi.com/releases/plugins/x.tar.gz": no such host',
    /^a Pulumi plugin could not be fetched: .*get\.pulumi\.com\/releases/,
  ],
  [
    'error: could not install plugin: failed to download plugin: grafana-2.40.0: Get "https://api.github.com/": no such host',
    /^a Pulumi plugin could not be fetched: could not install plugin.*api\.github\.com/,
  ],
  [
    'unable to pull image grafana/grafana:13.2.3: error pulling image: Get "https://registry-1.docker.io/v2/": no such host',
    /^an image could not be fetched: .*registry-1\.docker\.io/,
  ],
  ['failed to connect to any docker daemon', /^the Docker engine went away/],
  ['container failed to be in healthy state', /^a container did not become healthy/],
  ['error: update canceled', /^stopped on request/],
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
