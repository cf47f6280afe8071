import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ava from 'ava';
import { emptyCursor } from '../../../../exporter/mail/cursor.ts';
import { connectImap } from '../../../../exporter/mail/imap/session.ts';
import type { PassedOver, ScanBatch } from '../../../../exporter/mail/scan.ts';
import { scanMailbox } from '../../../../exporter/mail/scan.ts';
import type { MailboxConfig } from '../../../../exporter/mail/schema.ts';
import type { FailureReason } from '../../../../exporter/readings/check-error.ts';
import { CheckError } from '../../../../exporter/readings/check-error.ts';
import type { Certificate } from '../../../support/certificate.ts';
import { makeCertificate, opensslMissing } from '../../../support/certificate.ts';
import type { ImapCommand, ImapScript } from '../../../support/imap-server.ts';
import { row, startImapServer } from '../../../support/imap-server.ts';
import { mailboxConfig } from '../../../support/mailbox.ts';

const missing = opensslMissing();
/** A machine without openssl skips these by name. */
const test = missing === undefined ? ava : ava.skip;

const root = mkdtempSync(path.join(tmpdir(), 'bad-imap-'));
const folder = (name: string) => {
  mkdirSync(path.join(root, name));
  return path.join(root, name);
};
const nowhere = { certFile: '', keyFile: '', caFile: '' };
const certificateIn = (name: string, options?: Parameters<typeof makeCertificate>[1]) =>
  missing === undefined ? makeCertificate(folder(name), options) : nowhere;
const good = certificateIn('good');
const expired = certificateIn('expired', { expired: true });
const otherName = certificateIn('other', { names: 'DNS:imap.other.example' });

ava.after.always(() => rmSync(root, { recursive: true, force: true }));

const now = Date.UTC(2026, 10, 24, 12);
const mails = [
  { uid: 1, subject: 'Low balance alert', text: 'Your balance is low.', receivedAt: now - 60_000 },
  { uid: 2, subject: 'Lunch', text: 'At noon.', receivedAt: now - 50_000 },
];

const manyMails = Array.from({ length: 12 }, (_, index) => ({
  uid: index + 1,
  subject: 'Lunch',
  text: '',
  receivedAt: now,
}));

async function scan(mailbox: MailboxConfig): Promise<ScanBatch> {
  return scanMailbox({ mailbox, cursor: emptyCursor, now, signal: new AbortController().signal });
}

/** How a scan of a scripted server fails. Fails itself where the scan goes well. */
async function failure(
  script: ImapScript,
  changes: Parameters<typeof mailboxConfig>[0] = {},
  certificate: Certificate = good,
): Promise<CheckError> {
  const server = await startImapServer(certificate, { mails, ...script });
  try {
    await scan(
      mailboxConfig({ port: server.port, caFile: certificate.caFile, timeoutSeconds: 30, ...changes }),
    );
  } catch (error) {
    if (error instanceof CheckError) return error;
    throw error;
  } finally {
    await server.stop();
  }
  throw new Error('expected the scan to fail');
}

/** A script that answers one command in a way of its own. */
function at(name: string, answer: (command: ImapCommand) => void): ImapScript {
  return {
    answer: (command) => {
      const isLogin = name === 'LOGIN' && (command.name === 'LOGIN' || command.name === 'AUTHENTICATE');
      if (!isLogin && command.name !== name) return false;
      answer(command);
      return true;
    },
  };
}

const silent = () => undefined;

interface Row {
  readonly what: string;
  readonly reason: FailureReason;
  readonly script: ImapScript;
  readonly changes?: Parameters<typeof mailboxConfig>[0];
  readonly certificate?: Certificate;
}

