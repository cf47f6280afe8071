import test from 'ava';
import { manifestsUsage, readManifestsRequest } from '../../../scripts/lib/render/manifests-request.ts';
import { readFlags } from '../../../scripts/lib/terminal/arguments.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';

const files: Readonly<Record<string, string>> = {
  'balance-alert.yaml':
    'accounts:\n  - { name: a, provider: openrouter, options: { key: { secret: KEY } } }\nmailboxes:\n  - { name: m, host: i.example, user: u, password: { secret: MAIL } }\n',
  'wrong.yaml': 'accounts:\n  - { name: a, provider: dmo }\n',
  'relay.yaml':
    'channels: [{ name: ops, type: feishu, url: { secret: ops.url } }]\ndigest: { day: monday, hour: 9, timezone: UTC, channels: [ops] }\nprometheus: { url: http://prometheus.monitoring:9090 }\n',
  'wrong-relay.yaml': 'channels: []\n',
};

function request(line: string) {
  const flags = readFlags(manifestsUsage, line.split(' ').filter(Boolean), () => undefined);
  if (flags === undefined) throw new Error('expected flags');
  const readFile = (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: ${path}`);
    return text;
  };
  return readManifestsRequest(flags, readFile, Date.UTC(2026, 10, 27));
}

const needed = '--out k8s --image registry.example/balance-alert:1.2.3';

test('flags and files become options, with the names of the secrets and none of their values', (t) => {
  const { options, out } = request(
    `${needed} --relay relay.yaml --monitor-label release=prometheus --egress-port 3128,9090 --shards 3 --language zh`,
  );
  t.is(out, 'k8s');
  t.deepEqual(options.secretNames.toSorted(), ['KEY', 'MAIL']);
  t.deepEqual(options.relay?.secretNames, ['ops.url']);
  t.deepEqual(options.operator?.labels, { release: 'prometheus' });
  t.deepEqual(options.egressPorts, [3128, 9090]);
  t.is(options.shards, 3);
  t.is(options.language, 'zh');
  t.is(request(`${needed} --without-operator`).options.operator, undefined);
});

for (const [line, message] of [
  ['', /--out DIR is needed[\s\S]*--image NAME:TAG is needed/],
  ['--out k --image balance-alert:latest', /--image: expected an image with a tag other than latest/],
  [`${needed} --namespace Ops`, /--namespace: expected lower-case letters/],
  [`${needed} --shards 0`, /--shards: expected a whole number from 1 to 100, got 0/],
  [`${needed} --egress-port 70000`, /--egress-port: expected a whole number from 1 to 65535/],
  [`${needed} --storage-size 1GB`, /--storage-size: expected a size such as 1Gi, got 1GB/],
  [`${needed} --interval 5m`, /--interval: expected a duration from 15s to 2m/],
  [`${needed} --language fr`, /--language: expected en or zh, got fr/],
  [`${needed} --monitor-label release`, /--monitor-label: expected KEY=VALUE/],
  [`${needed} --grafana-url grafana.example`, /--grafana-url: expected an http or https URL/],
  [`${needed} --accounts none.yaml`, /--accounts: cannot read none\.yaml: ENOENT/],
  [`${needed} --accounts wrong.yaml`, /wrong\.yaml:2:16: accounts\[0\]\.provider: no provider "dmo"/],
  [`${needed} --relay wrong-relay.yaml`, /wrong-relay\.yaml:1:1: channels: expected at least one channel/],
] as const) {
  test(`refused: ${line || 'no flag'}`, (t) => {
    const error = t.throws(() => request(line), { instanceOf: Failure });
    t.is(error.exitCode, 2);
    t.regex([error.message, ...error.hints].join('\n'), message);
  });
}
