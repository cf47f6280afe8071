import { join } from 'node:path';
import type { FileResult } from '../account-file/read.ts';
import { readAccountFile } from '../account-file/read.ts';
import type { Shard } from '../account-file/shard.ts';
import { configOfShard } from '../account-file/shard.ts';
import { createFileWatch, isUnlinked, unlinkedError } from '../account-file/watch.ts';
import { AccountStorage } from '../accounts/storage.ts';
import { buildInfo } from '../build-info.ts';
import { createClockWatch } from '../clock-watch.ts';
import { createRedactor } from '../config/redact.ts';
import { messageOf, stackOf } from '../errors.ts';
import { Exporter } from '../exporter.ts';
import type { LogFormat, Logger, LogLevel } from '../log.ts';
import { createLogger } from '../log.ts';
import { createMailStore, createMemoryMailStore } from '../mail/store.ts';
import { startIsOver } from '../memory.ts';
import { createSelfMetrics } from '../metrics/self.ts';
import { findProvider } from '../providers/registry.ts';
import type { FolderLock } from '../storage/folder-lock.ts';
import { makePrivateFolder } from '../storage/private-folder.ts';
import { RecordStore } from '../storage/record-store.ts';
import { exposureError } from '../web/access/exposure.ts';
import { FeedTokens } from '../web/access/feed-token.ts';
import { webConfigOf } from '../web/access/load.ts';
import type { PaidLinks } from '../web/access/paid-links.ts';
import { GuardedServers } from '../web/access/serve.ts';
import { onceEach } from '../web/entries.ts';
import type { PrometheusQuery } from '../web/history/source.ts';
import { lazily } from '../web/lazily.ts';
import type { ListenAddress } from '../web/listen.ts';
import { close, portOf, urlOf } from '../web/listen.ts';
import { createMetricsApp } from '../web/metrics/app.ts';
import { createMetricsPage } from '../web/metrics/page.ts';
import type { StatusLinks } from '../web/status/page/context.ts';
import type { Language } from '../web/status/text/language.ts';

export interface ServeOptions {
  readonly configFile: string;
  readonly secretsDirectory: string | undefined;
  /** Directory in which states are persisted across restarts; undefined: not persisted. */
  readonly storagePath: string | undefined;
  readonly listenAddresses: readonly ListenAddress[];
  readonly statusAddress: ListenAddress;
  readonly telemetryPath: string;
  readonly maxRequests: number;
  /** TLS and users of both ports; undefined: plain HTTP, open. */
  readonly webConfigFile: string | undefined;
  /** Whether addresses that other machines reach may be served without users and client certificates. */
  readonly allowUnauthenticated: boolean;
  /** File with the tokens of the calendar feed; undefined: the feed needs a password where the other pages do. */
  readonly feedTokenFile: string | undefined;
  /** Signed links that mark renewals as paid; undefined: off. */
  readonly paidLinks: { readonly keyFile: string; readonly externalUrl: string } | undefined;
  /** Whether other machines may reload. */
  readonly enableLifecycle: boolean;
  /** Whether assistants may query the status port at /mcp. */
  readonly enableMcp: boolean;
  /** Names by which programs may call the ports, beside IP addresses and names without dots. */
  readonly allowedHosts: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly concurrency: number;
  /** Which part of the account file this exporter looks after; undefined: all of it. */
  readonly shard: Shard | undefined;
  readonly language: Language;
  readonly links: StatusLinks;
  /** Prometheus, for the history on the page; undefined: the page shows none. */
  readonly prometheusQuery: PrometheusQuery | undefined;
}

export interface ServeEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly random: () => number;
  /** Writes a log line. */
  readonly log: (line: string) => void;
  /** Prints an error that ends the program. */
  readonly printError: (text: string) => void;
  /** Calls back on each SIGHUP from then on, and at once where there was one since the program began. */
  readonly onHangUp: (action: () => void) => void;
  /** How often files and clocks are looked at. */
  readonly watchIntervalMs: number;
  /** Resolves with the signal that ends the program. */
  readonly terminated: Promise<string>;
}

