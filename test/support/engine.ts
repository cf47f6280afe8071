import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../scripts/lib/docker/engine.ts';
import { connectEngine } from '../../scripts/lib/docker/engine.ts';
import { engineAnswers } from '../../scripts/lib/docker/socket.ts';
import { onPath } from './on-path.ts';
import { until } from './until.ts';

/** A Docker engine for tests: the one that runs here, or one of the test's own. */

/**
 * A call of the engine's API with JSON both ways.
 * @throws Error with the engine's words for every status from 300 on
 */
export async function ask(
  engine: Engine,
  method: Parameters<Engine['call']>[0],
  path: string,
  content?: unknown,
): Promise<unknown> {
  const body =
    content === undefined
      ? undefined
      : { type: 'application/json', content: Buffer.from(JSON.stringify(content)) };
  const answer = await engine.call(method, path, body);
  const text = answer.body.toString('utf8');
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text.trim()}`);
  return text === '' ? undefined : JSON.parse(text);
}

export interface RunningEngine extends AsyncDisposable {
  readonly engine: Engine;
}

/** A field of what the engine said, by its path; undefined where it is not there. */
export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, part);
  }
  return current;
}

function socketOfEnvironment(): string {
  const host = process.env['DOCKER_HOST'] ?? '';
  return host.startsWith('unix://') ? host.slice('unix://'.length) : '/var/run/docker.sock';
}

/** Why there can be no engine on this machine, or undefined where there is one or one can be started. */
export async function engineMissing(): Promise<string | undefined> {
  if (await engineAnswers(socketOfEnvironment())) return undefined;
  if (onPath('dockerd') === undefined) return 'a Docker engine';
  if (process.getuid?.() !== 0) return 'a running Docker engine, or root to start one';
  return undefined;
}

/** The engine that runs here, else one of the test's own, which ends with it. */
export async function openEngine(): Promise<RunningEngine> {
  const socket = socketOfEnvironment();
  if (await engineAnswers(socket))
    return {
      engine: connectEngine({ host: `unix://${socket}` }),
      [Symbol.asyncDispose]: async () => undefined,
    };
  return startEngine();
}

async function startEngine(): Promise<RunningEngine> {
  const dockerd = onPath('dockerd');
  if (dockerd === undefined) throw new Error('there is no dockerd');
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-engine-'));
  const socket = join(folder, 'docker.sock');
  const said: string[] = [];
  const child = spawn(
    dockerd,
    [
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', join(folder, 'pid'), '--host', `unix://${socket}`],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    if (said.length > 50) said.shift();
  });
  let ended = false;
  const end = new Promise<void>((done) => {
    child.once('close', () => {
      ended = true;
      done();
    });
    child.once('error', (error) => {
      said.push(error.message);
      ended = true;
      done();
    });
  });
  await until(async () => ended || (await engineAnswers(socket)));
  if (ended) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`dockerd ended:\n${said.join('')}`);
  }
  return {
    engine: connectEngine({ host: `unix://${socket}` }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await end;
      unmountBelow(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** An engine that ends while its containers run leaves some of their mounts behind. */
function unmountBelow(folder: string): void {
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  // What was mounted last lies on top.
  for (const path of mounted.toReversed()) spawnSync('umount', ['-l', path]);
}
