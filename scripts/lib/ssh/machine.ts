import { isIP } from 'node:net';
import { shellWord } from '../../../infra/settings/ssh.ts';
import { startSsh } from './child.ts';
import type { SshCall } from './failure.ts';

/** What the engine doesn't tell about its machine: room on the disk, and who listens on which port. */

export interface Machine {
  /** Bytes for the engine's files; undefined where that machine does not say. */
  readonly freeBytes: number | undefined;
  readonly listeners: readonly Listener[];
}

export interface Listener {
  /** `0.0.0.0` and `::` for all of them. */
  readonly address: string;
  readonly port: number;
}

/** Printed between the two parts, at the beginning of a line. */
const separator = '=== listeners';

/**
 * Asks a machine over ssh, which needs a shell and Linux there.
 * @param dataRoot the engine's folder
 * @returns undefined where no such question is answered, for users who may only run Docker
 */
export async function inspectMachine(
  call: SshCall,
  dataRoot: string | undefined,
): Promise<Machine | undefined> {
  const script = [
    ...(dataRoot === undefined ? [] : [`df -Pk ${shellWord(dataRoot)}`]),
    `echo '${separator}'`,
    'cat /proc/net/tcp /proc/net/tcp6',
  ].join('; ');
  const { child, ended } = startSsh(call, `sh -c ${shellWord(script)}`);
  child.stdin.end();
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await ended;
  const [disk = '', listeners] = said.split(separator);
  return listeners === undefined
    ? undefined
    : { freeBytes: freeBytesOf(disk), listeners: listenersOf(listeners) };
}

/** From the POSIX form of `df -k`: available blocks of 1024 bytes are in the fourth column. */
export function freeBytesOf(text: string): number | undefined {
  const line = text.trim().split('\n').at(-1) ?? '';
  const [, blocks] = /\s+\d+\s+\d+\s+(\d+)\s+\d+%/.exec(line) ?? [];
  return blocks === undefined ? undefined : Number(blocks) * 1024;
}

/** From the tables of Linux, `/proc/net/tcp` and `/proc/net/tcp6`; the state of those that listen is 0A. */
export function listenersOf(text: string): readonly Listener[] {
  return [...text.matchAll(/^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ 0A /gm)].map(
    ([, address = '', port = '']) => ({ address: addressOf(address), port: Number.parseInt(port, 16) }),
  );
}

/** The kernel prints each 32 bits in its own byte order; that of all but a few machines is little-endian. */
function addressOf(hexadecimal: string): string {
  const bytes = (hexadecimal.match(/.{8}/g) ?? []).flatMap((word) =>
    [...(word.match(/../g) ?? [])].reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join('.');
  // An IPv4 address in an IPv6 one.
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_none, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** Which of some ports can't be listened on at an address of that machine. */
export function takenPortsOf(
  listeners: readonly Listener[],
  address: string,
  ports: readonly number[],
): ReadonlySet<number> {
  const isAll = (one: string) => one === '0.0.0.0' || one === '::';
  const own = isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
  return new Set(
    ports.filter((port) =>
      listeners.some(
        (listener) =>
          listener.port === port && (isAll(listener.address) || isAll(own) || listener.address === own),
      ),
    ),
  );
}
