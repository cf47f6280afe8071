import { Duplex } from 'node:stream';
import { clearTimeout, setTimeout } from 'node:timers';
import { shellWord } from '../../../infra/settings/ssh.ts';
import { messageOf } from '../terminal/failure.ts';
import { startSsh } from './child.ts';
import type { SshCall } from './failure.ts';
import { sshFailure } from './failure.ts';

/** What the Docker CLI and the provider's plugin run over there: it joins its input and output to the engine's socket. */
export function dialCommand(socket: string | undefined): string {
  return socket === undefined
    ? 'docker system dial-stdio'
    : `docker ${shellWord(`--host=unix://${socket}`)} system dial-stdio`;
}

/**
 * A connection to the engine over there, as an HTTP agent takes it. It ends with the failure that ssh or the far side gave as its
 * reason, and doesn't keep this process from ending while it is idle.
 */
export class SshStream extends Duplex {
  readonly #ssh: ReturnType<typeof startSsh>;
  #timer: NodeJS.Timeout | undefined;
  #timeoutMs = 0;

  constructor(call: SshCall) {
    super({ allowHalfOpen: true });
    this.#ssh = startSsh(call, dialCommand(call.address.socket));
    const { child, ended } = this.#ssh;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#restartTimer();
      if (!this.push(chunk)) child.stdout.pause();
    });
    ended.then(
      (end) => {
        if (end.code === 0) {
          this.push(null);
          this.end();
        } else this.destroy(sshFailure(call, end));
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(messageOf(error))),
    );
  }

  override _read(): void {
    this.#ssh.child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#restartTimer();
    // An error of the pipe is not the reason: how ssh ended is.
    this.#ssh.child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#ssh.child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#ssh.child.stdin.destroy();
    this.#ssh.child.kill();
    done(error);
  }

  /** As of a socket: `timeout` is emitted after so many milliseconds without any data; 0 turns it off. */
  setTimeout(milliseconds: number, listener?: () => void): this {
    this.#timeoutMs = milliseconds;
    if (listener !== undefined) this.once('timeout', listener);
    this.#restartTimer();
    return this;
  }

  #restartTimer(): void {
    clearTimeout(this.#timer);
    if (this.#timeoutMs > 0) this.#timer = setTimeout(() => this.emit('timeout'), this.#timeoutMs).unref();
  }

  /** ssh looks after the connection itself. */
  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    for (const part of this.#parts()) part.ref();
    return this;
  }

  unref(): this {
    for (const part of this.#parts()) part.unref();
    return this;
  }

  /** The process and its pipes, which are sockets. */
  #parts(): readonly Holding[] {
    const { child } = this.#ssh;
    const parts: readonly object[] = [child, child.stdin, child.stdout, child.stderr];
    return parts.filter(isHolding);
  }
}

/** Something that keeps this process from ending. */
interface Holding {
  ref(): unknown;
  unref(): unknown;
}

function isHolding(value: object): value is Holding {
  return (
    'ref' in value && typeof value.ref === 'function' && 'unref' in value && typeof value.unref === 'function'
  );
}
