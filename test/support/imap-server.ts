import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { portOf } from '../../exporter/web/listen.ts';
import type { Certificate } from './certificate.ts';

/** One command of a client, and the ways to answer it. */
export interface ImapCommand {
  readonly tag: string;
  /** In capitals; `UID` goes with the word after it. */
  readonly name: string;
  readonly parameters: string;
  write(text: string | Buffer): void;
  /** The untagged lines given, then the tagged OK. */
  ok(...untagged: string[]): void;
  no(text: string): void;
  drop(): void;
}

export interface ImapScript {
  /** TLS from the first byte, or plain text; with `starttls` the plain one can be upgraded. */
  readonly tls?: boolean;
  readonly starttls?: boolean;
  /** Undefined says nothing. */
  readonly greeting?: string | undefined;
  readonly capabilities?: string;
  readonly mails?: readonly ScriptedMail[];
  readonly uidValidity?: number;
  /** Answers a command instead of the server, or doesn't: true means that it did, and be it by silence. */
  readonly answer?: (command: ImapCommand) => boolean;
  /** Takes over the connection before TLS or any greeting. */
  readonly onSocket?: (socket: Socket) => boolean;
}

export interface ScriptedMail {
  readonly uid: number;
  readonly subject: string;
  readonly text: string;
  readonly receivedAt: number;
}

export interface ImapServer {
  readonly port: number;
  /** The commands that came, as lines without their tags. */
  readonly commands: readonly string[];
  stop(): Promise<void>;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function internalDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${two(date.getUTCDate())}-${months[date.getUTCMonth()] ?? ''}-${date.getUTCFullYear()} ${time} +0000`;
}

/** A small IMAP server on loopback that behaves, but for what a script makes it do. */
export async function startImapServer(
  certificate: Certificate,
  script: ImapScript = {},
): Promise<ImapServer> {
  const { tls = true, mails = [], uidValidity = 7 } = script;
  const credentials = {
    cert: readFileSync(certificate.certFile),
    key: readFileSync(certificate.keyFile),
    // Weak keys are for the client to refuse.
    ciphers: 'DEFAULT@SECLEVEL=0',
  };
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const capabilities = script.capabilities ?? `IMAP4rev1 ID${script.starttls === true ? ' STARTTLS' : ''}`;

  function serve(socket: Socket, greet: boolean): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    if (greet && !('greeting' in script && script.greeting === undefined)) {
      socket.write(`${script.greeting ?? `* OK [CAPABILITY ${capabilities}] ready`}\r\n`);
    }
    let pending = Buffer.alloc(0);
    const take = (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
        const line = pending.subarray(0, end).toString('utf8');
        pending = pending.subarray(end + 2);
        handle(line, socket, take);
      }
    };
    socket.on('data', take);
  }

  function handle(line: string, socket: Socket, take: (chunk: Buffer) => void): void {
    const [, tag = '', rest = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    const [, name = '', parameters = ''] = /^((?:UID )?\S+) ?(.*)$/i.exec(rest) ?? [];
    commands.push(rest);
    const command: ImapCommand = {
      tag,
      name: name.toUpperCase(),
      parameters,
      write: (text) => void socket.write(text),
      ok: (...untagged) =>
        void socket.write(
          [...untagged, `${tag} OK ${name.toUpperCase() === 'EXAMINE' ? '[READ-ONLY] ' : ''}done`]
            .map((each) => `${each}\r\n`)
            .join(''),
        ),
      no: (text) => void socket.write(`${tag} NO ${text}\r\n`),
      drop: () => socket.destroy(),
    };
    if (script.answer?.(command) === true) return;
    if (command.name === 'STARTTLS') {
      command.ok();
      socket.removeListener('data', take);
      serve(new TLSSocket(socket, { isServer: true, ...credentials }), false);
      return;
    }
    behave(command);
  }

  function behave(command: ImapCommand): void {
    const untagged = answers[command.name]?.(command.parameters) ?? [];
    if (command.name === 'UID FETCH') fetch(command);
    else command.ok(...untagged);
  }

  const answers: Readonly<Record<string, (parameters: string) => readonly string[]>> = {
    CAPABILITY: () => [`* CAPABILITY ${capabilities}`],
    ID: () => ['* ID ("name" "scripted")'],
    LIST: () => ['* LIST (\\HasNoChildren) "/" INBOX'],
    EXAMINE: () => [
      '* FLAGS (\\Seen)',
      `* ${mails.length} EXISTS`,
      `* OK [UIDVALIDITY ${uidValidity}] valid`,
      `* OK [UIDNEXT ${Math.max(0, ...mails.map(({ uid }) => uid)) + 1}] next`,
    ],
    'UID SEARCH': (parameters) => {
      const one = /^UID (\d+)$/.exec(parameters)?.[1];
      if (one !== undefined)
        return [`* SEARCH${mails.some(({ uid }) => uid === Number(one)) ? ` ${one}` : ''}`];
      const from = Number(/UID (\d+):/.exec(parameters)?.[1] ?? 1);
      const found = mails.filter(({ uid }) => uid >= from).map(({ uid }) => ` ${uid}`);
      return [`* SEARCH${found.join('')}`];
    },
    LOGOUT: () => ['* BYE'],
  };

  function fetch(command: ImapCommand): void {
    const [, set = '', items = ''] = /^(\S+) (.*)$/.exec(command.parameters) ?? [];
    const wanted = new Set(set.split(',').map(Number));
    for (const [index, mail] of mails.entries()) {
      if (wanted.has(mail.uid)) command.write(row(mail, index + 1, items));
    }
    command.ok();
  }

  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (script.onSocket?.(socket) === true) return;
    if (tls) secure.emit('connection', socket);
    else serve(socket, true);
  });
  const secure = createTlsServer(credentials, (socket) => serve(socket, true));
  secure.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    commands,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One line of a FETCH answer with whatever of the items is known. */
export function row(mail: ScriptedMail, sequence: number, items: string): string {
  const header = `Subject: ${mail.subject}\r\nFrom: billing@vendor.example\r\nMessage-ID: <${mail.uid}@vendor.example>\r\n\r\n`;
  const parts = [`UID ${mail.uid}`, `INTERNALDATE "${internalDate(mail.receivedAt)}"`, 'RFC822.SIZE 100'];
  const section = /BODY\.PEEK\[(HEADER[^\]]*)\](<0)?/.exec(items);
  if (section !== null) {
    parts.push(
      `BODY[${section[1] ?? ''}]${section[2] === undefined ? '' : '<0>'} {${Buffer.byteLength(header)}}\r\n${header}`,
    );
  }
  if (items.includes('BODYSTRUCTURE')) {
    parts.push(
      `BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "8BIT" ${Buffer.byteLength(mail.text)} 1)`,
    );
  }
  if (items.includes('BODY.PEEK[]')) {
    const whole = `${header.slice(0, -2)}Content-Type: text/plain; charset=utf-8\r\n\r\n${mail.text}`;
    parts.push(`BODY[]<0> {${Buffer.byteLength(whole)}}\r\n${whole}`);
  }
  if (items.includes('BODY.PEEK[1]'))
    parts.push(`BODY[1]<0> {${Buffer.byteLength(mail.text)}}\r\n${mail.text}`);
  return `* ${sequence} FETCH (${parts.join(' ')})\r\n`;
}