const rows: readonly Row[] = [
  {
    what: 'a wrong password',
    reason: 'auth',
    script: at('LOGIN', (it) => it.no('[AUTHENTICATIONFAILED] Authentication failed.')),
  },
  {
    what: 'a login that is refused without a code',
    reason: 'auth',
    script: at('LOGIN', (it) => it.no('LOGIN Login error or password error')),
  },
  {
    what: 'an account that may not use IMAP',
    reason: 'permission',
    script: at('LOGIN', (it) => it.no('[AUTHORIZATIONFAILED] no access')),
  },
  {
    what: 'IMAP that is switched off for the account',
    reason: 'permission',
    script: at('LOGIN', (it) => it.no('IMAP is disabled for your account')),
  },
  {
    what: 'too many logins',
    reason: 'rate_limit',
    script: at('LOGIN', (it) => it.no('[LIMIT] too many logins, slow down')),
  },
  {
    what: 'a login service that is down',
    reason: 'network',
    script: at('LOGIN', (it) => it.no('[UNAVAILABLE] try later')),
  },
  { what: 'an expired certificate', reason: 'tls', script: {}, certificate: expired },
  { what: 'an authority that nobody trusts', reason: 'tls', script: {}, changes: { caFile: undefined } },
  { what: 'a certificate for another name', reason: 'tls', script: {}, certificate: otherName },
  { what: 'a port that speaks no TLS', reason: 'tls', script: { tls: false } },
  {
    what: 'a TLS port that is spoken to in clear',
    reason: 'timeout',
    script: {},
    changes: { starttls: true },
  },
  {
    what: 'a server that offers no STARTTLS',
    reason: 'tls',
    script: { tls: false },
    changes: { starttls: true },
  },
  {
    what: 'a server that refuses STARTTLS',
    reason: 'tls',
    script: { tls: false, starttls: true, ...at('STARTTLS', (it) => it.no('not today')) },
    changes: { starttls: true },
  },
  {
    what: 'a greeting in clear that says one is logged in',
    reason: 'tls',
    script: { tls: false, greeting: '* PREAUTH welcome' },
    changes: { starttls: true },
  },
  {
    what: 'a bad certificate after STARTTLS',
    reason: 'tls',
    script: { tls: false, starttls: true },
    changes: { starttls: true, caFile: undefined },
  },
  { what: 'silence instead of TLS', reason: 'timeout', script: { onSocket: () => true } },
  { what: 'silence instead of a greeting', reason: 'timeout', script: { greeting: undefined } },
  { what: 'silence after the login', reason: 'timeout', script: at('LOGIN', silent) },
  { what: 'silence after ID', reason: 'timeout', script: at('ID', silent) },
  { what: 'silence after EXAMINE', reason: 'timeout', script: at('EXAMINE', silent) },
  { what: 'silence after SEARCH', reason: 'timeout', script: at('UID SEARCH', silent) },
  { what: 'silence after FETCH', reason: 'timeout', script: at('UID FETCH', silent) },
  {
    what: 'silence in the middle of a mail',
    reason: 'timeout',
    script: at('UID FETCH', (it) =>
      it.write('* 1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT)] {400}\r\nSubject: hal'),
    ),
  },
  { what: 'an endless trickle', reason: 'timeout', script: at('UID FETCH', (it) => trickle(it)) },
  {
    what: 'a connection dropped before the greeting',
    reason: 'network',
    script: { onSocket: (socket) => socket.destroy() !== undefined },
  },
  { what: 'a connection dropped at the login', reason: 'network', script: at('LOGIN', (it) => it.drop()) },
  { what: 'a connection dropped at EXAMINE', reason: 'network', script: at('EXAMINE', (it) => it.drop()) },
  { what: 'a connection dropped at SEARCH', reason: 'network', script: at('UID SEARCH', (it) => it.drop()) },
  {
    what: 'a connection dropped in the middle of a mail',
    reason: 'network',
    script: at('UID FETCH', (it) => {
      it.write('* 1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT)] {400}\r\nSubject: hal');
      it.drop();
    }),
  },
  {
    what: 'a good-bye for too many connections',
    reason: 'rate_limit',
    script: { greeting: '* BYE Too many connections from your address' },
  },
  {
    what: 'a folder that does not exist',
    reason: 'config',
    script: at('EXAMINE', (it) => it.no('[NONEXISTENT] Unknown Mailbox')),
  },
  {
    what: 'a folder that does not exist, without a code',
    reason: 'config',
    script: at('EXAMINE', (it) => it.no("Mailbox doesn't exist: Bills")),
  },
  {
    what: 'a folder that is not for this user',
    reason: 'permission',
    script: at('EXAMINE', (it) => it.no('[NOPERM] Access denied')),
  },
  {
    what: 'a client that is thought unsafe',
    reason: 'permission',
    script: at('EXAMINE', (it) => it.no('EXAMINE Unsafe Login. Please contact kefu@188.com for help')),
  },
  {
    what: 'a NO to EXAMINE for no reason',
    reason: 'business',
    script: at('EXAMINE', (it) => it.no('Server error')),
  },
  {
    what: 'a folder opened for writing',
    reason: 'schema',
    script: at('EXAMINE', (it) =>
      it.write(
        `* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\n${it.tag} OK [READ-WRITE] done\r\n`,
      ),
    ),
  },
  { what: 'a NO to SEARCH', reason: 'business', script: at('UID SEARCH', (it) => it.no('Search failed')) },
  { what: 'a NO to FETCH', reason: 'business', script: at('UID FETCH', (it) => it.no('Fetch failed')) },
  {
    what: 'a greeting that is no IMAP',
    reason: 'timeout',
    script: { greeting: 'HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n' },
  },
  {
    what: 'garbage after the login',
    reason: 'schema',
    script: at('EXAMINE', (it) => it.write(`* ( [ " \r\n\u0000\u0001 {{{\r\n${it.tag} OK )(\r\n`)),
  },
  {
    what: 'garbage instead of mails',
    reason: 'schema',
    script: at('UID FETCH', (it) => it.write(`* 1 FETCH (UID 1 "unfinished\r\n${it.tag} OK [ (\r\n`)),
  },
  { what: 'a line without an end', reason: 'schema', script: at('UID SEARCH', (it) => flood(it)) },
  {
    what: 'answers far beyond what is asked for, again and again',
    reason: 'schema',
    script: {
      mails: manyMails,
      ...at('UID FETCH', (it) => it.write('* 1 FETCH (UID 1 BODY[HEADER] {900000000}\r\n')),
    },
  },
];

