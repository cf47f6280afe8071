import type { EngineSettings } from '../../../infra/settings/engine.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import {
  engineApiVariable,
  engineIdVariable,
  enginePlatformVariable,
  tunnelsVariable,
} from '../../../infra/settings/parse.ts';
import { sshAddressOf, sshCommandFor } from '../../../infra/settings/ssh.ts';
import type { EngineInfo } from '../docker/engine.ts';
import type { SshCall } from '../ssh/failure.ts';
import { openTunnels } from '../ssh/tunnel.ts';
import type { Console } from '../terminal/console.ts';

/** Reaching a stack on another machine: tunnels for as long as something is done, and the command for the time after. */

/** The machine that is asked over ssh; undefined where none is configured. */
export function sshCallOf(settings: Pick<Settings, 'engine' | 'tunnels'>): SshCall | undefined {
  return callTo(settings.tunnels?.through ?? settings.engine.host, settings.engine);
}

function callTo(address: string, { sshOpts = [] }: EngineSettings): SshCall | undefined {
  const parsed = sshAddressOf(address);
  return parsed === undefined ? undefined : { address: parsed, options: sshOpts };
}

/** What the program is told by whoever has asked the engine. */
export function programEnvironment(info: EngineInfo): Readonly<Record<string, string>> {
  return {
    [engineIdVariable]: info.id,
    [engineApiVariable]: info.api,
    [enginePlatformVariable]: info.platform,
    [tunnelsVariable]: 'open',
  };
}

/**
 * Runs something while the tunnels are open that the stack's settings need; they are closed afterwards, however it ends.
 * @throws Failure where they can't be opened
 */
export async function withTunnels<Result>(
  settings: Pick<Settings, 'engine' | 'tunnels'>,
  console: Console,
  action: () => Promise<Result>,
): Promise<Result> {
  const forwards = Object.values(settings.tunnels?.forwards ?? {});
  const call = sshCallOf(settings);
  if (settings.tunnels === undefined || call === undefined || forwards.length === 0) return action();
  const tunnels = await openTunnels(call, {
    forwards,
    onLost: (message) => console.warn(`${message}; opening the tunnels again`),
  });
  const ports = forwards.map(({ port, localPort }) => `${port} at ${localPort}`).join(', ');
  console.line(`tunnels through ${call.address.host}: its port ${ports}`);
  try {
    return await action();
  } finally {
    await tunnels.close();
  }
}

/** What people type to open the pages on their own machine; undefined where no tunnel is needed. */
export function tunnelCommand(settings: Pick<Settings, 'engine' | 'tunnels'>): string | undefined {
  const call = sshCallOf(settings);
  if (settings.tunnels === undefined || call === undefined) return undefined;
  const forwards = Object.values(settings.tunnels.forwards).flatMap(({ host, port }) => [
    '-L',
    `${port}:${host.includes(':') ? `[${host}]` : host}:${port}`,
  ]);
  return sshCommandFor(call.address, ['-N', ...forwards, ...call.options]);
}