/** `balance-alert serve`: polls and serves until it is terminated. Returns the exit code. */
export async function runServe(options: ServeOptions, environment: ServeEnvironment): Promise<number> {
  const load = (): FileResult => {
    const result = readAccountFile({
      file: options.configFile,
      secretsDirectory: options.secretsDirectory,
      environment: environment.variables,
      now: environment.now(),
    });
    return result.ok ? { ok: true, config: configOfShard(result.config, options.shard) } : result;
  };
  let exporter: Exporter | undefined;
  const files = () => [
    options.configFile,
    ...secretFiles(options.secretsDirectory, exporter?.secretNames() ?? []),
  ];
  const reload = (): FileResult => {
    const replaced = files().filter(isUnlinked);
    return replaced.length === 0 ? load() : { ok: false, errors: replaced.map(unlinkedError) };
  };
  const watchFiles = createFileWatch({
    files,
    onChange: () => exporter?.reload(),
  });
  const loaded = load();
  if (!loaded.ok) {
    for (const error of loaded.errors) environment.printError(`${error}\n`);
    return 2;
  }

  const { webConfigFile } = options;
  const web = webConfigOf(webConfigFile);
  if (!web.ok) {
    for (const error of web.errors) environment.printError(`${error}\n`);
    return 2;
  }
  const exposed = exposureError(
    web.config,
    [options.statusAddress, ...options.listenAddresses],
    options.allowUnauthenticated,
  );
  if (exposed !== undefined) {
    environment.printError(`${exposed}\n`);
    return 2;
  }

  let redact = createRedactor(loaded.config.secrets);
  const logger = createLogger({
    level: options.logLevel,
    format: options.logFormat,
    write: environment.log,
    redact: (line) => redact(line),
  });
  let feedTokens: FeedTokens | undefined;
  let paidLinks: PaidLinks | undefined;
  try {
    if (options.feedTokenFile !== undefined) feedTokens = new FeedTokens(options.feedTokenFile, logger);
    if (options.paidLinks !== undefined) {
      const { PaidLinks } = await import('../web/access/paid-links.ts');
      paidLinks = new PaidLinks(options.paidLinks.keyFile, options.paidLinks.externalUrl, logger);
    }
  } catch (error) {
    environment.printError(`${messageOf(error)}\n`);
    return 2;
  }
  const queryErrors = await prometheusQueryErrors(options.prometheusQuery);
  if (queryErrors.length > 0) {
    for (const error of queryErrors) environment.printError(`${error}\n`);
    return 2;
  }
  const build = buildInfo();
  const self = createSelfMetrics(build);
  let storage: Storage | undefined;
  try {
    if (options.storagePath !== undefined) {
      storage = await openStorage(options.storagePath, environment.now, logger);
    }
  } catch (error) {
    environment.printError(`--storage.path ${options.storagePath} cannot be used: ${messageOf(error)}\n`);
    return 1;
  }
  const running = new Exporter(loaded.config, {
    load: reload,
    findProvider,
    logger,
    now: environment.now,
    random: environment.random,
    concurrency: options.concurrency,
    storage: storage?.accounts,
    mailStore: storage === undefined ? createMemoryMailStore() : createMailStore(storage.records),
    onStorageFailure: self.countStorageFailure,
  });
  redact = (line) => running.redact(line);

  const fault = (error: unknown) =>
    logger.error('internal error while serving a request', {
      stack: stackOf(error),
    });
  const onEntryFault = onceEach(({ subject, name, error }) =>
    logger.error('internal error while rendering an entry, it is left out', {
      [subject]: name,
      stack: stackOf(error),
    }),
  );
  const statusApp = lazily(async () => {
    const { createStatusPages } = await import('./status-pages.ts');
    return createStatusPages({
      snapshot: () => running.snapshot(),
      now: environment.now,
      links: options.links,
      language: options.language,
      version: build.version,
      shard: options.shard,
      enableMcp: options.enableMcp,
      allowedHosts: options.allowedHosts,
      prometheusQuery: options.prometheusQuery,
      paid: paidLinks && {
        links: paidLinks,
        allowedHosts: options.allowedHosts,
        mark: async (name, date) => {
          const { markInFile } = await import('../subscriptions/mark-file.ts');
          return markInFile({ file: options.configFile, name, date, now: environment.now() });
        },
        onMarked: (subscription, date) =>
          logger.info('renewal marked as paid by a link', { subscription, date }),
        onNotMarked: (subscription, date, error) =>
          logger.warn('renewal could not be marked as paid by a link', { subscription, date, error }),
      },
      showsPaidLinks: () => guarded.requiresAuthentication,
      logger,
      onEntryFault,
      onError: fault,
    });
  }, fault);

  const guarded = new GuardedServers(webConfigFile, web.config, logger, self.tellCertificateExpiry);
  const watchWebConfig = createFileWatch({ files: () => guarded.files(), onChange: () => guarded.reload() });
  const servers = [];
  try {
    const statusServer = await guarded.listen(
      statusApp,
      options.statusAddress,
      '--web.status-address',
      (request) => feedTokens?.admits(request) === true,
    );
    servers.push(statusServer);
    const metricsApp = createMetricsApp({
      page: createMetricsPage({
        snapshot: () => running.snapshot(),
        self,
        now: environment.now,
        onEntryFault: (entry) => {
          self.countEntryFailure(entry.subject);
          onEntryFault(entry);
        },
      }),
      ready: () => running.ready(),
      config: () => running.config(),
      reload: async () => running.reload(),
      enableLifecycle: options.enableLifecycle,
      allowedHosts: options.allowedHosts,
      telemetryPath: options.telemetryPath,
      maxRequests: options.maxRequests,
      version: build.version,
      shard: options.shard,
      statusPort: portOf(statusServer),
      onError: fault,
    });
    for (const address of options.listenAddresses) {
      const server = await guarded.listen(metricsApp, address, '--web.listen-address');
      servers.push(server);
      logger.info('listening for scrapes', {
        url: urlOf(guarded.scheme, address, server, options.telemetryPath),
      });
    }
    logger.info('serving the status page', {
      url: urlOf(guarded.scheme, options.statusAddress, statusServer, '/'),
    });
  } catch (error) {
    await Promise.all(servers.map(close));
    environment.printError(`${messageOf(error)}\n`);
    return 1;
  }

  exporter = running;
  running.start();
  environment.onHangUp(() => running.reload());
  const watchClock = createClockWatch({
    wall: environment.now,
    monotonic: () => performance.now(),
    onJump: (milliseconds) => running.clockJumped(milliseconds),
  });
  const timer = setInterval(() => {
    if (running.ready()) startIsOver();
    watchClock();
    watchFiles();
    watchWebConfig();
    feedTokens?.look();
    paidLinks?.look();
  }, environment.watchIntervalMs);
  const { accounts, subscriptions, mailboxes } = loaded.config;
  logger.info('started', {
    version: build.version,
    accounts: accounts.length,
    subscriptions: subscriptions.length,
    mailboxes: mailboxes.length,
    ...(options.shard === undefined ? {} : { shard: `${options.shard.number}/${options.shard.count}` }),
  });
  const signal = await environment.terminated;
  logger.info('shutting down', { signal });
  clearInterval(timer);
  await Promise.all([running.stop(), ...servers.map(close)]);
  await storage?.close();
  return 0;
}

