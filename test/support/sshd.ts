import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { onPath } from './on-path.ts';
import { freePorts, listens } from './ports.ts';
import { realClockEnvironment } from './real-clock.ts';
import { until } from './until.ts';

/** A real sshd on loopback with its own host key and one user key, which lets this user in. */

export interface SshdOptions {
  /** More lines of its configuration, such as `ForceCommand ...`. */
  readonly configuration?: readonly string[];
  /** Of its sessions, such as PATH. The home folder is an empty one, so that no shell reads what this user has set up. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Sshd extends AsyncDisposable {
  /** With the user and the port. */
  readonly url: string;
  readonly port: number;
  readonly user: string;
  /** Files: of the accepted key, of another one that is not accepted, of the known hosts. */
  readonly files: Readonly<Record<'key' | 'otherKey' | 'knownHosts' | 'otherHostKey', string>>;
  /** Options of ssh that look at these files and at nothing of this user's. */
  readonly sshOpts: readonly string[];
  /** Ends it, with every connection. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the same keys, unless it runs. */
  start(): Promise<void>;
}

/** What is missing for one, or undefined where nothing is. */
export function sshdMissing(): string | undefined {
  const missing = ['ssh', 'ssh-keygen', 'sshd'].filter((program) => onPath(program) === undefined);
  return missing.length > 0 ? missing.join(', ') : undefined;
}

/** @param folder where keys and configuration go; it is not removed */
export async function startSshd(
  folder: string,
  { configuration = [], environment = {} }: SshdOptions = {},
): Promise<Sshd> {
  const program = onPath('sshd');
  if (program === undefined) throw new Error('there is no sshd');
  const file = (name: string) => join(folder, name);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  mkdirSync(file('home'));
  for (const key of ['host', 'other-host', 'key', 'other-key'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file(key)]);
  copyFileSync(file('key.pub'), file('authorized_keys'));
  const [port = 0] = await freePorts(1);
  // Where root's sshd puts its helper processes; a service would make it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  writeFileSync(
    file('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'MaxStartups 100',
      `SetEnv ${Object.entries({ HOME: file('home'), ...environment })
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
      ...configuration,
      '',
    ].join('\n'),
  );
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${publicKey(file('host.pub'))}\n`);
  const user = userInfo().username;

  let child: ChildProcess | undefined;
  const said: string[] = [];
  const stop = async () => {
    const running = child;
    child = undefined;
    if (running?.pid === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    // Connections are processes of their own, and would outlive it.
    for (const pid of [...descendantsOf(running.pid), running.pid]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Ended in the meantime.
      }
    }
    await ended;
  };
  const start = async () => {
    if (child !== undefined && child.exitCode === null) return;
    // Not as a daemon; messages to stderr. A shifted clock (`scripts/test --date`) is not for its confined processes.
    const started = spawn(program, ['-D', '-e', '-f', file('sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: realClockEnvironment(),
    });
    started.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
    child = started;
    await until(async () => started.exitCode !== null || (await listens(port)));
    if (started.exitCode !== null) throw new Error(`sshd ended:\n${said.join('')}`);
  };
  await start();
  const files = {
    key: file('key'),
    otherKey: file('other-key'),
    knownHosts: file('known_hosts'),
    otherHostKey: file('other-host.pub'),
  };
  return {
    url: `ssh://${user}@127.0.0.1:${port}`,
    port,
    user,
    files,
    sshOpts: sshOptsWith(files.key, files.knownHosts),
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Processes that a process has started, and those that these have, by Linux' table. */
function descendantsOf(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The name of the program, in brackets, can hold anything.
        const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return [];
      }
    });
  const of = (one: number): readonly number[] =>
    parents.filter(({ parent }) => parent === one).flatMap((child) => [...of(child.pid), child.pid]);
  return of(pid);
}

/** @param key the file of a private key */
export function sshOptsWith(key: string, knownHosts: string): readonly string[] {
  return [
    ...['-F', '/dev/null', '-i', key, '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none'],
    ...['-o', `UserKnownHostsFile=${knownHosts}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
  ];
}

/** Type and key of a file, without its comment. */
export function publicKey(file: string): string {
  return readFileSync(file, 'utf8').split(' ').slice(0, 2).join(' ');
}
