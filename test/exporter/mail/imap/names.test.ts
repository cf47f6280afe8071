import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ava from 'ava';
import { connectImap } from '../../../../exporter/mail/imap/session.ts';
import { createNameLookup } from '../../../../exporter/providers/http/lookup.ts';
import { CheckError } from '../../../../exporter/readings/check-error.ts';
import { makeCertificate, opensslMissing } from '../../../support/certificate.ts';
import { startDnsServer } from '../../../support/dns-server.ts';
import { startImapServer } from '../../../support/imap-server.ts';
import { mailboxConfig } from '../../../support/mailbox.ts';

const missing = opensslMissing();
const test = missing === undefined ? ava : ava.skip;

test(`a mail server's name is looked up as a vendor's is, over TLS and before STARTTLS, and a silent one ends by itself${missing === undefined ? '' : `: ${missing}`}`, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'balance-alert-names-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const certificate = makeCertificate(folder, { names: 'DNS:imap.vendor.example' });
  await using dns = await startDnsServer((name, type) =>
    name === 'imap.vendor.example' ? (type === 'A' ? ['127.0.0.1'] : []) : undefined,
  );
  const names = createNameLookup({
    servers: [dns.address],
    hostsFile: () => [],
    system: async (name) => {
      throw new Error(`the system was asked for ${name}`);
    },
    timeoutMs: 300,
  });
  for (const starttls of [false, true]) {
    const server = await startImapServer(certificate, { tls: !starttls, starttls });
    const session = await connectImap(
      mailboxConfig({
        host: 'imap.vendor.example',
        port: server.port,
        starttls,
        caFile: certificate.caFile,
      }),
      new AbortController().signal,
      names,
    );
    t.is((await session.open('INBOX')).exists, 0);
    await session.end();
    await server.stop();
  }
  const error = await t.throwsAsync(
    connectImap(mailboxConfig({ host: 'imap.silent.example' }), new AbortController().signal, names),
    { instanceOf: CheckError },
  );
  t.is(error?.reason, 'timeout');
});
