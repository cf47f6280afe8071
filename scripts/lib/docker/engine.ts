import * as z from 'zod';
import type { EngineSettings } from '../../../infra/settings/engine.ts';
import { jsonOf } from '../json.ts';
import type { EngineBody } from './connection.ts';
import { connectionTo } from './connection.ts';

/** What the scripts ask of the Docker engine, through its API: no Docker CLI is needed. */

export interface EngineInfo {
  /** The engine's own id; made when it was installed. */
  readonly id: string;
  readonly version: string;
  /** The highest version of the API that it speaks, such as `1.41`. */
  readonly api: string;
  /** As Docker writes platforms: `linux/amd64`. */
  readonly platform: string;
}

export interface EngineObject {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface EngineContainer extends EngineObject {
  /** `running`, `exited`, `restarting`, ... */
  readonly state: string;
  /** As `docker ps` says it: `Up 2 minutes (healthy)`. */
  readonly status: string;
  /** Ports on the host. */
  readonly publishedPorts: readonly number[];
}

/** What an engine says about itself and its machine. */
export interface EngineCondition {
  /** How far its clock is ahead of this machine's, in seconds; undefined where it does not say its time. */
  readonly clockAheadSeconds: number | undefined;
  /** How exactly that is known, in seconds. */
  readonly clockAccuracySeconds: number;
  /** The folder with images and volumes. */
  readonly dataRoot: string | undefined;
}

/** Everything that the scripts do on an engine. Tests give another one. */
export interface Engine {
  readonly host: string;
  /** One call of the API as it is; gives the answer of any status. */
  call(
    method: 'DELETE' | 'GET' | 'POST' | 'PUT',
    path: string,
    body?: EngineBody,
  ): Promise<{ readonly status: number; readonly body: Buffer }>;
  info(): Promise<EngineInfo>;
  condition(): Promise<EngineCondition>;
  /** All of them, stopped ones too. */
  containers(): Promise<readonly EngineContainer[]>;
  volumes(): Promise<readonly EngineObject[]>;
  networks(): Promise<readonly EngineObject[]>;
  /** By reference or id. */
  hasImage(reference: string): Promise<boolean>;
  /** The last lines that a container printed. */
  logs(container: string, lines: number): Promise<string>;
  /** Stops it within `graceSeconds`, then removes it; nothing happens where there is none. */
  removeContainer(id: string, graceSeconds: number): Promise<void>;
  removeVolume(name: string): Promise<void>;
  removeNetwork(id: string): Promise<void>;
  /** By reference or id. Nothing happens where there is none. @throws EngineError (409) where a container uses it */
  removeImage(reference: string): Promise<void>;
  /** Ids of those that have this title (`org.opencontainers.image.title`) and no name: a later build took it. */
  unnamedImages(title: string): Promise<readonly string[]>;
  /** Makes one with the engine's own driver. */
  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** Fetches an image from its registry, without credentials. @throws EngineError with what the registry said */
  pullImage(reference: string, signal: AbortSignal): Promise<void>;
}

const labelsSchema = z
  .record(z.string(), z.string())
  .nullish()
  .transform((labels) => labels ?? {});

const infoSchema = z.object({
  ID: z.string(),
  ServerVersion: z.string(),
  OSType: z.string(),
  Architecture: z.string(),
});

const versionSchema = z.object({ ApiVersion: z.string() });
const conditionSchema = z.object({
  SystemTime: z.string().optional().catch(undefined),
  DockerRootDir: z.string().optional().catch(undefined),
});

const containersSchema = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    Labels: labelsSchema,
    State: z.string(),
    Status: z.string(),
    Ports: z.array(z.object({ PublicPort: z.number().optional() })),
  }),
);

const volumesSchema = z.object({
  Volumes: z
    .array(z.object({ Name: z.string(), Labels: labelsSchema }))
    .nullish()
    .transform((volumes) => volumes ?? []),
});

const networksSchema = z.array(z.object({ Id: z.string(), Name: z.string(), Labels: labelsSchema }));

const imagesSchema = z.array(z.object({ Id: z.string() }));

const errorSchema = z.object({ message: z.string() });

/** The end of a pull that failed: its status is 200 all the same. */
const pullErrorSchema = z.object({ error: z.string() });

/** Names of architectures as kernels have them, where Docker's platforms have others. */
const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm/v7',
};

/**
 * An engine on this machine's socket, on TCP with or without TLS, or on another machine by ssh.
 * @throws Failure for other addresses
 */
