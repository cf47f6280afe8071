import test from 'ava';
import fc from 'fast-check';
import type { ContainerSpec } from '../../../infra/render/container.ts';
import { containerArgs } from '../../../infra/render/container.ts';

const spec: ContainerSpec = {
  name: 'balance-alert-exporter',
  image: 'sha256:1',
  user: '10001:10001',
  alias: 'exporter',
  network: 'balance-alert',
  labels: { 'balance-alert.stack': 'test' },
  bindAddress: '127.0.0.1',
  ports: [
    { internal: 9100, external: 19100 },
    { internal: 8080, external: 18080 },
  ],
  volume: { name: 'balance-alert-exporter', path: '/data' },
  files: [{ path: '/etc/config.yaml', content: 'a: 1\n' }],
  environment: { B: '2', A: '1' },
  healthcheck: ['CMD', 'true'],
  hasStartInterval: false,
  waitTimeoutSeconds: 60,
  gracePeriodSeconds: 10,
  limits: { memoryMebibytes: 256, cpus: 0.5 },
};

test('a container is hardened, limited, checked and waited for', (t) => {
  t.deepEqual(containerArgs(spec), {
    name: 'balance-alert-exporter',
    image: 'sha256:1',
    user: '10001:10001',
    envs: ['A=1', 'B=2'],
    labels: [{ label: 'balance-alert.stack', value: 'test' }],
    networkMode: 'bridge',
    networksAdvanced: [{ name: 'balance-alert', aliases: ['exporter'] }],
    ports: [
      { internal: 8080, external: 18080, ip: '127.0.0.1', protocol: 'tcp' },
      { internal: 9100, external: 19100, ip: '127.0.0.1', protocol: 'tcp' },
    ],
    volumes: [{ volumeName: 'balance-alert-exporter', containerPath: '/data' }],
    uploads: [{ file: '/etc/config.yaml', content: 'a: 1\n', permissions: '0444' }],
    healthcheck: { tests: ['CMD', 'true'], interval: '10s', timeout: '5s', startPeriod: '30s', retries: 3 },
    wait: true,
    waitTimeout: 60,
    destroyGraceSeconds: 10,
    restart: 'unless-stopped',
    memory: 256,
    memorySwap: 256,
    cpus: '0.5',
    securityOpts: ['no-new-privileges:true'],
    capabilities: { drops: ['ALL'] },
    logDriver: 'json-file',
    logOpts: { 'max-size': '10m', 'max-file': '3' },
  });
});

test('where the engine can, the first answer about health comes after a second', (t) => {
  const { healthcheck } = containerArgs({ ...spec, hasStartInterval: true, healthIntervalSeconds: 20 });
  t.deepEqual([healthcheck.startInterval, healthcheck.interval], ['1s', '20s']);
});

test('ports stand in the order in which the engine gives them back', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 65_535 })), (numbers) => {
        const ports = numbers.map((internal) => ({ internal, external: internal }));
        const given = containerArgs({ ...spec, ports }).ports.map(({ internal }) => internal);
        return JSON.stringify(given) === JSON.stringify([...numbers].sort((a, b) => a - b));
      }),
    ),
  );
});

test('what is not limited is not said', (t) => {
  const { environment: _environment, ...rest } = spec;
  const args = containerArgs({ ...rest, limits: { memoryMebibytes: 256, cpus: undefined } });
  t.false('cpus' in args);
  t.false('envs' in args);
  t.false('command' in args);
});
