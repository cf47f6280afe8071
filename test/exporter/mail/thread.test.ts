import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import ava from 'ava';
import { Secret } from '../../../exporter/config/secret.ts';
import { emptyCursor } from '../../../exporter/mail/cursor.ts';
import type { ScanBatch, ScanOptions } from '../../../exporter/mail/scan.ts';
import { scanMailbox } from '../../../exporter/mail/scan.ts';
import { receivedError, sentError, sentMailbox } from '../../../exporter/mail/thread/messages.ts';
import { createScanThread } from '../../../exporter/mail/thread/scan-thread.ts';
import { CheckError } from '../../../exporter/readings/check-error.ts';
import { makeCertificate, opensslMissing } from '../../support/certificate.ts';
import type { ImapScript } from '../../support/imap-server.ts';
import { startImapServer } from '../../support/imap-server.ts';
import { mailboxConfig } from '../../support/mailbox.ts';
import { testedScanWorker } from '../../support/tested-program.ts';
import { until } from '../../support/until.ts';

const missing = opensslMissing();
/** A machine without openssl skips these by name. */
const test = missing === undefined ? ava : ava.skip;

const root = mkdtempSync(path.join(tmpdir(), 'scan-thread-'));
const certificate = missing === undefined ? makeCertificate(root) : { certFile: '', keyFile: '', caFile: '' };
ava.after.always(() => rmSync(root, { recursive: true, force: true }));

const now = Date.UTC(2026, 10, 24, 12);
const mails = Array.from({ length: 120 }, (_, index) => ({
  uid: index + 1,
  subject: index === 7 ? 'Low balance alert' : `Lunch on day ${index}`,
  text: index === 7 ? 'Your balance is low.' : 'At noon.',
  receivedAt: now - 60_000 - index,
}));

/** Shared, as each takes a while to start. */
const inThread = createScanThread();

const startWorker = () => new Worker(testedScanWorker);

interface Changes {
  readonly mailbox?: Parameters<typeof mailboxConfig>[0];
  readonly signal?: AbortSignal;
  readonly onBatch?: (batch: ScanBatch) => Promise<void>;
}

/** A scripted server, and what to scan it with. */
async function served(script: ImapScript, { mailbox = {}, ...changes }: Changes = {}) {
  const server = await startImapServer(certificate, { mails, ...script });
  const options: ScanOptions = {
    mailbox: mailboxConfig({ port: server.port, caFile: certificate.caFile, timeoutSeconds: 60, ...mailbox }),
    cursor: emptyCursor,
    now,
    signal: new AbortController().signal,
    ...changes,
  };
  return { server, options };
}

test('a thread finds what a scan in the same thread finds, batch by batch', async (t) => {
  const told: Record<'here' | 'there', ScanBatch[]> = { here: [], there: [] };
  const { server, options } = await served({});
  const here = await scanMailbox({ ...options, onBatch: async (batch) => void told.here.push(batch) });
  const there = await inThread({
    ...options,
    onBatch: async (batch) => void told.there.push(batch),
  });
  await server.stop();
  t.is(there.examined, 120);
  t.is(there.hits.length, 1);
  t.deepEqual(there, here);
  t.is(told.there.length, 3);
  t.deepEqual(told.there, told.here);
});

test('the scan goes on only once a batch is stored', async (t) => {
  const stored = Promise.withResolvers<void>();
  let batches = 0;
  const { server, options } = await served(
    {},
    {
      onBatch: () => {
        batches += 1;
        return stored.promise;
      },
    },
  );
  const running = inThread(options);
  await until(() => batches === 1);
  const asked = server.commands.length;
  await new Promise((resolve) => setImmediate(resolve));
  t.is(server.commands.length, asked);
  stored.resolve();
  t.is((await running).examined, 120);
  t.is(batches, 3);
  await server.stop();
});

test('what cannot be stored ends the scan with the error of storing it', async (t) => {
  const full = new CheckError('internal', 'the record of the mailbox could not be written (ENOSPC)');
  let batches = 0;
  const { server, options } = await served(
    {},
    {
      onBatch: async () => {
        batches += 1;
        throw full;
      },
    },
  );
  t.is(await t.throwsAsync(inThread(options)), full);
  t.is(batches, 1);
  await server.stop();
});

test('a failure keeps its reason, its words and the wait that the server asks for', async (t) => {
  const { server, options } = await served({
    answer: (command) => {
      if (command.name !== 'LOGIN' && command.name !== 'AUTHENTICATE') return false;
      command.no('[AUTHENTICATIONFAILED] Authentication failed.');
      return true;
    },
  });
  const there = await t.throwsAsync(inThread(options), { instanceOf: CheckError });
  const here = await t.throwsAsync(scanMailbox(options), { instanceOf: CheckError });
  await server.stop();
  t.is(there.reason, 'auth');
  t.is(there.message, here.message);
  const waits = receivedError(
    sentError(new CheckError('rate_limit', 'the server asks to slow down', { retryAfterSeconds: 600 })),
  );
  t.true(waits instanceof CheckError && waits.reason === 'rate_limit' && waits.retryAfterSeconds === 600);
});

