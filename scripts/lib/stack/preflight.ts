import { engineNames, stackLabel } from '../../../infra/render/names.ts';
import { remoteHostOf } from '../../../infra/settings/hosts.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import { reachesApi } from '../../../infra/settings/parse.ts';
import type { EngineCondition, EngineContainer, EngineInfo, EngineObject } from '../docker/engine.ts';
import type { StackState } from '../pulumi/state.ts';
import { engineIdOf, idsOf } from '../pulumi/state.ts';

/** What must hold before an update touches anything: the old container is gone before the new one is tried. */

export interface EngineObjects {
  readonly containers: readonly EngineContainer[];
  readonly volumes: readonly EngineObject[];
  readonly networks: readonly EngineObject[];
}

export interface EngineFacts extends EngineObjects {
  readonly info: EngineInfo;
}

export interface PreflightFacts {
  readonly settings: Settings;
  readonly state: StackState;
  readonly engine: EngineFacts;
  /** Published ports that something on the engine's machine listens on. */
  readonly takenPorts: ReadonlySet<number>;
  readonly condition?: EngineCondition;
  /** For the engine's files; undefined where nobody says. */
  readonly freeBytes?: number | undefined;
  /** Images that have to be pulled. */
  readonly missingImages?: readonly string[];
}

/** Something on the engine that is labelled as this stack's, but that the state does not know. */
export interface Orphan {
  readonly kind: 'container' | 'volume' | 'network';
  readonly id: string;
  readonly name: string;
}

export interface PreflightResult {
  /** Each stops the update. */
  readonly problems: readonly string[];
  /** What a killed run left; each stops the update until it is repaired. */
  readonly orphans: readonly Orphan[];
  readonly pending: StackState['pending'];
  readonly warnings: readonly string[];
}

export function preflight(facts: PreflightFacts): PreflightResult {
  const { settings, state, engine } = facts;
  const orphans = findOrphans(facts);
  const warnings: string[] = [];
  const { exporter } = settings.images;
  if (exporter.kind === 'built' && exporter.platform !== engine.info.platform) {
    warnings.push(
      `the exporter image is built for ${exporter.platform}, but the engine runs ${engine.info.platform}: set balance-alert:images.platform`,
    );
  }
  const condition = conditionOf(facts);
  return {
    problems: [
      ...condition.problems,
      ...engineMismatch(state, engine.info, settings.engine.host),
      ...nameConflicts(facts),
      ...takenPorts(facts, orphans),
    ],
    orphans,
    pending: state.pending,
    warnings: [...warnings, ...condition.warnings],
  };
}

/** Minor version of the API of Docker 20.10, the oldest release that the stack was tried on. */
const oldestApi = 41;

/** Seconds that two clocks may differ before times in graphs, alerts and signed requests are visibly wrong. */
const clockTolerance = 30;

const mebibyte = 2 ** 20;

/** Bytes below which not even the containers' logs and volumes find room, and those that an image takes, unpacked. */
const room = { least: 256 * mebibyte, image: 600 * mebibyte };

function hasCertificates({ certPath, keyMaterial }: Settings['engine']): boolean {
  return certPath !== undefined || keyMaterial !== undefined;
}

function conditionOf({
  settings,
  engine,
  condition,
  freeBytes,
  missingImages = [],
}: PreflightFacts): Pick<PreflightResult, 'problems' | 'warnings'> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const { host } = settings.engine;
  const { version, api } = engine.info;
  if (reachesApi(api, oldestApi) === false) {
    problems.push(
      `the Docker engine at ${host} is too old: ${version} with the API ${api}, and 20.10 with the API 1.${oldestApi} is the oldest that works`,
    );
  }
  if (/^(tcp|http):/.test(host) && remoteHostOf(host) !== undefined && !hasCertificates(settings.engine)) {
    warnings.push(
      `${host} is reached without TLS: whoever reaches that port is root on the machine, and secrets of the stack cross the network in clear; use ssh:// or certificates`,
    );
  }
  const ahead = condition?.clockAheadSeconds;
  if (ahead !== undefined && Math.abs(ahead) > clockTolerance + (condition?.clockAccuracySeconds ?? 0)) {
    warnings.push(
      `the clock of the engine's machine is ${Math.abs(ahead).toFixed(0)} s ${ahead > 0 ? 'ahead of' : 'behind'} this one's: set both by NTP; samples carry its time, and vendors refuse signed requests of another`,
    );
  }
  if (freeBytes !== undefined) {
    const free = `${(freeBytes / mebibyte).toFixed(0)} MiB are free for the engine's files${condition?.dataRoot === undefined ? '' : ` (${condition.dataRoot})`}`;
    const wanted = room.least + missingImages.length * room.image;
    if (freeBytes < room.least)
      problems.push(`the disk is full: ${free}; docker system df shows what takes it`);
    else if (freeBytes < wanted)
      warnings.push(
        `${free}, and ${missingImages.length} images have to be pulled, which takes about ${((wanted - room.least) / mebibyte).toFixed(0)} MiB`,
      );
  }
  return { problems, warnings };
}

/** A change of host moves nothing: the state would say that everything is there, on an engine that has none of it. */
function engineMismatch(state: StackState, info: EngineInfo, host: string): string[] {
  const last = engineIdOf(state);
  if (last === undefined || last === info.id || idsOf(state, 'docker:index/container:Container').length === 0)
    return [];
  return [
    `${host} is not the engine that this stack was created on (${last} then, ${info.id} now): restore docker:host, or remove the stack from that engine first`,
  ];
}

