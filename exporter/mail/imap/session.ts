import { readFile } from 'node:fs/promises';
import type { FetchMessageObject, FetchQueryObject, MessageStructureObject } from 'imapflow';
import { ImapFlow } from 'imapflow';
import type { NameLookup } from '../../providers/http/lookup.ts';
import { sharedNames } from '../../providers/http/lookup.ts';
import { CheckError } from '../../readings/check-error.ts';
import type { MailboxConfig } from '../schema.ts';
import type { Stage } from './errors.ts';
import { imapFailure } from './errors.ts';
import { longestWhole } from './layout.ts';
import { longestSource } from './message.ts';
import type { TextPart } from './mime.ts';
import { headersOf, textParts } from './mime.ts';
import type { TokenSource } from './tokens.ts';
import { ownTokens } from './tokens.ts';

/** A folder as EXAMINE shows it. */
export interface OpenFolder {
  readonly uidValidity: string;
  /** The UID that the next mail will get at least; undefined where the server doesn't say. */
  readonly uidNext: number | undefined;
  readonly exists: number;
}

/** What is known of a mail without reading any of its text. */
export interface MailHead {
  readonly uid: number;
  /** When the server received it, in milliseconds since the epoch; undefined where it doesn't say. */
  readonly receivedAt: number | undefined;
  /** Bytes. */
  readonly size: number;
  /** The bytes of the header fields that were asked for. */
  readonly headers: Buffer;
}

/**
 * The few things that a scan does with a server. All of it leaves the mailbox as it was: folders are opened with
 * EXAMINE, mails read with PEEK. Every method rejects with a `CheckError`; after that the session is of no more use.
 */
export interface ImapSession {
  open(folder: string): Promise<OpenFolder>;
  /** UIDs from `fromUid` on of mails received since a moment, ascending. May give some that are a day older. */
  search(fromUid: number, since: number): Promise<readonly number[]>;
  /** `bounded` asks for the first bytes of the whole header rather than for a few of its fields. */
  heads(uids: readonly number[], bounded: boolean): Promise<readonly MailHead[]>;
  /** The text parts of mails; a mail whose structure the server doesn't tell is left out. */
  structures(uids: readonly number[]): Promise<ReadonlyMap<number, readonly TextPart[]>>;
  /** What stands below the headers of small mails, by UID; mails that the server does not give are left out. */
  bodies(uids: readonly number[]): Promise<ReadonlyMap<number, Buffer>>;
  /** The first bytes of a whole mail, whatever the server says of its structure; undefined where there are none. */
  source(uid: number): Promise<Buffer | undefined>;
  /** Whether the server returns at least the size of a mail. */
  hasSize(uid: number): Promise<boolean>;
  /** Whether the folder still has a mail. */
  has(uid: number): Promise<boolean>;
  /** The names of the folders there are. */
  folders(): Promise<readonly string[]>;
  /** The first bytes of text parts, by UID and part. */
  parts(
    uids: readonly number[],
    parts: readonly TextPart[],
  ): Promise<ReadonlyMap<number, ReadonlyMap<string, Buffer>>>;
  /** Logs out, without waiting long for the response. Never rejects. */
  end(): Promise<void>;
  /** Drops the connection; pending calls reject. */
  close(): void;
}

export type Connect = (
  mailbox: MailboxConfig,
  signal: AbortSignal,
  /** Of the mail server's name; the program's own unless given. */
  names?: NameLookup,
  tokens?: TokenSource,
) => Promise<ImapSession>;

const mebibyte = 1024 * 1024;

/** Limits on responses: far above anything requested, far below what would exhaust memory. */
const limits = {
  maxLiteralSize: mebibyte,
  maxLineLength: 4 * mebibyte,
  maxResponseSize: 8 * mebibyte,
  maxResponseTokens: 200_000,
} as const;

/** Milliseconds; the whole scan has its own limit besides. */
const phaseLimits = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 } as const;
const goodbyeLimit = 2_000;

/** Bytes of the header that are read where its fields alone are too large. */
const longestHeader = 16 * 1024;