/** A byte now and then, so that the socket never is idle. */
function trickle(command: ImapCommand): void {
  command.write('* OK ');
  const timer = setInterval(() => command.write('.'), 100);
  timer.unref();
  setTimeout(() => clearInterval(timer), 40_000).unref();
}

function flood(command: ImapCommand): void {
  command.write('* SEARCH ');
  for (let index = 0; index < 80; index += 1) command.write('1 '.repeat(64 * 1024));
}

for (const { what, reason, script, changes, certificate } of rows) {
  test(`${what} is a failure of reason ${reason}, within the limit`, async (t) => {
    // Only those that say nothing meet their limit: the others must fail long before it, however busy the machine is.
    const limit = reason === 'timeout' ? { timeoutSeconds: 2 } : {};
    const started = performance.now();
    const error = await failure(script, { ...limit, ...changes }, certificate);
    t.is(error.reason, reason, error.message);
    t.true(performance.now() - started < 20_000);
    t.false(error.message.includes('planted-password'));
    t.is(error.cause, undefined);
  });
}

test('a port that nothing listens on is a failure of the network', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  server.close();
  const error = await t.throwsAsync(scan(mailboxConfig({ port, host: '127.0.0.1' })), {
    instanceOf: CheckError,
  });
  t.is(error.reason, 'network');
});

test('a ca_file that cannot be read is a failure of the configuration', async (t) => {
  const error = await t.throwsAsync(scan(mailboxConfig({ caFile: '/nowhere/ca.pem' })), {
    instanceOf: CheckError,
  });
  t.is(error.reason, 'config');
  t.is(error.message, 'cannot read the certificate authorities in ca_file /nowhere/ca.pem');
});

test('a password echoed by the server is not in the message', async (t) => {
  const error = await failure(at('LOGIN', (it) => it.no('user billing with planted-password is unknown')));
  t.is(error.message, 'the server refused the login: user billing with [secret] is unknown');
});

