import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { portOf } from '../../exporter/web/listen.ts';
import { alertmanagerTemplatesFolder } from '../../infra/render/alertmanager.ts';
import type { TemplateFile } from '../../infra/render/messages.ts';
import { freePorts } from './ports.ts';
import { toolPath } from './promtool.ts';

/** Where Debian's build reads its default templates from, whatever it was unpacked to. */
const debianShare = '/usr/share/prometheus/alertmanager';

export interface RunningAlertmanager extends AsyncDisposable {
  readonly url: string;
  /** Hands over alerts as Prometheus does. */
  readonly post: (alerts: readonly PostedAlert[]) => Promise<void>;
  readonly log: () => string;
  /** Ends it as a crash does. */
  readonly kill: () => Promise<void>;
}

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

export interface AlertmanagerFiles {
  readonly config: string;
  readonly templates: readonly TemplateFile[];
}

/** Writes the files as they lie in the container, with the templates' path of this machine. @returns the config's path */
export async function writeFiles({ config, templates }: AlertmanagerFiles, folder: string): Promise<string> {
  const templatesFolder = join(folder, 'templates');
  await mkdir(templatesFolder, { recursive: true });
  for (const { file, text: content } of templates) await writeFile(join(templatesFolder, file), content);
  const path = join(folder, 'alertmanager.yml');
  await writeFile(path, config.replaceAll(alertmanagerTemplatesFolder, templatesFolder));
  return path;
}

export interface AlertmanagerOptions {
  /** A folder that is kept when it stops, so that a next one goes on with it. */
  readonly storage?: string;
  /** A free one unless given. */
  readonly port?: number;
  readonly flags?: readonly string[];
  /** Of its pages, where the flags give them another than `/`. */
  readonly path?: string;
  /** `https` where the flags close it; what asks it has to trust its certificate. */
  readonly scheme?: 'http' | 'https';
  /** The header that its pages ask for. */
  readonly authorization?: string;
}

/** A real Alertmanager on a free port of loopback. `config` is as rendered for the stack. */
export async function startAlertmanager(
  files: AlertmanagerFiles,
  { storage, port: given, flags = [], path = '', scheme = 'http', authorization }: AlertmanagerOptions = {},
): Promise<RunningAlertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-alertmanager-'));
  const configPath = await writeFiles(files, folder);
  const port = given ?? (await freePorts(1))[0] ?? 0;
  const url = `${scheme}://127.0.0.1:${port}${path}`;
  const headers = authorization === undefined ? {} : { authorization };
  const [program = '', ...args] = [
    ...(await inNamespace(folder)),
    toolPath('alertmanager'),
    `--config.file=${configPath}`,
    `--storage.path=${storage ?? join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
    '--log.level=debug',
    ...flags,
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const stop = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal);
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`Alertmanager ended:\n${log}`);
    if (
      await fetch(`${url}/-/ready`, { headers }).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    await new Promise((done) => setTimeout(done, 50));
  }
  return {
    url,
    log: () => log,
    post: async (alerts) => {
      const response = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    },
    kill: () => stop('SIGKILL'),
    [Symbol.asyncDispose]: () => stop('SIGTERM'),
  };
}

/**
 * Debian's build has the path of its default templates built in. Unpacked elsewhere, it gets them at that path in a
 * mount namespace of its own.
 */
async function inNamespace(folder: string): Promise<readonly string[]> {
  const share = resolve(toolPath('alertmanager'), '../../share');
  if (!existsSync(join(share, 'prometheus/alertmanager')) || existsSync(debianShare)) return [];
  const made = join(folder, 'share');
  await mkdir(join(made, 'zoneinfo'), { recursive: true });
  await cp(join(share, 'prometheus'), join(made, 'prometheus'), { recursive: true });
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const mounts = `mount --bind /usr/share/zoneinfo ${made}/zoneinfo && mount --rbind ${made} /usr/share && exec "$@"`;
  return ['unshare', ...user, '--mount', 'sh', '-c', mounts, 'sh'];
}

export interface Received {
  readonly path: string;
  readonly body: string;
}

export interface Receiver extends AsyncDisposable {
  readonly port: number;
  /** All that came so far. */
  readonly received: readonly Received[];
  /** Resolves with the first request, old or new, that fits. */
  readonly until: (fits: (received: Received) => boolean) => Promise<Received>;
}

function inbox(): Pick<Receiver, 'received' | 'until'> & { readonly put: (one: Received) => void } {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  return {
    received,
    put(one) {
      received.push(one);
      for (const look of waiting) look();
    },
    until: (fits) =>
      new Promise((done) => {
        const look = (): void => {
          const found = received.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          done(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Takes every request for success, in the words of Telegram, WeCom and everybody else at once. */
export async function httpReceiver(): Promise<Receiver> {
  const { put, ...rest } = inbox();
  const server = createServer(async (request, response) => {
    put({ path: request.url ?? '', body: await text(request) });
    response.setHeader('content-type', 'application/json');
    response.end(
      '{"ok":true,"errcode":0,"access_token":"t","expires_in":7200,"status":"success","result":{"message_id":1,"date":0,"chat":{"id":1,"type":"group"}}}',
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    ...rest,
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A mail server that takes everything; `path` is the recipient. */
export async function mailReceiver(): Promise<Receiver> {
  const { put, ...rest } = inbox();
  const server = createTcpServer((socket) => {
    let buffer = '';
    let to = '';
    let inData = false;
    socket.on('error', () => undefined);
    socket.write('220 test ESMTP\r\n');
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      buffer += chunk;
      for (;;) {
        const end = inData ? buffer.indexOf('\r\n.\r\n') : buffer.indexOf('\r\n');
        if (end < 0) return;
        const taken = buffer.slice(0, end);
        buffer = buffer.slice(end + (inData ? 5 : 2));
        if (inData) {
          put({ path: to, body: taken });
          inData = false;
          socket.write('250 ok\r\n');
        } else if (/^DATA/i.test(taken)) {
          inData = true;
          socket.write('354 go on\r\n');
        } else {
          to = /^RCPT TO:<([^>]*)>/i.exec(taken)?.[1] ?? to;
          socket.write(/^QUIT/i.test(taken) ? '221 bye\r\n' : '250 ok\r\n');
        }
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    ...rest,
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}
