import * as z from 'zod';
import type { ComponentName } from '../../../infra/render/names.ts';
import { engineNames } from '../../../infra/render/names.ts';
import { needsRelay } from '../../../infra/render/relay.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import type { Engine } from '../docker/engine.ts';
import { jsonOf } from '../json.ts';
import { Failure } from '../terminal/failure.ts';

/** Containers as the engine has them: https://docs.docker.com/reference/api/engine/ (ContainerInspect). */

const nothing = <Value>(value: Value | null | undefined, otherwise: Value): Value => value ?? otherwise;

const inspectionSchema = z.object({
  Id: z.string(),
  /** The image's id. */
  Image: z.string(),
  RestartCount: z.number().default(0),
  State: z.object({
    /** `running`, `exited`, `restarting`, `paused`, `created`, `dead`. */
    Status: z.string(),
    OOMKilled: z.boolean().default(false),
    ExitCode: z.number().default(0),
    Error: z.string().default(''),
    Health: z
      .object({
        Status: z.string(),
        Log: z
          .array(z.object({ Output: z.string() }))
          .nullish()
          .transform((log) => nothing(log, [])),
      })
      .nullish(),
  }),
  Config: z.object({
    Env: z
      .array(z.string())
      .nullish()
      .transform((list) => nothing(list, [])),
    Cmd: z
      .array(z.string())
      .nullish()
      .transform((list) => nothing(list, [])),
    Labels: z
      .record(z.string(), z.string())
      .nullish()
      .transform((labels) => nothing(labels, {})),
  }),
  HostConfig: z.object({
    /** Bytes; 0 without a limit. */
    Memory: z.number().default(0),
    PortBindings: z
      .record(
        z.string(),
        z.array(z.object({ HostIp: z.string().default(''), HostPort: z.string() })).nullish(),
      )
      .nullish()
      .transform((ports) => nothing(ports, {})),
  }),
  NetworkSettings: z.object({
    Networks: z
      .record(
        z.string(),
        z.object({
          Aliases: z
            .array(z.string())
            .nullish()
            .transform((list) => nothing(list, [])),
        }),
      )
      .nullish()
      .transform((networks) => nothing(networks, {})),
  }),
  Mounts: z
    .array(z.object({ Type: z.string(), Name: z.string().default(''), Destination: z.string() }))
    .nullish()
    .transform((list) => nothing(list, [])),
});

export type Inspection = z.output<typeof inspectionSchema>;

/** What the stack runs, as it is configured. */
export function expectedComponents(settings: Settings): readonly ComponentName[] {
  return [
    'exporter',
    ...(settings.prometheus.mode === 'managed' ? (['prometheus'] as const) : []),
    ...(settings.alertmanager.mode === 'managed' ? (['alertmanager'] as const) : []),
    ...(needsRelay(settings.alertmanager) ? (['relay'] as const) : []),
    ...(settings.grafana.mode === 'managed' ? (['grafana'] as const) : []),
  ];
}

/** The containers of the stack's names that are there, whoever made them. */
export async function inspectContainers(
  engine: Engine,
  settings: Settings,
): Promise<ReadonlyMap<ComponentName, Inspection>> {
  const names = engineNames(settings.namePrefix).containers;
  const found = await Promise.all(
    expectedComponents(settings).map(async (component) => {
      const { status, body } = await engine.call('GET', `/containers/${names[component]}/json`);
      if (status === 404) return [];
      const parsed = inspectionSchema.safeParse(jsonOf(body.toString('utf8')));
      if (status !== 200 || !parsed.success)
        throw new Failure(`the engine cannot inspect the container ${names[component]} (answer ${status})`);
      return [[component, parsed.data] as const];
    }),
  );
  return new Map(found.flat());
}

/** Names of the files below a folder of a container, with their bytes; undefined where there is no such folder. */
export async function readFiles(
  engine: Engine,
  container: string,
  path: string,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const { status, body } = await engine.call(
    'GET',
    `/containers/${container}/archive?path=${encodeURIComponent(path)}`,
  );
  return status === 200 ? filesOfTar(body) : undefined;
}

const block = 512;

/** Regular files of a tar archive by their name without the folder; links and folders are left out. */
export function filesOfTar(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  let offset = 0;
  while (offset + block <= archive.length) {
    const header = archive.subarray(offset, offset + block);
    const name = header.toString('utf8', 0, 100).replace(/\0.*$/s, '');
    if (name === '') break;
    const size = Number.parseInt(header.toString('ascii', 124, 136), 8) || 0;
    const type = header.toString('ascii', 156, 157);
    if (type === '0' || type === '\0')
      files.set(
        name.slice(name.lastIndexOf('/') + 1),
        archive.subarray(offset + block, offset + block + size),
      );
    offset += block + Math.ceil(size / block) * block;
  }
  return files;
}
