import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import ava from 'ava';
import { folderOfImage } from '../../support/bundle.ts';
import { makeCertificate, opensslMissing } from '../../support/certificate.ts';
import { startImapServer } from '../../support/imap-server.ts';
import { until } from '../../support/until.ts';

/** A machine without openssl skips this by name. */
const test = opensslMissing() === undefined ? ava : ava.skip;

test('the bundle scans mailboxes in a folder that has the files of the image only', async (t) => {
  const folder = await folderOfImage();
  t.teardown(() => rmSync(folder, { recursive: true }));
  const certificate = makeCertificate(folder);
  const receivedAt = Date.now() - 60_000;
  const server = await startImapServer(certificate, {
    mails: [
      { uid: 1, subject: 'Low balance alert', text: 'Your balance is low.', receivedAt },
      { uid: 2, subject: 'Lunch', text: 'At noon.', receivedAt },
    ],
  });
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets/BILLING_IMAP'), 'planted-password');
  writeFileSync(
    join(folder, 'accounts.yaml'),
    `mailboxes:\n  - { name: billing, host: localhost, port: ${server.port}, user: billing, password: { secret: BILLING_IMAP }, ca_file: '${certificate.caFile}' }\n`,
  );
  const child = spawn(
    process.execPath,
    [
      ...['balance-alert.mjs', 'serve', '--config.file=accounts.yaml', '--secrets.dir=secrets'],
      ...['--web.listen-address=127.0.0.1:0', '--web.status-address=127.0.0.1:0'],
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<number | null>((done) => child.once('close', done));
  let log = '';
  try {
    const url = await new Promise<string>((done, failed) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        log += `${line}\n`;
        const [, found] = /listening for scrapes.* url=(\S+)/.exec(line) ?? [];
        if (found !== undefined) done(found);
      });
      child.once('close', () => failed(new Error(`the bundle ended:\n${log}`)));
    });
    const metrics = async () => (await fetch(url)).text();
    await until(async () => /^balance_alert_mailbox_up\{/m.test(await metrics()));
    const text = await metrics();
    t.regex(text, /^balance_alert_mailbox_up\{mailbox="billing"\} 1$/m, log);
    t.regex(text, /^balance_alert_email_scan_total\{mailbox="billing"\} 2$/m);
    t.regex(text, /^balance_alert_email_alerts_total\{mailbox="billing",topic="low_balance"\} 1$/m);
    t.notRegex(log, /planted-password|Low balance/);
  } finally {
    child.kill('SIGTERM');
    // The thread, which idles now, does not keep the process alive.
    t.is(await ended, 0);
    await server.stop();
  }
});
