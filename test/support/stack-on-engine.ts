import type { Engine } from '../../scripts/lib/docker/engine.ts';
import { ask, field } from './engine.ts';
import type { Registration } from './program-run.ts';
import type { TarFile } from './tar.ts';
import { tarFiles } from './tar.ts';
import { until } from './until.ts';

/** Makes on an engine what the program registered, in the engine's own words. */

/** A list of objects among a registration's inputs; empty where there is none. */
function list(inputs: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const found = inputs[name];
  return Array.isArray(found) ? found : [];
}

/** What is inside a secret, or the value itself. */
function revealed(value: unknown): unknown {
  return field(value, 'secret') ?? value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`expected a text, got ${JSON.stringify(value)}`);
  return value;
}

/** Nanoseconds of `10s`. */
function nanoseconds(duration: unknown): number {
  const [, seconds] = /^(\d+)s$/.exec(text(duration)) ?? [];
  if (seconds === undefined) throw new Error(`expected whole seconds, got ${text(duration)}`);
  return Number(seconds) * 1e9;
}

const mebibyte = 1024 * 1024;

function labelsOf(inputs: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    list(inputs, 'labels').map((one) => [text(field(one, 'label')), text(field(one, 'value'))]),
  );
}

/** The body of the engine's `POST /containers/create`. */
export function containerBody(inputs: Readonly<Record<string, unknown>>, image: string): unknown {
  const [network] = list(inputs, 'networksAdvanced');
  const networkName = text(field(network, 'name'));
  const ports = list(inputs, 'ports').map((port) => ({
    key: `${String(field(port, 'internal'))}/${text(field(port, 'protocol'))}`,
    binding: { HostIp: text(field(port, 'ip')), HostPort: String(field(port, 'external')) },
  }));
  const healthcheck = inputs['healthcheck'];
  return {
    Image: image,
    User: text(inputs['user']),
    ...(inputs['command'] === undefined ? {} : { Cmd: inputs['command'] }),
    Env: revealed(inputs['envs']) ?? [],
    Labels: labelsOf(inputs),
    ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])),
    Healthcheck: {
      Test: field(healthcheck, 'tests'),
      Interval: nanoseconds(field(healthcheck, 'interval')),
      Timeout: nanoseconds(field(healthcheck, 'timeout')),
      StartPeriod: nanoseconds(field(healthcheck, 'startPeriod')),
      Retries: field(healthcheck, 'retries'),
    },
    HostConfig: {
      Binds: list(inputs, 'volumes').map(
        (volume) => `${text(field(volume, 'volumeName'))}:${text(field(volume, 'containerPath'))}`,
      ),
      PortBindings: Object.fromEntries(ports.map(({ key, binding }) => [key, [binding]])),
      NetworkMode: networkName,
      RestartPolicy: { Name: text(inputs['restart']) },
      Memory: Number(inputs['memory']) * mebibyte,
      MemorySwap: Number(inputs['memorySwap']) * mebibyte,
      SecurityOpt: inputs['securityOpts'],
      CapDrop: field(inputs['capabilities'], 'drops'),
      LogConfig: { Type: text(inputs['logDriver']), Config: inputs['logOpts'] },
    },
    NetworkingConfig: { EndpointsConfig: { [networkName]: { Aliases: field(network, 'aliases') } } },
  };
}

/** The files that the provider would upload between creating and starting a container. */
function uploadsOf(inputs: Readonly<Record<string, unknown>>): readonly TarFile[] {
  const uploads = revealed(inputs['uploads']);
  return (Array.isArray(uploads) ? uploads : []).map((upload: unknown) => ({
    path: text(field(upload, 'file')),
    content: text(revealed(field(upload, 'content'))),
    mode: Number.parseInt(text(field(upload, 'permissions')), 8),
  }));
}

export async function createNetwork(engine: Engine, { inputs }: Registration): Promise<void> {
  await ask(engine, 'POST', '/networks/create', { Name: text(inputs['name']), Labels: labelsOf(inputs) });
}

export async function createVolume(engine: Engine, { inputs }: Registration): Promise<void> {
  await ask(engine, 'POST', '/volumes/create', { Name: text(inputs['name']), Labels: labelsOf(inputs) });
}

/** Creates a container of an image, with its files in it, and starts it. @returns its name */
export async function startContainer(
  engine: Engine,
  { inputs }: Registration,
  image: string,
): Promise<string> {
  const name = text(inputs['name']);
  await ask(engine, 'POST', `/containers/create?name=${name}`, containerBody(inputs, image));
  const { status, body } = await engine.call('PUT', `/containers/${name}/archive?path=/`, {
    type: 'application/x-tar',
    content: await tarFiles(uploadsOf(inputs)),
  });
  if (status !== 200) throw new Error(`files of ${name}: ${body.toString('utf8')}`);
  await ask(engine, 'POST', `/containers/${name}/start`);
  return name;
}

/** Waits for the health check. @throws Error with the container's last words where it does not get healthy */
export async function untilHealthy(engine: Engine, name: string, timeoutMs = 60_000): Promise<void> {
  const state = await until(
    async () => {
      const now = field(await ask(engine, 'GET', `/containers/${name}/json`), 'State');
      const health = field(now, 'Health', 'Status');
      const settled = health === 'healthy' || health === 'unhealthy' || field(now, 'Status') !== 'running';
      return settled ? now : undefined;
    },
    { timeoutMs, intervalMs: 200 },
  );
  const health = field(state, 'Health', 'Status');
  if (health === 'healthy') return;
  throw new Error(
    `${name} is ${String(field(state, 'Status'))}, ${String(health)}:\n${await logsOf(engine, name)}`,
  );
}

/** What a container wrote, both streams, with the engine's frame bytes in between. */
export async function logsOf(engine: Engine, name: string): Promise<string> {
  const { body } = await engine.call('GET', `/containers/${name}/logs?stdout=1&stderr=1`);
  return body.toString('utf8');
}
