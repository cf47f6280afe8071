import test from 'ava';
import { readScrapeRequest, scrapeConfigUsage } from '../../../scripts/lib/render/scrape-request.ts';
import { readFlags } from '../../../scripts/lib/terminal/arguments.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';

function request(...argv: readonly string[]) {
  const flags = readFlags(scrapeConfigUsage, argv, () => undefined);
  if (flags === undefined) throw new Error('expected flags');
  return readScrapeRequest(flags);
}

for (const [argv, target] of [
  ['--scenario same-host', { kind: 'same-host', port: 9100 }],
  ['--scenario same-host --target 127.0.0.1:19100', { kind: 'same-host', port: 19_100 }],
  [
    '--scenario other-server --target a.example:9100 --target [2001:db8::1]:9100',
    { kind: 'other-server', addresses: ['a.example:9100', '[2001:db8::1]:9100'] },
  ],
  ['--scenario docker', { kind: 'docker-network', network: 'balance-alert', address: 'exporter:9100' }],
  [
    '--scenario docker --docker desktop',
    { kind: 'docker-host', engine: 'desktop', address: 'host.docker.internal:9100' },
  ],
  [
    '--scenario docker --docker linux --target 172.18.0.1:9100',
    { kind: 'docker-host', engine: 'linux', address: '172.18.0.1:9100' },
  ],
  [
    '--scenario docker --docker discovery --network second --target exporter:80',
    { kind: 'docker-discovery', engineHost: 'unix:///var/run/docker.sock', network: 'second', port: 80 },
  ],
  [
    '--scenario kubernetes --namespace ops',
    { kind: 'kubernetes', namespace: 'ops', service: 'balance-alert', portName: 'metrics' },
  ],
  [
    '--scenario consul --server https://consul.example:8501/ --server-token-file /t',
    {
      kind: 'consul',
      service: 'balance-alert',
      server: { url: 'https://consul.example:8501', tokenFile: '/t' },
    },
  ],
  ['--scenario file --source /sd/*.yml', { kind: 'file', path: '/sd/*.yml' }],
  ['--scenario http --source https://sd.example/t', { kind: 'http', url: 'https://sd.example/t' }],
] as const) {
  test(`${argv}`, (t) => {
    t.deepEqual(request(...argv.split(' ')).target, target);
  });
}

test('credentials and certificates are named by their files', (t) => {
  const { access } = request(
    ...'--scenario same-host --username u --password-file /p --tls --ca-file /ca --cert-file /c --key-file /k --path /m'.split(
      ' ',
    ),
  );
  t.deepEqual(access, {
    path: '/m',
    credentials: { kind: 'basic', username: 'u', passwordFile: '/p' },
    tls: { caFile: '/ca', client: { certFile: '/c', keyFile: '/k' } },
  });
});

/** Wrong flags, and what is said of each. */
for (const [argv, message] of [
  ['', /expected --scenario same-host\|other-server\|docker\|kubernetes\|consul\|file\|http, got nothing/],
  ['--scenario compose', /got compose/],
  ['--scenario other-server', /needs --target HOST:PORT/],
  ['--scenario other-server --target http://a:9100/metrics', /without a scheme and a path, got http:/],
  ['--scenario other-server --target a:70000', /expected HOST:PORT/],
  ['--scenario other-server --target a:1,a:1', /a:1 is given twice/],
  ['--scenario same-host --target 10.0.0.1:9100', /not this host: use --scenario other-server/],
  ['--scenario docker --target a:1,b:2', /expected one address for docker, got 2/],
  [
    '--scenario docker --docker compose',
    /--docker: expected network, desktop, linux, discovery, got compose/,
  ],
  ['--scenario docker --server tcp://x:1', /--server is for --docker discovery/],
  ['--scenario kubernetes --namespace Ops', /--namespace: expected lower-case letters/],
  ['--scenario kubernetes --server-token-file /t', /need --server$/],
  ['--scenario kubernetes --target a:1', /--target is for .*, not for kubernetes/],
  ['--scenario file --source /sd/*/x.yaml', /at most one \* in its last part/],
  ['--scenario file --source /sd/x.toml', /ends in \.yaml/],
  ['--scenario http', /needs --source URL/],
  ['--scenario http --source https://u:p@sd.example', /without user name and password/],
  ['--scenario same-host --interval 5m', /from 15s to 2m, got 5m/],
  ['--scenario same-host --username u', /--username and --password-file go together/],
  ['--scenario same-host --username u --password-file /p --token-file /t', /got both/],
  ['--scenario same-host --ca-file /ca', /need --tls/],
  ['--scenario same-host --tls --cert-file /c', /--cert-file and --key-file go together/],
  ['--scenario same-host --path metrics', /expected a path such as \/metrics/],
] as const) {
  test(`refused: ${argv || 'no flag'}`, (t) => {
    const error = t.throws(() => request(...argv.split(' ').filter(Boolean)), { instanceOf: Failure });
    t.is(error.exitCode, 2);
    t.regex([error.message, ...error.hints].filter((line) => !line.includes('--help')).join('\n'), message);
  });
}
