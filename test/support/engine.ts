import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** A Docker engine by its own API over its unix socket, as little of it as the tests need. */

/** The oldest version of the API that current engines still speak is 1.44, and Debian's engine speaks 1.41: so none is named. */
export class Engine {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** @throws Error with the engine's words for every status but those below 300. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const { status, answer } = await this.send(method, path, sent, 'application/json');
    const text = answer.toString('utf8');
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.trim()}`);
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  /** As `call`, for what is no JSON. */
  send(
    method: string,
    path: string,
    body?: Buffer | Readable,
    type = 'application/x-tar',
  ): Promise<{ readonly status: number; readonly answer: Buffer }> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string> = body === undefined ? {} : { 'content-type': type };
      if (Buffer.isBuffer(body)) headers['content-length'] = String(body.length);
      const call = request({ socketPath: this.#socket, path, method, headers }, (response) => {
        buffer(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), reject);
      });
      call.on('error', reject);
      if (body === undefined || Buffer.isBuffer(body)) call.end(body);
      else body.on('error', reject).pipe(call);
    });
  }

  async answers(): Promise<boolean> {
    try {
      return (await this.send('GET', '/_ping')).status === 200;
    } catch {
      return false;
    }
  }
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

function onPath(program: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function socketOfEnvironment(): string {
  const host = process.env['DOCKER_HOST'] ?? '';
  return host.startsWith('unix://') ? host.slice('unix://'.length) : '/var/run/docker.sock';
}

/** Why there can be no engine on this machine, or undefined where there is one or one can be started. */
export async function engineMissing(): Promise<string | undefined> {
  if (await new Engine(socketOfEnvironment()).answers()) return undefined;
  if (onPath('dockerd') === undefined) return 'a Docker engine';
  if (process.getuid?.() !== 0) return 'a running Docker engine, or root to start one';
  return undefined;
}

/** The engine that runs here, else one of the test's own, which ends with it. */
export async function openEngine(): Promise<RunningEngine> {
  const engine = new Engine(socketOfEnvironment());
  if (await engine.answers()) return { engine, [Symbol.asyncDispose]: async () => undefined };
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
  const engine = new Engine(socket);
  while (!(await engine.answers())) {
    if (ended) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`dockerd ended:\n${said.join('')}`);
    }
    // Nothing tells of a socket's birth but looking.
    await new Promise((done) => setTimeout(done, 50));
  }
  return {
    engine,
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