test('the environment cannot switch the check of certificates off', async (t) => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    t.is((await failure({}, { caFile: undefined })).reason, 'tls');
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  }
});

test('STARTTLS comes before the login, and the mails are counted', async (t) => {
  const server = await startImapServer(good, { tls: false, starttls: true, mails });
  const result = await scan(mailboxConfig({ port: server.port, caFile: good.caFile, starttls: true }));
  await server.stop();
  t.deepEqual(result.hits, [{ topic: 'low_balance', at: now - 60_000 }]);
  const names = server.commands.map((command) => command.split(' ')[0]);
  t.true(names.indexOf('STARTTLS') >= 0);
  t.true(names.indexOf('STARTTLS') < names.findIndex((name) => name === 'LOGIN' || name === 'AUTHENTICATE'));
});

test('the client identifies itself, and sends no command that writes', async (t) => {
  const server = await startImapServer(good, { mails });
  await scan(mailboxConfig({ port: server.port, caFile: good.caFile }));
  await server.stop();
  t.true(server.commands.some((command) => command.startsWith('ID ("name" "balance-alert"')));
  t.deepEqual(
    server.commands.filter((command) =>
      /SELECT|STORE|EXPUNGE|COPY|MOVE|APPEND|BODY\[|RFC822[^.]/.test(command),
    ),
    [],
  );
});

test('one mail with an oversized header does not prevent the others from being counted', async (t) => {
  const server = await startImapServer(good, {
    mails: [...mails, { uid: 3, subject: 'Payment failed', text: 'Declined.', receivedAt: now - 40_000 }],
    answer: (command) => {
      if (command.name !== 'UID FETCH' || !command.parameters.includes('HEADER.FIELDS')) return false;
      if (!/\b2\b/.test(command.parameters.split(' ')[0] ?? '')) return false;
      command.write(
        `* 2 FETCH (UID 2 INTERNALDATE "24-Nov-2026 11:00:00 +0000" BODY[HEADER.FIELDS (SUBJECT)] {${64 * 1024 * 1024}}\r\n`,
      );
      return true;
    },
  });
  const result = await scan(mailboxConfig({ port: server.port, caFile: good.caFile }));
  await server.stop();
  t.is(result.examined, 3);
  t.is(result.unreadable, 0);
  t.deepEqual(
    result.hits.map(({ topic }) => topic),
    ['low_balance', 'arrears'],
  );
});

test('a mail with more text than requested is classified by its subject', async (t) => {
  const server = await startImapServer(good, {
    mails,
    answer: (command) => {
      if (command.name !== 'UID FETCH' || !/BODY\.PEEK\[1?\]/.test(command.parameters)) return false;
      if (!/\b1\b/.test(command.parameters.split(' ')[0] ?? '')) return false;
      command.write(`* 1 FETCH (UID 1 BODY[1]<0> {${64 * 1024 * 1024}}\r\n`);
      return true;
    },
  });
  const result = await scan(mailboxConfig({ port: server.port, caFile: good.caFile }));
  await server.stop();
  t.is(result.examined, 2);
  t.is(result.unreadable, 1);
  t.deepEqual(result.hits, [{ topic: 'low_balance', at: now - 60_000 }]);
});

/** Answers FETCH in a way of its own where one mail is among those asked for, and some items are. */
function atMail(uid: number, items: RegExp, answer: (command: ImapCommand) => void): ImapScript {
  return {
    answer: (command) => {
      const [set = '', ...rest] = command.parameters.split(' ');
      if (
        command.name !== 'UID FETCH' ||
        !set.split(',').includes(String(uid)) ||
        !items.test(rest.join(' '))
      )
        return false;
      answer(command);
      return true;
    },
  };
}

const three = [
  ...mails,
  { uid: 3, subject: 'Account', text: 'Your payment was declined.', receivedAt: now - 40_000 },
];

async function scanOf(script: ImapScript, changes: Parameters<typeof mailboxConfig>[0] = {}) {
  const server = await startImapServer(good, { mails: three, ...script });
  try {
    return await scan(mailboxConfig({ port: server.port, caFile: good.caFile, ...changes }));
  } finally {
    await server.stop();
  }
}

const topicsOf = ({ hits }: ScanBatch) => hits.map(({ topic }) => topic);

test('a mail that the server refuses to return is counted as unreadable, and the others are read', async (t) => {
  const result = await scanOf(atMail(2, /./, (it) => it.no('internal error, message is damaged')));
  t.deepEqual(topicsOf(result), ['low_balance', 'arrears']);
  t.is(result.unreadable, 1);
  t.is(result.cursor.folders[0]?.lastUid, 3);
});

/** A body that fails only once it is decoded. */
class UnexpectedBody extends Map<string, Buffer> {
  override get(): Buffer {
    throw new TypeError('unexpected body');
  }
}

test('one mail whose text can not be examined is counted as unreadable, and the others are examined', async (t) => {
  const server = await startImapServer(good, { mails: three });
  const result = await scanMailbox({
    mailbox: mailboxConfig({ port: server.port, caFile: good.caFile }),
    cursor: emptyCursor,
    now,
    signal: new AbortController().signal,
    connect: async (mailbox, signal) => {
      const session = await connectImap(mailbox, signal);
      return {
        ...session,
        parts: async (uids, parts) => {
          const bodies = new Map(await session.parts(uids, parts));
          if (bodies.has(1)) bodies.set(1, new UnexpectedBody([['1', Buffer.from('x')]]));
          return bodies;
        },
      };
    },
  });
  await server.stop();
  t.deepEqual(topicsOf(result), ['arrears']);
  t.is(result.unreadable, 1);
  t.is(result.examined, three.length);
  t.is(result.cursor.folders[0]?.lastUid, 3);
});

test('a mail whose header fields cannot be examined is skipped and reported, and the others are examined', async (t) => {
  const server = await startImapServer(good, { mails: three });
  const passedOver: PassedOver[] = [];
  const result = await scanMailbox({
    mailbox: mailboxConfig({ port: server.port, caFile: good.caFile }),
    cursor: emptyCursor,
    now,
    signal: new AbortController().signal,
    onPassedOver: (mail) => passedOver.push(mail),
    connect: async (mailbox, signal) => {
      const session = await connectImap(mailbox, signal);
      return {
        ...session,
        heads: async (uids, bounded) =>
          (await session.heads(uids, bounded)).map((head) =>
            head.uid === 1
              ? Object.defineProperty({ ...head }, 'headers', {
                  get: () => {
                    throw new RangeError('unexpected header');
                  },
                })
              : head,
          ),
      };
    },
  });
  await server.stop();
  t.deepEqual(
    passedOver.map(({ folder, uid, error }) => [folder, uid, String(error)]),
    [['INBOX', 1, 'RangeError: unexpected header']],
  );
  t.is(result.unreadable, 1);
  t.is(result.examined, three.length);
  t.is(result.cursor.folders[0]?.lastUid, 3);
});

test('the only new mail is counted as unreadable if the server refuses it but returns its size', async (t) => {
  const result = await scanOf({
    mails: mails.slice(0, 1),
    ...atMail(1, /HEADER/, (it) => it.no('message is damaged')),
  });
  t.is(result.unreadable, 1);
  t.is(result.cursor.folders[0]?.lastUid, 1);
});

test('a literal that is announced too long costs that mail only', async (t) => {
  const result = await scanOf(
    atMail(3, /BODY\.PEEK\[1?\]/, (it) => it.write('* 3 FETCH (UID 3 BODY[1]<0> {900}\r\nshort)\r\n')),
    { timeoutSeconds: 15 },
  );
  t.deepEqual(topicsOf(result), ['low_balance']);
  t.is(result.unreadable, 1);
  t.is(result.examined, 3);
});

test('a literal that is announced too short is not passed in silence', async (t) => {
  const result = await scanOf(
    atMail(3, /HEADER/, (it) => {
      for (const [index, mail] of three.entries()) {
        const whole = row(mail, index + 1, it.parameters);
        if (it.parameters.split(' ')[0]?.split(',').includes(String(mail.uid)) !== true) continue;
        it.write(mail.uid === 3 ? whole.replace(/\{\d+\}/, '{9}') : whole);
      }
      it.ok();
    }),
  );
  t.deepEqual(topicsOf(result), ['low_balance']);
  t.is(result.unreadable, 1);
  t.is(result.examined, 3);
});

test('a UID that FETCH omits is fetched again separately, then counted as unreadable', async (t) => {
  let alone = 0;
  const result = await scanOf(
    atMail(3, /HEADER/, (it) => {
      if (it.parameters.startsWith('3 ')) alone += 1;
      else for (const [index, mail] of mails.entries()) it.write(row(mail, index + 1, it.parameters));
      it.ok();
    }),
  );
  t.is(alone, 1);
  t.is(result.unreadable, 1);
  t.is(result.examined, 3);
});

test('a UID that is left out of a long answer only is read by itself', async (t) => {
  const result = await scanOf(
    atMail(3, /HEADER\.FIELDS/, (it) => {
      for (const [index, mail] of mails.entries()) it.write(row(mail, index + 1, it.parameters));
      it.ok();
    }),
  );
  t.deepEqual(topicsOf(result), ['low_balance', 'arrears']);
  t.is(result.unreadable, 0);
});

for (const [what, structure] of [
  ['NIL', 'NIL'],
  ['empty', '()'],
  ['broken', '("TEXT" "PLAIN" ("CHARSET"'],
] as const) {
  test(`a mail whose BODYSTRUCTURE is ${what} is read without it`, async (t) => {
    const result = await scanOf(
      atMail(3, /BODYSTRUCTURE/, (it) => {
        for (const [index, mail] of three.entries()) {
          const whole = row(mail, index + 1, it.parameters);
          if (it.parameters.split(' ')[0]?.split(',').includes(String(mail.uid)) !== true) continue;
          it.write(
            mail.uid === 3 ? whole.replace(/BODYSTRUCTURE .*\)\r/s, `BODYSTRUCTURE ${structure})\r`) : whole,
          );
        }
        it.ok();
      }),
    );
    t.deepEqual(topicsOf(result), ['low_balance', 'arrears']);
    t.is(result.unreadable, 0);
  });
}

