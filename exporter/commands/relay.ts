import { join } from 'node:path';
import { createFileWatch } from '../account-file/watch.ts';
import { createRedactor } from '../config/redact.ts';
import { messageOf, stackOf } from '../errors.ts';
import type { LogFormat, Logger, LogLevel } from '../log.ts';
import { createLogger } from '../log.ts';
import { createRelayMetrics } from '../metrics/relay.ts';
import { createHttpClient } from '../providers/http.ts';
import { createRelayApp } from '../relay/app.ts';
import type { RelayConfig } from '../relay/config.ts';
import { readRelayConfig } from '../relay/config.ts';
import { readFigures } from '../relay/digest/figures.ts';
import { digestMessage, digestText } from '../relay/digest/message.ts';
import { prometheusClient, queryAt } from '../relay/digest/prometheus.ts';
import type { DigestOptions } from '../relay/digest/schedule.ts';
import { Digest } from '../relay/digest/schedule.ts';
import type { Message } from '../relay/message.ts';
import type { PaidLink } from '../relay/paid-link.ts';
import { plausibleOnly } from '../relay/paid-link.ts';
import { Relay } from '../relay/relay.ts';
import { lockFolder } from '../storage/folder-lock.ts';
import { makePrivateFolder } from '../storage/private-folder.ts';
import { RecordStore } from '../storage/record-store.ts';
import { exposureError } from '../web/access/exposure.ts';
import { webConfigOf } from '../web/access/load.ts';
import { PaidLinks } from '../web/access/paid-links.ts';
import { GuardedServers } from '../web/access/serve.ts';
import type { ListenAddress } from '../web/listen.ts';
import { close, urlOf } from '../web/listen.ts';

export interface RelayCommandOptions {
  readonly configFile: string;
  /** Only validate the file. */
  readonly checkOnly: boolean;
  /** Only print the digest as of now. */
  readonly printDigest: boolean;
  readonly secretsDirectory: string | undefined;
  readonly storagePath: string | undefined;
  readonly listenAddresses: readonly ListenAddress[];
  readonly webConfigFile: string | undefined;
  /** Whether addresses that other machines reach may be served without users and client certificates. */
  readonly allowUnauthenticated: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

export interface RelayEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly write: (text: string) => void;
  /** Writes a log line, or an error that ends the program. */
  readonly log: (line: string) => void;
  /** How often changed files are looked for. */
  readonly watchIntervalMs: number;
  /** Resolves with the signal that ends the program. */
  readonly terminated: Promise<string>;
}

/** For one message to a bot. Alertmanager waits for the answer as long as its group interval, and no less than 10 s. */
const timeoutMs = 8000;
/** How long a notification waits for its turn. */
const patienceMs = 20_000;

/** `balance-alert relay`: forwards notifications to chat bots until it is terminated. Returns the exit code. */
export async function runRelay(options: RelayCommandOptions, environment: RelayEnvironment): Promise<number> {
  const { configFile, storagePath, webConfigFile } = options;
  const loaded = readRelayConfig(configFile, options.secretsDirectory, environment.variables);
  const web = webConfigOf(webConfigFile);
  if (!loaded.ok || !web.ok) {
    for (const { errors } of [loaded, web].filter((one) => !one.ok)) {
      for (const error of errors) environment.log(`${error}\n`);
    }
    return 2;
  }
  const { config } = loaded;
  const logger = createLogger({
    level: options.logLevel,
    format: options.logFormat,
    write: environment.log,
    redact: createRedactor(config.secrets),
  });
  let paidLinks: PaidLinks | undefined;
  try {
    paidLinks =
      config.mark_paid && new PaidLinks(config.mark_paid.key_file, config.mark_paid.external_url, logger);
  } catch (error) {
    environment.log(`${messageOf(error)}\n`);
    return 2;
  }
  if (options.checkOnly) {
    environment.write(`${configFile}: valid (channels: ${config.channels.length})\n`);
    return 0;
  }
  if (options.printDigest) return printDigest(config, environment);
  const exposed = exposureError(web.config, options.listenAddresses, options.allowUnauthenticated);
  if (exposed !== undefined) {
    environment.log(`${exposed}\n`);
    return 2;
  }
  const paidLink: PaidLink | undefined =
    paidLinks && plausibleOnly((renewal) => paidLinks.url(renewal, environment.now()), environment.now);
  const metrics = createRelayMetrics(config.channels.map(({ name }) => name));
  let storage: Storage;
  try {
    storage = await openStorage(storagePath, environment.now, logger);
  } catch (error) {
    environment.log(`--storage.path ${storagePath} cannot be used: ${messageOf(error)}\n`);
    return 1;
  }
  const { records } = storage;
  const relay = new Relay({
    config,
    logger,
    metrics,
    now: environment.now,
    records,
    timeoutMs,
    patienceMs,
    paidLink,
  });
  const app = createRelayApp({
    channels: relay.channels,
    deliver: (channel, notification, signal) => relay.deliver(channel, notification, signal),
    metrics: metrics.text,
    onError: (error) => logger.error('internal error while serving a request', { stack: stackOf(error) }),
  });
  const guarded = new GuardedServers(webConfigFile, web.config, logger, metrics.tellCertificateExpiry);
  const watchWebConfig = createFileWatch({ files: () => guarded.files(), onChange: () => guarded.reload() });
  const servers = [];
  try {
    for (const address of options.listenAddresses) {
      const server = await guarded.listen(app, address, '--web.listen-address');
      servers.push(server);
      logger.info('listening for notifications', { url: urlOf(guarded.scheme, address, server, '/notify/') });
    }
  } catch (error) {
    await Promise.all(servers.map(close));
    await storage.close();
    environment.log(`${messageOf(error)}\n`);
    return 1;
  }
  const stopDigest = startDigest(config, { relay, records, logger, metrics, now: environment.now, paidLink });
  const timer = setInterval(() => {
    watchWebConfig();
    paidLinks?.look();
  }, environment.watchIntervalMs);
  logger.info('started', { channels: config.channels.length });
  const signal = await environment.terminated;
  logger.info('shutting down', { signal });
  clearInterval(timer);
  await stopDigest();
  await relay.close();
  await Promise.all(servers.map(close));
  await storage.close();
  return 0;
}