ava('an error of a mail arrives with what a log shows of it: name, code and stack', (t) => {
  const error = Object.assign(new RangeError('words of a mail'), { code: 'ERR_OUT_OF_RANGE' });
  const received = receivedError(sentError(error));
  t.is(received.name, 'RangeError');
  t.is(received.stack, error.stack);
  t.like(received, { code: 'ERR_OUT_OF_RANGE' });
  t.is(receivedError(sentError('no error at all')).name, 'unknown');
});

test('tokens are asked for outside of the thread, which has none of the secrets for them', async (t) => {
  const oauth2 = {
    tokenUrl: 'https://id.example/token',
    clientId: 'client',
    clientSecret: new Secret('CLIENT', 'secret-of-client'),
    refreshToken: new Secret('REFRESH', 'secret-to-refresh'),
    scope: undefined,
  };
  const { server, options } = await served(
    {
      capabilities: 'IMAP4rev1 AUTH=XOAUTH2 SASL-IR',
      answer: (command) => {
        if (command.name !== 'AUTHENTICATE') return false;
        command.no('[AUTHENTICATIONFAILED] Invalid token.');
        return true;
      },
    },
    {},
  );
  const mailbox = { ...options.mailbox, password: undefined, oauth2 };
  t.false(JSON.stringify(sentMailbox(mailbox)).includes('secret-'));
  const calls: string[] = [];
  const scan = createScanThread({
    startWorker,
    tokens: {
      get: async (asking) => {
        calls.push(`get ${asking.oauth2?.refreshToken?.reveal()}`);
        return 'token-of-billing';
      },
      drop: (asking) => void calls.push(`drop ${asking.name}`),
    },
  });
  const error = await t.throwsAsync(scan({ ...options, mailbox }), { instanceOf: CheckError });
  await server.stop();
  t.is(error.reason, 'auth');
  t.false(error.message.includes('token-of-billing'));
  t.deepEqual(calls, ['get secret-to-refresh', 'drop billing']);
  const sent =
    server.commands
      .find((command) => command.includes('XOAUTH2'))
      ?.split(' ')
      .at(-1) ?? '';
  t.regex(Buffer.from(sent, 'base64').toString(), /auth=Bearer token-of-billing/);
});

test('a token that is not to be had fails the scan with its own reason', async (t) => {
  const { server, options } = await served({});
  const mailbox = {
    ...options.mailbox,
    password: undefined,
    oauth2: {
      tokenUrl: 'https://id.example/t',
      clientId: 'c',
      clientSecret: undefined,
      refreshToken: undefined,
      scope: undefined,
    },
  };
  const scan = createScanThread({
    startWorker,
    tokens: {
      get: async () => {
        throw new CheckError('config', 'the token endpoint answered invalid_scope');
      },
      drop: () => undefined,
    },
  });
  const error = await t.throwsAsync(scan({ ...options, mailbox }), { instanceOf: CheckError });
  await server.stop();
  t.is(error.reason, 'config');
  t.is(error.message, 'the token endpoint answered invalid_scope');
});

test('an aborted scan ends at once with the reason of its signal, and leaves the server', async (t) => {
  const left = Promise.withResolvers<void>();
  const { server, options } = await served({
    onSocket: (socket) => {
      socket.once('close', () => left.resolve());
      return false;
    },
    answer: (command) => command.name === 'EXAMINE',
  });
  const abort = new AbortController();
  const reason = new Error('no longer wanted');
  const running = inThread({ ...options, signal: abort.signal });
  await until(() => server.commands.some((command) => command.startsWith('EXAMINE')));
  abort.abort(reason);
  t.is(await t.throwsAsync(running), reason);
  await left.promise;
  t.is(await t.throwsAsync(inThread({ ...options, signal: abort.signal })), reason);
  await server.stop();
});

test('a thread that dies fails its scans, and the next scan has a new one', async (t) => {
  const starts: string[] = [];
  const scan = createScanThread({
    startWorker: () => {
      const dies = starts.length === 0;
      starts.push(dies ? 'dies' : 'works');
      return dies ? new Worker('process.exit(3)', { eval: true }) : startWorker();
    },
  });
  const { server, options } = await served({});
  const error = await t.throwsAsync(scan(options), { instanceOf: CheckError });
  t.is(error.reason, 'internal');
  t.is(error.message, 'the thread that scans mailboxes ended (exit code 3)');
  t.is((await scan(options)).examined, 120);
  t.deepEqual(starts, ['dies', 'works']);
  await server.stop();
});

test('a thread without work ends, and scans that follow each other share one', async (t) => {
  const workers: Worker[] = [];
  const startAndTell = () => {
    const worker = startWorker();
    workers.push(worker);
    return worker;
  };
  const { server, options } = await served({});
  const patient = createScanThread({ startWorker: startAndTell });
  await Promise.all([patient(options), patient(options)]);
  await patient(options);
  t.is(workers.length, 1);
  const hasty = createScanThread({ startWorker: startAndTell, idle: 0 });
  await hasty(options);
  const [, idling] = workers;
  if (idling === undefined) throw new Error('expected a second thread');
  if (idling.threadId !== -1) await once(idling, 'exit');
  t.is((await hasty(options)).examined, 120);
  t.is(workers.length, 3);
  await server.stop();
});