test('for an omitted body the whole mail is fetched, else it is counted as unreadable', async (t) => {
  const leavesOut = (items: RegExp) =>
    scanOf(atMail(3, items, (it) => it.ok(`* 3 FETCH (UID 3 RFC822.SIZE 100)`)));
  const read = await leavesOut(/BODY\.PEEK\[1\]/);
  t.true(topicsOf(read).includes('arrears'));
  t.is((await leavesOut(/BODY\.PEEK\[1?\]/)).unreadable, 1);
});

for (const date of ['"01-Jan-1970 00:00:00 +0000"', 'NIL']) {
  test(`a mail that the server dates ${date} counts`, async (t) => {
    const result = await scanOf(
      atMail(3, /HEADER/, (it) => {
        for (const [index, mail] of three.entries())
          it.write(
            row(mail, index + 1, it.parameters).replace(/INTERNALDATE "[^"]*"/, `INTERNALDATE ${date}`),
          );
        it.ok();
      }),
    );
    t.deepEqual(result.hits, [
      { topic: 'low_balance', at: now },
      { topic: 'arrears', at: now },
    ]);
  });
}

test('one folder that is missing keeps no other from being scanned, and is named with those there are', async (t) => {
  const batches: ScanBatch[] = [];
  const server = await startImapServer(good, {
    mails: three,
    answer: (command) => {
      if (command.name !== 'EXAMINE' || !command.parameters.includes('Bills')) return false;
      command.no('[NONEXISTENT] Unknown Mailbox');
      return true;
    },
  });
  const error = await t.throwsAsync(
    scanMailbox({
      mailbox: mailboxConfig({ port: server.port, caFile: good.caFile, folders: ['Bills', 'INBOX'] }),
      cursor: emptyCursor,
      now,
      signal: new AbortController().signal,
      onBatch: async (batch) => void batches.push(batch),
    }),
    { instanceOf: CheckError },
  );
  await server.stop();
  t.is(error.reason, 'config');
  t.regex(error.message, /expected "Bills" to be one of the folders "INBOX"/);
  t.deepEqual(batches.flatMap(topicsOf), ['low_balance', 'arrears']);
});