/** How often it is looked whether a digest is due. */
const digestIntervalMs = 30_000;

/** For all queries of a digest. */
const queriesMs = 60_000;

/** @throws CheckError where Prometheus does not answer */
async function makeDigest(
  { digest, prometheus, language, proxy, ca_file: caFile }: RelayConfig,
  nowMs: number,
  paidLink?: PaidLink,
): Promise<Message> {
  if (digest === undefined || prometheus === undefined)
    throw new RangeError('expected digest and prometheus in the file');
  const client = prometheusClient(prometheus);
  const http = createHttpClient({
    timeout: queriesMs,
    signal: AbortSignal.timeout(queriesMs + 1000),
    proxy,
    caFile: client.caFile ?? caFile,
  });
  const { url } = prometheus;
  const figures = await readFigures(queryAt(nowMs, { url, authorization: client.authorization }, http));
  return digestMessage(figures, language, nowMs, digest.timezone, paidLink);
}

async function printDigest(config: RelayConfig, { now, write, log }: RelayEnvironment): Promise<number> {
  if (config.digest === undefined) {
    log('no digest is configured: expected the key digest\n');
    return 2;
  }
  try {
    write(digestText(await makeDigest(config, now())));
    return 0;
  } catch (error) {
    log(`${createRedactor(config.secrets)(messageOf(error))}\n`);
    return 1;
  }
}

/** Returns what ends it. */
function startDigest(
  config: RelayConfig,
  {
    relay,
    paidLink,
    ...context
  }: { readonly relay: Relay; readonly paidLink: PaidLink | undefined } & Pick<
    DigestOptions,
    'records' | 'logger' | 'metrics' | 'now'
  >,
): () => Promise<void> {
  if (config.digest === undefined) return () => Promise.resolve();
  const digest = new Digest({
    ...context,
    config: config.digest,
    make: () => makeDigest(config, context.now(), paidLink),
    send: (channel, message) => relay.sendDirectly(channel, message),
  });
  void digest.tick();
  const timer = setInterval(() => void digest.tick(), digestIntervalMs);
  return async () => {
    clearInterval(timer);
    await digest.idle();
  };
}

interface Storage {
  readonly records: RecordStore | undefined;
  readonly close: () => Promise<void>;
}

/** @throws the file system's error, or that another relay uses the folder: one digest each would be sent. */
async function openStorage(path: string | undefined, now: () => number, logger: Logger): Promise<Storage> {
  if (path === undefined) return { records: undefined, close: () => Promise.resolve() };
  const folder = join(path, 'relay');
  makePrivateFolder(folder);
  // Before anything is read: who is refused has touched nothing.
  const lock = lockFolder(folder, now());
  if (!lock.ok) throw new Error(`another relay uses it (${lock.holder}); give each a folder of its own`);
  const records = new RecordStore({
    path: folder,
    now,
    onSetAside: (error) => logger.warn('storage', { error }),
  });
  return {
    records,
    close: async () => {
      await records.close();
      lock.release();
    },
  };
}