export function connectEngine(settings: EngineSettings): Engine {
  const { host } = settings;
  const send = connectionTo(settings);

  const call = async (
    method: string,
    path: string,
    body?: EngineBody,
    signal?: AbortSignal,
  ): Promise<Buffer> => {
    const answer = await send({ method, path, body, signal });
    if (answer.status < 400) return answer.body;
    const parsed = errorSchema.safeParse(jsonOf(answer.body.toString('utf8')));
    throw new EngineError(answer.status, parsed.success ? parsed.data.message : `status ${answer.status}`);
  };
  const get = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> =>
    schema.parse(jsonOf((await call('GET', path)).toString('utf8')));
  const remove = async (path: string): Promise<void> => {
    try {
      await call('DELETE', path);
    } catch (error) {
      if (!(error instanceof EngineError && error.status === 404)) throw error;
    }
  };

  return {
    host,
    call: (method, path, body) => send({ method, path, body }),
    async info() {
      const [info, { ApiVersion: api }] = await Promise.all([
        get('/info', infoSchema),
        get('/version', versionSchema),
      ]);
      return {
        id: info.ID,
        version: info.ServerVersion,
        api,
        platform: `${info.OSType}/${architectures[info.Architecture] ?? info.Architecture}`,
      };
    },
    async condition() {
      const startedAt = Date.now();
      const { body } = await send({ method: 'GET', path: '/info' });
      const endedAt = Date.now();
      const { SystemTime, DockerRootDir } = conditionSchema.parse(jsonOf(body.toString('utf8')));
      const theirTime = SystemTime === undefined ? Number.NaN : Date.parse(SystemTime);
      return {
        // It looked at its clock at some time in between.
        clockAheadSeconds: Number.isNaN(theirTime)
          ? undefined
          : (theirTime - (startedAt + endedAt) / 2) / 1000,
        clockAccuracySeconds: (endedAt - startedAt) / 2000,
        dataRoot: DockerRootDir,
      };
    },
    async containers() {
      const containers = await get('/containers/json?all=true', containersSchema);
      return containers.map((container) => ({
        id: container.Id,
        name: (container.Names[0] ?? '').replace(/^\//, ''),
        labels: container.Labels,
        state: container.State,
        status: container.Status,
        publishedPorts: [...new Set(container.Ports.flatMap(({ PublicPort }) => PublicPort ?? []))],
      }));
    },
    async volumes() {
      const { Volumes } = await get('/volumes', volumesSchema);
      return Volumes.map(({ Name, Labels }) => ({ id: Name, name: Name, labels: Labels }));
    },
    async networks() {
      const networks = await get('/networks', networksSchema);
      return networks.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels }));
    },
    async hasImage(reference) {
      try {
        await call('GET', `/images/${reference}/json`);
        return true;
      } catch (error) {
        if (error instanceof EngineError && error.status === 404) return false;
        throw error;
      }
    },
    async logs(container, lines) {
      return readFrames(
        await call('GET', `/containers/${container}/logs?stdout=true&stderr=true&tail=${lines}`),
      );
    },
    async removeContainer(id, graceSeconds) {
      try {
        await call('POST', `/containers/${id}/stop?t=${graceSeconds}`);
      } catch (error) {
        if (!(error instanceof EngineError && error.status === 404)) throw error;
      }
      await remove(`/containers/${id}?force=true&v=true`);
    },
    removeVolume: (name) => remove(`/volumes/${name}`),
    removeNetwork: (id) => remove(`/networks/${id}`),
    removeImage: (reference) => remove(`/images/${reference}`),
    async unnamedImages(title) {
      const filters = { dangling: ['true'], label: [`org.opencontainers.image.title=${title}`] };
      const images = await get(
        `/images/json?filters=${encodeURIComponent(JSON.stringify(filters))}`,
        imagesSchema,
      );
      return images.map(({ Id }) => Id);
    },
    async createVolume(name, labels) {
      const content = Buffer.from(JSON.stringify({ Name: name, Labels: labels }));
      await call('POST', '/volumes/create', { type: 'application/json', content });
    },
    async pullImage(reference, signal) {
      const progress = await call(
        'POST',
        `/images/create?fromImage=${encodeURIComponent(reference)}`,
        undefined,
        signal,
      );
      for (const line of progress.toString('utf8').split('\n')) {
        const { success, data } = pullErrorSchema.safeParse(jsonOf(line));
        if (success) throw new EngineError(200, data.error);
      }
    },
  };
}

/** The engine answered, but not with what was asked for. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The text of a log that comes in frames: a byte for the stream, three of padding, four for the length, the text.
 * A container with a terminal has none, and its text is taken as it is.
 */
export function readFrames(bytes: Buffer): string {
  const parts: Buffer[] = [];
  let offset = 0;
  while (offset + 8 <= bytes.length) {
    const stream = bytes.readUInt8(offset);
    const length = bytes.readUInt32BE(offset + 4);
    if (stream > 2 || bytes.readUIntBE(offset + 1, 3) !== 0) return bytes.toString('utf8');
    parts.push(bytes.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
  }
  return offset === 0 ? bytes.toString('utf8') : Buffer.concat(parts).toString('utf8');
}