test('a server that accepts no passwords gives an error that recommends oauth2', async (t) => {
  const error = await failure({ capabilities: 'IMAP4rev1 ID LOGINDISABLED AUTH=XOAUTH2' });
  t.is(error.reason, 'auth');
  t.regex(error.message, /does not accept passwords: use oauth2/);
});

test('a server that throttles is a rate limit, with the wait it asks for', async (t) => {
  const error = await failure(
    at('UID FETCH', (it) =>
      it.write(`${it.tag} BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n`),
    ),
  );
  t.is(error.reason, 'rate_limit');
  t.is(error.retryAfterSeconds, 93);
});

test('a greeting that says there are too many connections is a rate limit', async (t) => {
  t.is(
    (await failure({ greeting: '* BYE Maximum number of connections from user+IP exceeded' })).reason,
    'rate_limit',
  );
});

test('a server key of 1024 bits is a failure of TLS', async (t) => {
  const weak = certificateIn('weak', { rsaBits: 1024 });
  t.is((await failure({}, { caFile: weak.caFile }, weak)).reason, 'tls');
});

test('without UIDNEXT, the server is searched for new mail', async (t) => {
  const server = await startImapServer(good, {
    mails,
    ...at('EXAMINE', (it) => it.ok('* 2 EXISTS', '* OK [UIDVALIDITY 7] valid')),
  });
  const mailbox = mailboxConfig({ port: server.port, caFile: good.caFile });
  const first = await scan(mailbox);
  const second = await scanMailbox({
    mailbox,
    cursor: first.cursor,
    now,
    signal: new AbortController().signal,
  });
  await server.stop();
  t.is(first.examined, 2);
  t.is(second.examined, 0);
});