/** Connects and logs in, over verified TLS only. */
export const connectImap: Connect = async (mailbox, signal, names = sharedNames(), tokens = ownTokens) => {
  // A `CheckError` of its own where there is no token to be had.
  const token = await tokens.get(mailbox, signal);
  const password = token ?? mailbox.password?.reveal() ?? '';
  const ca = await authorities(mailbox.caFile);
  const whole = mailbox.timeoutSeconds * 1000;
  let connectionError: unknown;
  const asked = ofOneConnection(names);
  const client: ImapFlow = new ImapFlow({
    host: mailbox.host,
    port: mailbox.port,
    secure: !mailbox.starttls,
    ...(mailbox.starttls ? { doSTARTTLS: true } : {}),
    auth:
      token === undefined
        ? { user: mailbox.user, pass: password }
        : { user: mailbox.user, accessToken: token },
    // Said explicitly, so that no environment variable turns it off.
    // The library hands these options to the plain connection as well: `lookup` is for both.
    tls: {
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      lookup: asked.lookup,
      ...(ca === undefined ? {} : { ca }),
    },
    // NetEase (163, 126) refuses to open folders for a client that does not identify itself.
    clientInfo: { name: 'balance-alert', vendor: 'balance-alert' },
    logger: throttleListener((milliseconds) => {
      // The library would wait for as long as the server asks, and be cut off by the limit of the scan.
      connectionError = Object.assign(new Error('throttled'), {
        code: 'ETHROTTLE',
        throttleReset: milliseconds,
      });
      // In a moment: the wait that a close cuts short begins after this.
      setImmediate(() => client.close());
    }),
    disableAutoIdle: true,
    disableAutoEnable: true,
    disableCompression: true,
    connectionTimeout: Math.min(phaseLimits.connectionTimeout, whole),
    greetingTimeout: Math.min(phaseLimits.greetingTimeout, whole),
    // A mail that the server never ends is waited for three times: with others, alone, and without its structure.
    socketTimeout: Math.min(phaseLimits.socketTimeout, whole / 6),
    ...limits,
  });

  // Attached before anything can go wrong: without a listener a socket's timeout would end the process.
  client.on('error', (error) => {
    connectionError ??= error;
  });
  const close = () => client.close();
  signal.addEventListener('abort', close, { once: true });

  const attempt = async <Result>(
    stage: Stage,
    target: string,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      client.close();
      throw imapFailure(error, { stage, target, password, connectionError });
    }
  };

  const read = async (
    uids: readonly number[],
    query: FetchQueryObject,
  ): Promise<readonly FetchMessageObject[]> =>
    attempt('read', 'mails', () => client.fetchAll(uids.join(','), { uid: true, ...query }, { uid: true }));

  await attempt('connect', '', () => client.connect()).catch((error: unknown) => {
    signal.removeEventListener('abort', close);
    asked.abandon();
    tokens.drop(mailbox);
    throw error;
  });

  return {
    open: (folder) =>
      attempt('open', `folder ${JSON.stringify(folder)}`, async () => {
        const opened = await client.mailboxOpen(folder, { readOnly: true });
        if (opened.readOnly !== true)
          throw new CheckError(
            'schema',
            'the server opened a folder read-write although read-only was requested',
          );
        return {
          uidValidity: String(opened.uidValidity ?? ''),
          uidNext: opened.uidNext > 0 ? opened.uidNext : undefined,
          exists: opened.exists,
        };
      }),
    search: (fromUid, since) =>
      attempt('search', 'for new mails', async () => {
        // Whatever came since the last scan is new; servers that date mails wrongly would leave some out.
        const query = fromUid > 1 ? {} : { since: new Date(since) };
        const found = await client.search({ uid: `${fromUid}:*`, ...query }, { uid: true });
        // The library's way to say that the server refused, or that the connection is gone.
        if (found === false || found === undefined) {
          throw client.usable
            ? new CheckError('business', 'the server refused to search for new mails')
            : Object.assign(new Error('closed'), { code: 'NoConnection' });
        }
        // `n:*` has the last mail in it even where that one is older than n.
        return found.filter((uid) => uid >= fromUid).toSorted((one, other) => one - other);
      }),
    heads: async (uids, bounded) => {
      const query: FetchQueryObject = bounded
        ? { bodyParts: [{ key: 'HEADER', start: 0, maxLength: longestHeader }] }
        : { headers: [...headersOf] };
      const found = await read(uids, { internalDate: true, size: true, ...query });
      return found.map((mail) => ({
        uid: mail.uid,
        receivedAt: mail.internalDate instanceof Date ? mail.internalDate.getTime() : undefined,
        size: mail.size ?? 0,
        headers: mail.headers ?? Buffer.alloc(0),
      }));
    },
    structures: async (uids) => {
      const found = await read(uids, { bodyStructure: true });
      return new Map(
        found.flatMap((mail) =>
          isStructure(mail.bodyStructure) ? [[mail.uid, textParts(mail.bodyStructure)]] : [],
        ),
      );
    },
    bodies: async (uids) => {
      const found = await read(uids, { bodyParts: [{ key: 'TEXT', start: 0, maxLength: longestWhole }] });
      return new Map(
        found.flatMap((mail): [number, Buffer][] => {
          const body = mail.bodyParts?.get('text');
          return Buffer.isBuffer(body) ? [[mail.uid, body]] : [];
        }),
      );
    },
    source: async (uid) => {
      const [mail] = await read([uid], { source: { start: 0, maxLength: longestSource } });
      return mail?.uid === uid ? mail.source : undefined;
    },
    hasSize: async (uid) => (await read([uid], { size: true })).some((mail) => mail.uid === uid),
    has: (uid) =>
      attempt('search', 'for one mail', async () => {
        const found = await client.search({ uid: String(uid) }, { uid: true });
        return Array.isArray(found) && found.includes(uid);
      }),
    folders: () => attempt('list', 'folders', async () => (await client.list()).map(({ path }) => path)),
    parts: async (uids, parts) => {
      const bodyParts = parts.map(({ part, longest }) => ({ key: part, start: 0, maxLength: longest }));
      const found = await read(uids, { bodyParts });
      return new Map(
        found.map((mail) => [
          mail.uid,
          new Map(
            [...(mail.bodyParts ?? [])].flatMap(([key, value]) =>
              Buffer.isBuffer(value) ? [[key, value]] : [],
            ),
          ),
        ]),
      );
    },
    async end() {
      signal.removeEventListener('abort', close);
      if (!client.usable) return client.close();
      const timer = setTimeout(() => client.close(), goodbyeLimit);
      await client.logout().catch(() => undefined);
      clearTimeout(timer);
      client.close();
    },
    close,
  };
};