/** Containers, volumes and networks of our names that belong to someone else. */
function nameConflicts({ settings, state, engine }: PreflightFacts): string[] {
  const problems: string[] = [];
  const known = new Set(state.resources.map(({ id }) => id));
  const names = engineNames(settings.namePrefix);
  const groups: [string, readonly EngineObject[], ReadonlySet<string>][] = [
    ['container', engine.containers, new Set(Object.values(names.containers))],
    ['volume', engine.volumes, new Set(Object.values(names.volumes))],
    ['network', engine.networks, new Set([names.network])],
  ];
  for (const [kind, objects, ours] of groups) {
    for (const { id, name, labels } of objects) {
      if (!ours.has(name) || known.has(id) || labels[stackLabel] === settings.stack) continue;
      const owner = labels[stackLabel];
      problems.push(
        `the ${kind} ${name} ${owner === undefined ? 'was not created by balance-alert' : `belongs to the stack ${owner}`}: remove it, or set another balance-alert:namePrefix`,
      );
    }
  }
  return problems;
}

/**
 * Labelled as ours, unknown to the state. Volumes are left alone, because they are taken over as they are (`keepData`),
 * but for Grafana's: its password is not the one of a new state.
 */
export function findOrphans({
  settings,
  state,
  engine,
}: Pick<PreflightFacts, 'settings' | 'state'> & { readonly engine: EngineObjects }): Orphan[] {
  const known = new Set(state.resources.map(({ id }) => id));
  const grafanaVolume = engineNames(settings.namePrefix).volumes.grafana;
  return orphansOf(settings.stack, known, engine).filter(
    ({ kind, name }) => kind !== 'volume' || name === grafanaVolume,
  );
}

/** Everything on an engine that is labelled with a stack's name and not among the known ids; containers first. */
export function orphansOf(stack: string, known: ReadonlySet<string>, engine: EngineObjects): Orphan[] {
  const of = (kind: Orphan['kind'], objects: readonly EngineObject[]): Orphan[] =>
    objects
      .filter(({ id, labels }) => labels[stackLabel] === stack && !known.has(id))
      .map(({ id, name }) => ({ kind, id, name }));
  return [
    ...of('container', engine.containers),
    ...of('network', engine.networks),
    ...of('volume', engine.volumes),
  ];
}

/** Ports that someone else has. Those of our own containers are given back before they are taken again. */
function takenPorts(
  { settings, engine, takenPorts: taken }: PreflightFacts,
  orphans: readonly Orphan[],
): string[] {
  const orphaned = new Set(orphans.map(({ id }) => id));
  const problems: string[] = [];
  for (const [name, port] of Object.entries(settings.ports)) {
    const holders = engine.containers.filter(({ publishedPorts }) => publishedPorts.includes(port));
    const strangers = holders.filter(
      ({ id, labels }) => labels[stackLabel] !== settings.stack && !orphaned.has(id),
    );
    const [stranger] = strangers;
    if (stranger !== undefined) {
      problems.push(
        `port ${port} (balance-alert:ports.${name}) is published by the container ${stranger.name}: stop it, or set another port`,
      );
    } else if (holders.length === 0 && taken.has(port)) {
      problems.push(
        `port ${port} (balance-alert:ports.${name}) is in use by another program: stop it, or set another port`,
      );
    }
  }
  return problems;
}

/** Ports to try on this machine; none where the engine is elsewhere. */
export function portsToTry(settings: Settings): readonly number[] {
  const isHere = remoteHostOf(settings.engine.host) === undefined && settings.tunnels === undefined;
  return isHere ? Object.values(settings.ports) : [];
}

/** Our containers that are not running healthily, for a look at what they said. */
export function unhealthyContainers(
  stack: string,
  containers: readonly EngineContainer[],
): readonly EngineContainer[] {
  return containers.filter(
    ({ labels, state, status }) =>
      labels[stackLabel] === stack && !(state === 'running' && status.includes('(healthy)')),
  );
}

/** Whether the state holds what can only be read through Grafana's API. */
export function needsGrafana(state: StackState): boolean {
  return state.resources.some(({ type }) => type.startsWith('grafana:oss/'));
}

/** Where the last run reached Grafana; undefined before the first. */
export function grafanaAddressOf({ outputs: { urls } }: StackState): string | undefined {
  const address =
    typeof urls === 'object' && urls !== null && 'grafanaApi' in urls ? urls.grafanaApi : undefined;
  return typeof address === 'string' ? address : undefined;
}

/**
 * The exporter's image in the state, where the engine has lost it: neither preview nor refresh sees that.
 * @returns its URN
 */
export async function imageToRebuild(
  state: StackState,
  hasImage: (reference: string) => Promise<boolean>,
): Promise<string | undefined> {
  const image = state.resources.find(({ type }) => type === 'docker:index/image:Image');
  const { ids } = state.outputs;
  const id =
    typeof ids === 'object' && ids !== null && 'exporterImage' in ids ? ids.exporterImage : undefined;
  if (image === undefined || typeof id !== 'string' || (await hasImage(id))) return undefined;
  return image.urn;
}