test('unrequested mails in a response are ignored', async (t) => {
  const stray = { uid: 99, subject: 'Payment failed', text: 'Declined.', receivedAt: now };
  const server = await startImapServer(good, {
    mails,
    answer: (command) => {
      if (command.name === 'UID FETCH') command.write(row(stray, 9, command.parameters));
      return false;
    },
  });
  const result = await scan(mailboxConfig({ port: server.port, caFile: good.caFile }));
  await server.stop();
  t.is(result.examined, 2);
  t.deepEqual(
    result.hits.map(({ topic }) => topic),
    ['low_balance'],
  );
});

test('an aborted scan ends at once with the reason of its signal', async (t) => {
  const server = await startImapServer(good, at('EXAMINE', silent));
  const abort = new AbortController();
  const reason = new Error('no longer wanted');
  const running = scanMailbox({
    mailbox: mailboxConfig({ port: server.port, caFile: good.caFile, timeoutSeconds: 60 }),
    cursor: emptyCursor,
    now,
    signal: abort.signal,
  });
  abort.abort(reason);
  t.is(await t.throwsAsync(running), reason);
  await server.stop();
});

test('a subject of 64 kB of digits takes no time, and the other mails are counted', async (t) => {
  const digits = { uid: 4, subject: '1'.repeat(65_536), text: 'Your payment was declined.', receivedAt: now };
  const started = process.cpuUsage();
  const result = await scanOf({ mails: [...three, digits] });
  const used = process.cpuUsage(started);
  t.is(result.examined, 4);
  t.deepEqual(topicsOf(result), ['low_balance', 'arrears', 'arrears']);
  t.is(result.cursor.folders[0]?.lastUid, 4);
  // It took half a minute.
  t.true((used.user + used.system) / 1e6 < 10);
});
