import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Forward } from '../../../infra/settings/tunnels.ts';
import { Failure } from '../terminal/failure.ts';
import { until } from '../until.ts';
import type { SshChild } from './child.ts';
import { startSsh } from './child.ts';
import type { SshCall } from './failure.ts';
import { sshFailure } from './failure.ts';

/** Tunnels through ssh to ports of another machine, for as long as this process wants them. */

export interface OpenTunnels {
  /** Returns when the ports of this machine are free again. */
  close(): Promise<void>;
}

export interface TunnelOptions {
  readonly forwards: readonly Forward[];
  /** Told when the connection is lost, which is then made anew until the tunnels are closed. */
  readonly onLost: (message: string) => void;
}

/**
 * Arguments of ssh. A connection that the user's own configuration shares would keep the tunnels after we are gone, so it is not
 * taken; and how a forwarded connection fails is printed from the level INFO on.
 */
export function forwardingOptions(forwards: readonly Forward[]): readonly string[] {
  return [
    ...['-o', 'ControlMaster=no', '-o', 'ControlPath=none'],
    // Forwards of that configuration are opened as well, and one of them that fails is not our matter.
    ...['-o', 'ClearAllForwardings=no', '-o', 'ExitOnForwardFailure=no', '-o', 'LogLevel=INFO'],
    ...forwards.flatMap(({ localPort, host, port }) => [
      '-L',
      `127.0.0.1:${localPort}:${host.includes(':') ? `[${host}]` : host}:${port}`,
    ]),
  ];
}

/** Milliseconds between two tries to get a lost connection back. */
const retryMs = 2000;

/** How long the reason for a refused connection is waited for. */
const longestReasonMs = 1000;

/** @throws Failure that says why they could not be opened */
export async function openTunnels(call: SshCall, options: TunnelOptions): Promise<OpenTunnels> {
  const { forwards, onLost } = options;
  const closing = new AbortController();
  let current = await openOnce(call, forwards, closing.signal);
  await checkForwarding(call, current, forwards);

  const supervision = (async () => {
    while (!closing.signal.aborted) {
      const end = await current.ended.catch(() => undefined);
      if (closing.signal.aborted) return;
      onLost(end === undefined ? 'ssh could not be started' : sshFailure(call, end).message);
      while (!closing.signal.aborted) {
        try {
          current = await openOnce(call, forwards, closing.signal);
          // Closed while it was being opened.
          if (closing.signal.aborted) await finish(current);
          break;
        } catch {
          await delay(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
        }
      }
    }
  })();

  return {
    async close() {
      closing.abort();
      await finish(current);
      await supervision;
    },
  };
}

/**
 * The far side repeats what it is told. What comes back says that the ports listen, and its input ends with this process, however
 * that ends, so that no tunnel outlives it.
 */
async function openOnce(
  call: SshCall,
  forwards: readonly Forward[],
  closing: AbortSignal,
): Promise<SshChild> {
  const ssh = startSsh(call, 'cat', forwardingOptions(forwards));
  const { child, ended } = ssh;
  const kill = () => child.kill();
  closing.addEventListener('abort', kill);
  child.stdin.write('open\n');
  const answered = once(child.stdout, 'data').then(() => undefined);
  const end = await Promise.race([answered, ended]);
  closing.removeEventListener('abort', kill);
  if (end !== undefined) throw sshFailure(call, end);
  child.stdout.resume();
  const refused = [...ssh.stderr().matchAll(/cannot listen to port: (\d+)/g)].map(([, port]) => Number(port));
  const taken = forwards.find(({ localPort }) => refused.includes(localPort));
  if (taken !== undefined) {
    child.kill();
    throw new Failure(`port ${taken.localPort} of this machine, where a tunnel begins, is in use`, [
      'another run of the scripts may be under way; else stop the program that has it',
    ]);
  }
  return ssh;
}

/** A server can take the request for a tunnel, and refuse each connection through it. */
async function checkForwarding(call: SshCall, ssh: SshChild, [first]: readonly Forward[]): Promise<void> {
  if (first !== undefined && !(await tryForward(first.localPort))) {
    // ssh closes a connection that is refused, and says why: what it says may be read after the end of the connection.
    await until(() => /open failed/.test(ssh.stderr()), { limitMs: longestReasonMs, everyMs: 20 });
  }
  if (!/administratively prohibited/.test(ssh.stderr())) return;
  ssh.child.kill();
  throw new Failure(`${call.address.host} does not allow tunnels to its ports`, [
    'set AllowTcpForwarding to local in its sshd_config, or publish the ports: balance-alert:bindAddress',
  ]);
}

/** Sends a request to see what becomes of it, and whether it is answered; nothing has to listen over there yet. */
async function tryForward(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.0\r\n\r\n');
  const limit = AbortSignal.timeout(3000);
  const isAnswered = await Promise.race([
    once(socket, 'data', { signal: limit }).then(() => true),
    once(socket, 'close', { signal: limit }).then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return isAnswered;
}

async function finish({ child, ended }: SshChild): Promise<void> {
  child.stdin.end();
  // Where the far side doesn't answer any more.
  const timer = setTimeout(() => child.kill(), 3000);
  await ended.catch(() => undefined);
  clearTimeout(timer);
}
