import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runRelay } from '../../../exporter/commands/relay.ts';
import { lockFolder } from '../../../exporter/storage/folder-lock.ts';

test('a second relay on the same storage is refused before it reads or moves anything of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-storage-'));
  const storage = join(folder, 'relay');
  mkdirSync(storage);
  const log = join(storage, 'state.log');
  writeFileSync(log, 'not a log that this version reads\n');
  const config = join(folder, 'relay.yaml');
  writeFileSync(config, 'channels:\n  - { name: ops, type: wecom_bot, url: { secret: URL } }\n');
  const lock = lockFolder(storage, 0);
  t.teardown(() => {
    if (lock.ok) lock.release();
  });
  const before = readdirSync(storage);

  const lines: string[] = [];
  const code = await runRelay(
    {
      configFile: config,
      checkOnly: false,
      printDigest: false,
      secretsDirectory: undefined,
      storagePath: folder,
      listenAddresses: [{ host: '127.0.0.1', port: 0 }],
      webConfigFile: undefined,
      allowUnauthenticated: false,
      logLevel: 'info',
      logFormat: 'logfmt',
    },
    {
      variables: { URL: 'https://bot.example/send?key=abcdefgh' },
      now: () => 0,
      write: () => undefined,
      log: (line) => lines.push(line),
      watchIntervalMs: 2000,
      terminated: Promise.resolve('SIGTERM'),
    },
  );

  t.is(code, 1);
  t.regex(lines.join(''), /another relay uses it/);
  t.deepEqual(readdirSync(storage), before);
  t.is(readFileSync(log, 'utf8'), 'not a log that this version reads\n');
});
