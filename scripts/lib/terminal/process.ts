import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { codeOf, Failure } from './failure.ts';

/** Child processes, and stopping them once. */

export interface RunOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface RunResult {
  /** As a shell would say it: 128 and the signal's number for a killed one; 127 where there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and keeps what it says. Fails only for what cannot be started at all. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        texts[name] += chunk;
      });
    }
    child.on('error', (error) => {
      if (codeOf(error) === 'ENOENT')
        resolve({ code: 127, stdout: '', stderr: `${command}: command not found` });
      else reject(error);
    });
    child.on('close', (code, signal) => resolve({ code: exitCode(code, signal), ...texts }));
  });
}

export interface FollowOptions extends RunOptions {
  /** Each line as it comes, without its break. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly interruption: Interruption;
  /** Each line that it writes to the file descriptor 3, which is open only where this is given. */
  readonly onMessage?: (line: string) => void;
  /** Told its id as soon as it runs; also that of its process group. */
  readonly onStart?: (pid: number) => void;
}

/**
 * Runs a program and hands over its lines. It gets a session of its own, so that Ctrl-C reaches this process only
 * and is passed on exactly once: a second SIGINT makes Pulumi drop what it is doing and leave half of it behind.
 * @returns its exit code
 */
export function follow(command: string, args: readonly string[], options: FollowOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe', options.onMessage === undefined ? 'ignore' : 'pipe'],
      detached: true,
    });
    const { stdout, stderr } = child;
    const messages = child.stdio[3];
    if (stdout === null || stderr === null) throw new TypeError('a child without its pipes');
    if (child.pid !== undefined) options.onStart?.(child.pid);
    const lines = Promise.all([
      eachLine(stdout, (line) => options.onLine(line, 'stdout')),
      eachLine(stderr, (line) => options.onLine(line, 'stderr')),
      messages instanceof Readable ? eachLine(messages, (line) => options.onMessage?.(line)) : undefined,
    ]);
    const release = options.interruption.passTo((signal) => child.kill(signal));
    child.on('error', (error) => {
      release();
      reject(codeOf(error) === 'ENOENT' ? new Failure(`${command}: command not found`) : error);
    });
    child.on('close', (code, signal) => {
      release();
      lines.then(() => resolve(exitCode(code, signal)), reject);
    });
  });
}

async function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    onLine(line);
}

/** Numbers of the signals that end processes, for the codes that shells give. */
const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signalNumbers[signal ?? ''] ?? 0);
}

/**
 * Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP), taken once for the whole script. The running program is
 * signalled once, by SIGINT, and waited for; where none runs, the script ends between two steps.
 */
export class Interruption {
  readonly #print: (text: string) => void;
  readonly #controller = new AbortController();
  readonly #receivers = new Set<(signal: NodeJS.Signals) => void>();

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  /** Aborted as soon as the user wants to stop; for waits and requests. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get requested(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Listens to the process's signals from now on. */
  listen(): this {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.request());
    // A terminal that was closed takes no more lines, which is no reason to leave anything half done.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    return this;
  }

  request(): void {
    if (this.requested) {
      this.#print(
        'Still waiting for the running operation to finish; killing it would leave the stack half updated.',
      );
      return;
    }
    this.#controller.abort();
    if (this.#receivers.size > 0) this.#print('Stopping after the running operation …');
    for (const receive of this.#receivers) receive('SIGINT');
  }

  /** Registers a listener; the returned function removes it. After the request a new listener is called at once. */
  passTo(receiver: (signal: NodeJS.Signals) => void): () => void {
    this.#receivers.add(receiver);
    if (this.requested) receiver('SIGINT');
    return () => void this.#receivers.delete(receiver);
  }
}
