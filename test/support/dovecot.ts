import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeCertificate, opensslMissing } from './certificate.ts';
import { freePorts } from './ports.ts';

/** A real IMAP server for tests: Debian's Dovecot with a configuration, ports and certificates of its own. */
export interface Dovecot {
  /** TLS from the first byte. */
  readonly port: number;
  /** Plain text until STARTTLS. */
  readonly startTlsPort: number;
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile: string;
  readonly password: string;
  /** Every name is a user with an empty mailbox; all have the same password. */
  plant(user: string, mails: Iterable<PlantedMail>, folder?: string): void;
  /** The names of the files of a folder, which end in the flags of the mails. */
  files(user: string, folder?: string): readonly string[];
  /** The mails of a folder as they are stored. */
  read(user: string, folder?: string): readonly Buffer[];
  /** Makes the server forget its numbering of INBOX and begin another one. */
  renumber(user: string, uidValidity: number): void;
  stop(): Promise<void>;
}

export interface PlantedMail {
  readonly source: string | Buffer;
  /** When the server received it, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Maildir letters such as `S` (seen), sorted. */
  readonly flags?: string;
}

/** Why Dovecot cannot run on this machine, or undefined where it can. */
export function dovecotMissing(): string | undefined {
  if (!existsSync('/usr/sbin/dovecot')) return 'dovecot is not installed (Debian package dovecot-imapd)';
  if (opensslMissing() !== undefined) return opensslMissing();
  if (process.getuid?.() !== 0) return 'dovecot needs root to start its processes';
  return undefined;
}

const mailUser = 'mail';

function idOf(kind: 'user' | 'group', name: string): number {
  return Number(execFileSync('id', [kind === 'user' ? '-u' : '-g', name], { encoding: 'utf8' }));
}

/** With `introspectionUrl` it takes tokens (XOAUTH2, OAUTHBEARER) and asks there whether they are good. */
export async function startDovecot({
  introspectionUrl,
}: {
  readonly introspectionUrl?: string;
} = {}): Promise<Dovecot> {
  const root = mkdtempSync(path.join(tmpdir(), 'dovecot-'));
  chmodSync(root, 0o755);
  const uid = idOf('user', mailUser);
  const gid = idOf('group', mailUser);
  const certificate = makeCertificate(root);
  const [port = 0, startTlsPort = 0] = await freePorts(2);
  const password = 'planted-password';
  const mailRoot = path.join(root, 'mail');
  mkdirSync(mailRoot);
  chownSync(mailRoot, uid, gid);
  const config = path.join(root, 'dovecot.conf');
  const oauth2 = path.join(root, 'oauth2.conf');
  if (introspectionUrl !== undefined) {
    writeFileSync(
      oauth2,
      `introspection_mode = post
introspection_url = ${introspectionUrl}
active_attribute = active
active_value = true
username_attribute = username
username_format = %u
`,
    );
  }
  const passwords =
    introspectionUrl === undefined
      ? `passdb {\n  driver = static\n  args = password=${password}\n}\n`
      : `auth_mechanisms = xoauth2 oauthbearer\npassdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = ${oauth2}\n}\n`;
  writeFileSync(
    config,
    `base_dir = ${root}/run
state_dir = ${root}/state
log_path = ${root}/log
instance_name = test
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <${certificate.certFile}
ssl_key = <${certificate.keyFile}
disable_plaintext_auth = yes
auth_failure_delay = 0
mail_max_userip_connections = 50
first_valid_uid = 1
mail_location = maildir:${mailRoot}/%u
${passwords}userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${mailRoot}/%u
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  inet_listener imap {
    port = ${startTlsPort}
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
`,
  );
  const child = spawn('/usr/sbin/dovecot', ['-F', '-c', config], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  await waitForPort(
    port,
    () => `dovecot did not start:\n${existsSync(`${root}/log`) ? readFileSync(`${root}/log`, 'utf8') : ''}`,
  );

  const folderPath = (user: string, folder = 'INBOX') =>
    path.join(mailRoot, user, folder === 'INBOX' ? '' : `.${folder}`);
  let planted = 0;
  const own = (file: string) => chownSync(file, uid, gid);
  return {
    port,
    startTlsPort,
    caFile: certificate.caFile,
    password,
    renumber(user, uidValidity) {
      const directory = folderPath(user);
      for (const name of readdirSync(directory)) {
        if (name.startsWith('dovecot')) rmSync(path.join(directory, name));
      }
      const list = path.join(directory, 'dovecot-uidlist');
      writeFileSync(list, `3 V${uidValidity} N1 G${randomBytes(16).toString('hex')}\n`);
      own(list);
    },
    plant(user, mails, folder) {
      const directory = folderPath(user, folder);
      if (!existsSync(path.join(mailRoot, user))) {
        mkdirSync(path.join(mailRoot, user));
        own(path.join(mailRoot, user));
      }
      for (const name of ['', 'tmp', 'new', 'cur']) {
        const made = path.join(directory, name);
        if (existsSync(made)) continue;
        mkdirSync(made);
        own(made);
      }
      for (const mail of mails) {
        planted += 1;
        const seconds = Math.floor(mail.receivedAt / 1000);
        const name = `${seconds}.M${String(planted).padStart(8, '0')}P1.test:2,${mail.flags ?? ''}`;
        const file = path.join(directory, 'cur', name);
        writeFileSync(file, mail.source);
        own(file);
        utimesSync(file, seconds, seconds);
      }
    },
    files(user, folder) {
      const directory = folderPath(user, folder);
      return ['new', 'cur'].flatMap((name) => readdirSync(path.join(directory, name))).toSorted();
    },
    read(user, folder) {
      const directory = folderPath(user, folder);
      return ['new', 'cur'].flatMap((name) =>
        readdirSync(path.join(directory, name)).map((file) => readFileSync(path.join(directory, name, file))),
      );
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Resolves once the port takes connections; rejects after ten seconds. */
async function waitForPort(port: number, complaint: () => string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(complaint());
}