/** Look-ups of one connection, and a way to give up those that are still under way. */
function ofOneConnection({ lookup, abandon }: NameLookup) {
  const waiting: string[] = [];
  const once: NameLookup['lookup'] = (hostname, options, callback) => {
    waiting.push(hostname);
    lookup(hostname, options, (...answer) => {
      waiting.splice(waiting.indexOf(hostname), 1);
      callback(...answer);
    });
  };
  return { lookup: once, abandon: () => waiting.splice(0).forEach(abandon) };
}

async function authorities(caFile: string | undefined): Promise<Buffer | undefined> {
  if (caFile === undefined) return undefined;
  try {
    return await readFile(caFile);
  } catch {
    throw new CheckError('config', `cannot read the certificate authorities in ca_file ${caFile}`);
  }
}

/** Some servers give NIL, or nothing in brackets, for what they can't take apart. */
function isStructure(structure: MessageStructureObject | undefined): boolean {
  if (structure === undefined) return false;
  const [kind = '', subtype = ''] = structure.type?.split('/') ?? [];
  if (kind === 'multipart') return (structure.childNodes ?? []).length > 0;
  return kind !== '' && subtype !== '' && subtype !== 'undefined';
}

/** A logger for the library that only records the wait that a throttling server asks for, in milliseconds. */
function throttleListener(onThrottle: (milliseconds: number) => void) {
  const ignore = () => undefined;
  return {
    trace: ignore,
    debug: ignore,
    info: ignore,
    error: ignore,
    // Without it the library writes out each command and each response for the log, which is a third of its work.
    isLevelEnabled: (level: string) => level === 'warn',
    warn: (entry: unknown) => {
      if (typeof entry !== 'object' || entry === null || !('throttleDelay' in entry)) return;
      if (typeof entry.throttleDelay === 'number') onThrottle(entry.throttleDelay);
    },
  };
}
