import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { hashSync } from 'bcryptjs';
import { ensureBundle } from '../../support/bundle.ts';
import { until } from '../../support/until.ts';

const root = resolve(import.meta.dirname, '../../..');

/** Files and folders that the image has in the folder of its program. */
function filesOfImage(): readonly string[] {
  const text = readFileSync(join(root, 'exporter/Dockerfile'), 'utf8');
  const [, files = ''] = /^COPY (.+) \/app\/$/m.exec(text) ?? [];
  const folders = [...text.matchAll(/^COPY (?:--chown=\S+ )?(\S+) \/app\/\1$/gm)].map(
    ([, name = '']) => name,
  );
  return [...files.split(' '), ...folders];
}

test('the bundle checks passwords in a folder that has the files of the image only', async (t) => {
  await ensureBundle();
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-image-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  // Another test may be making the bundle anew at this moment.
  await until(() => {
    for (const name of filesOfImage())
      cpSync(join(root, 'dist', name), join(folder, name), { recursive: true });
    return true;
  });
  writeFileSync(join(folder, 'accounts.yaml'), 'subscriptions: [{ name: a, cycle: monthly, day: 1 }]\n');
  writeFileSync(
    join(folder, 'web.yaml'),
    `basic_auth_users:\n  scraper: ${hashSync('planted-password', 4)}\n`,
  );
  const child = spawn(
    process.execPath,
    [
      ...['balance-alert.mjs', 'serve', '--config.file=accounts.yaml', '--web.config.file=web.yaml'],
      ...['--web.listen-address=127.0.0.1:0', '--web.status-address=127.0.0.1:0'],
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  try {
    const url = await new Promise<string>((done, failed) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        const [, found] = /listening for scrapes.* url=(\S+)/.exec(line) ?? [];
        if (found !== undefined) done(found);
      });
      child.once('close', () => failed(new Error('the bundle ended')));
    });
    const statusOf = async (password?: string): Promise<number> => {
      const encoded = Buffer.from(`scraper:${password}`).toString('base64');
      const headers = password === undefined ? {} : { authorization: `Basic ${encoded}` };
      return (await fetch(url, { headers })).status;
    };
    t.is(await statusOf(), 401);
    t.is(await statusOf('another password'), 401);
    t.is(await statusOf('planted-password'), 200);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
});
