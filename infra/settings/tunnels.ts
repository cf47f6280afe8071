import { createHash } from 'node:crypto';
import type { EngineSettings } from './engine.ts';
import { isLoopback, reachableAddress, remoteHostOf } from './hosts.ts';
import type { StackDocument } from './schema.ts';
import { sshAddressOf } from './ssh.ts';

/**
 * Ways through ssh to ports that listen on another machine's loopback interface only. The scripts open them for as long as they
 * work; the program only has to know where they end on this machine.
 */

export type TunnelledService = keyof StackDocument['ports'];

export interface Forward {
  /** On this machine's 127.0.0.1. */
  readonly localPort: number;
  /** As the far machine reaches the service. */
  readonly host: string;
  readonly port: number;
}

export interface Tunnels {
  /** An `ssh://` address. */
  readonly through: string;
  readonly forwards: Readonly<Partial<Record<TunnelledService, Forward>>>;
}

/** Below the ports that Linux and macOS give to outgoing connections, and above most that programs listen on. */
const firstPort = 20_000;
const portCount = 10_000;

/**
 * What the stack's settings need; undefined where the published ports can be reached without a tunnel, or no ssh leads there.
 * @param ports those that are published
 */
export function tunnelsOf(
  stack: StackDocument,
  engine: EngineSettings,
  ports: Readonly<Partial<Record<TunnelledService, number>>>,
): Tunnels | undefined {
  if (!isLoopback(stack.bindAddress)) return undefined;
  const through = stack.tunnel ?? (sshAddressOf(engine.host) === undefined ? undefined : engine.host);
  if (through === undefined) return undefined;
  const address = sshAddressOf(through);
  const host = reachableAddress(stack.bindAddress);
  const forwards: Partial<Record<TunnelledService, Forward>> = {};
  const taken = new Set<number>();
  const services: readonly TunnelledService[] = [
    'status',
    'metrics',
    'prometheus',
    'alertmanager',
    'grafana',
  ];
  for (const service of services) {
    const port = ports[service];
    if (port === undefined) continue;
    const own = service === 'grafana' && stack.grafana.mode === 'managed' ? stack.grafana.url : undefined;
    // A way of the user's own.
    if (own !== undefined && !isLoopback(new URL(own).hostname)) continue;
    const localPort =
      own === undefined
        ? localPortOf(`${address?.host}:${address?.port ?? 22}:${port}`, taken)
        : Number(new URL(own).port || 80);
    taken.add(localPort);
    forwards[service] = { localPort, host, port };
  }
  return { through, forwards };
}

/**
 * The same for each run, because Grafana's address is part of the state, and another for each host and port, so that two stacks
 * can be worked on at once.
 */
function localPortOf(key: string, taken: ReadonlySet<number>): number {
  const start = createHash('sha256').update(key).digest().readUInt32BE() % portCount;
  for (let step = 0; ; step += 1) {
    const port = firstPort + ((start + step) % portCount);
    if (!taken.has(port)) return port;
  }
}

/** Whether the published ports are behind another machine's loopback interface, and nothing leads there. */
export function isOutOfReach(stack: StackDocument, engine: EngineSettings): boolean {
  return (
    isLoopback(stack.bindAddress) &&
    remoteHostOf(engine.host) !== undefined &&
    tunnelsOf(stack, engine, {}) === undefined
  );
}
