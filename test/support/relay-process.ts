import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import type { Language } from '../../exporter/relay/words.ts';
import type { StandInBot } from './bots.ts';
import { botSecret } from './bots.ts';
import { testedProgram } from './tested-program.ts';

export interface RunningRelay {
  /** `host:port`. */
  readonly target: string;
  readonly log: () => string;
  /** Ends it by SIGTERM, or as a crash does. */
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

export interface RelayProcessOptions {
  /** Holds its file, secrets and storage. */
  readonly folder: string;
  readonly language: Language;
  readonly bots: readonly StandInBot[];
  /** 0 takes a free one. */
  readonly port?: number;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly flags?: readonly string[];
}

/** The real program, with a channel for each bot called after its type. */
export async function startRelayProcess(options: RelayProcessOptions): Promise<RunningRelay> {
  const { folder, language, bots, port = 0, extra, flags = [] } = options;
  const secrets = join(folder, 'secrets');
  await mkdir(secrets, { recursive: true });
  await writeFile(join(secrets, 'BOT_SECRET'), botSecret);
  for (const { type, webhook } of bots) await writeFile(join(secrets, `${type}.url`), `${webhook}\n`);
  const channels = bots.map(({ type }) => ({
    name: type,
    type,
    url: { secret: `${type}.url` },
    ...(type === 'wecom_bot' ? {} : { secret: { secret: 'BOT_SECRET' } }),
  }));
  await writeFile(join(folder, 'relay.yaml'), stringify({ language, channels, ...extra }));
  const child = spawn(
    process.execPath,
    [
      testedProgram,
      'relay',
      `--config.file=${join(folder, 'relay.yaml')}`,
      `--secrets.dir=${secrets}`,
      `--storage.path=${join(folder, 'storage')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  let log = '';
  const target = await new Promise<string>((done, failed) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log += `${line}\n`;
      const [, address] = /listening for notifications.* url=https?:\/\/([^/\s]+)\//.exec(line) ?? [];
      if (address !== undefined) done(address);
    });
    child.once('close', () => failed(new Error(`the relay ended:\n${log}`)));
  });
  return {
    target,
    log: () => log,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}
