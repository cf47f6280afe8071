import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { hashSync } from 'bcryptjs';
import { folderOfImage } from '../../support/bundle.ts';

test('the bundle checks passwords in a folder that has the files of the image only', async (t) => {
  const folder = await folderOfImage();
  t.teardown(() => rmSync(folder, { recursive: true }));
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