/** What is wrong with the file of credentials for Prometheus; loaded where there is one only. */
async function prometheusQueryErrors(query: PrometheusQuery | undefined): Promise<readonly string[]> {
  if (query?.configFile === undefined) return [];
  const { loadHttpClientConfig } = await import('../config/http-client-config.ts');
  const result = loadHttpClientConfig(query.configFile);
  return result.ok ? [] : result.errors;
}

interface Storage {
  readonly records: RecordStore;
  readonly accounts: AccountStorage;
  /** Waits for what is being written, and gives the folder free. */
  readonly close: () => Promise<void>;
}

/** @throws where the folder can't be used, or another exporter uses it. */
async function openStorage(path: string, now: () => number, logger: Logger): Promise<Storage> {
  const onSetAside = (message: string) => logger.warn('storage', { error: message });
  makePrivateFolder(path);
  // Before anything is read: who is refused has touched nothing.
  const release = await takeFolder(path, now(), logger);
  const records = new RecordStore({ path, now, onSetAside });
  return {
    records,
    accounts: new AccountStorage({ records, now, onSetAside }),
    close: async () => {
      await records.close();
      release();
    },
  };
}

async function takeFolder(path: string, now: number, logger: Logger): Promise<() => void> {
  const { lockFolder } = await import('../storage/folder-lock.ts');
  let lock: FolderLock;
  try {
    lock = lockFolder(path, now);
  } catch (error) {
    // A folder that can't be written is reported again with the first state that can't be saved.
    logger.warn('storage cannot be locked', { error: messageOf(error) });
    return () => undefined;
  }
  if (lock.ok) return lock.release;
  throw new Error(`another exporter uses it (${lock.holder}); give each a folder of its own`);
}

function secretFiles(folder: string | undefined, names: readonly string[]): readonly string[] {
  return folder === undefined ? [] : names.map((name) => join(folder, name));
}
