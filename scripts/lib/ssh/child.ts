import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { sshArguments, sshOptions } from '../../../infra/settings/ssh.ts';
import { codeOf, Failure } from '../terminal/failure.ts';
import type { SshCall, SshEnd } from './failure.ts';
import { sshMissing } from './failure.ts';

/** Calls of the machine's own ssh: it knows the user's keys, agent, hosts, jumps and aliases. */

export interface SshChild {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything that it printed for people, as far as it has come. */
  stderr(): string;
  /** @throws Failure where it could not be started */
  readonly ended: Promise<SshEnd>;
}

/** What is kept of stderr: the last things said. */
const keptCharacters = 16_384;

/**
 * Starts ssh with a command over there. It gets a session of its own, as the Docker CLI gives it: Ctrl-C is for this process, and
 * what is under way has to come to its end through it.
 * @param extra options before the machine's name
 */
export function startSsh(call: SshCall, command: string, extra: readonly string[] = []): SshChild {
  const args = [...sshArguments(call.address, [...extra, ...sshOptions(call.options), '-T']), command];
  // Messages are compared with what they are in English.
  const child = spawn('ssh', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-keptCharacters);
  });
  // It ended before it was told everything; how it ended says why.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<SshEnd>((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        codeOf(error) === 'ENOENT' ? sshMissing() : new Failure(`ssh could not be started: ${error.message}`),
      ),
    );
    child.once('close', (code) => resolve({ code: code ?? 255, stderr: said }));
  });
  // Whoever is interested waits for it.
  ended.catch(() => undefined);
  return { child, stderr: () => said, ended };
}
