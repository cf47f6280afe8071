#!/usr/bin/env node
// First of all: until it is loaded, a SIGHUP ends the process.
import './hang-up.ts';
import './limit-memory.ts';
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from './account-file/schema.ts';
import type { Shard } from './account-file/shard.ts';
import { parseShard } from './account-file/shard.ts';
import { buildInfo, timezoneData } from './build-info.ts';
import { isWebUrl, webUrlExpected } from './config/address.ts';
import { messageOf } from './errors.ts';
import { onHangUp } from './hang-up.ts';
import type { LogFormat, LogLevel } from './log.ts';
import { logFormats, logLevels } from './log.ts';
import type { ListenAddress } from './web/listen.ts';
import { parseListenAddress } from './web/listen.ts';
import type { Language } from './web/status/text/language.ts';

/**
 * Exit codes: 0 success, 1 failure, 2 usage or configuration error.
 *
 * Commands are loaded on demand: a health check that runs every few seconds needs no mail reader.
 */

const write = (text: string): void => void process.stdout.write(text);
const warn = (text: string): void => void process.stderr.write(text);
const now = (): number => Date.now();

// A closed pipe (`| head`) or a log reader that has exited is no reason to fail.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const address = (text: string): ListenAddress => {
  try {
    return parseListenAddress(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
};
const defaultAddresses: readonly ListenAddress[] = [{ host: '127.0.0.1', port: 9100 }];
const defaultRelayAddresses: readonly ListenAddress[] = [{ host: '127.0.0.1', port: 9110 }];
/** Each use adds an address; the first replaces the default. */
const addressesAfter =
  (defaults: readonly ListenAddress[]) =>
  (text: string, before: readonly ListenAddress[]): readonly ListenAddress[] =>
    before === defaults ? [address(text)] : [...before, address(text)];
const addresses = addressesAfter(defaultAddresses);
const relayAddresses = addressesAfter(defaultRelayAddresses);
const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError('expected a whole number from 1');
  return value;
};
const metricsPath = (text: string): string => {
  if (!/^\/[A-Za-z0-9._~/-]+$/.test(text)) throw new InvalidArgumentError('expected a path such as /metrics');
  if (text === '/config' || text.startsWith('/-/')) {
    throw new InvalidArgumentError('/config and everything below /-/ are reserved');
  }
  return text;
};
const shard = (text: string): Shard => {
  try {
    return parseShard(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
};
const link = (text: string): string => {
  if (!isWebUrl(text)) throw new InvalidArgumentError(webUrlExpected);
  return text;
};

const hostNames = (text: string, before: readonly string[] = []): readonly string[] => {
  const name = text.toLowerCase();
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name)) {
    throw new InvalidArgumentError('expected a host name without port, such as status.example.com');
  }
  return [...before, name];
};

const configFile = () =>
  new Option('--config.file <file>', 'path to the account file')
    .default('balance-alert.yaml')
    .env('BALANCE_ALERT_CONFIG_FILE');
const secretsDirectory = () =>
  new Option(
    '--secrets.dir <folder>',
    'directory with one file per secret; secrets without a file are read from environment variables',
  ).env('BALANCE_ALERT_SECRETS_DIR');
const listenAddress = () =>
  new Option('--web.listen-address <address>', 'address to expose metrics on; can be repeated')
    .default(defaultAddresses, '127.0.0.1:9100')
    .argParser(addresses)
    .env('BALANCE_ALERT_WEB_LISTEN_ADDRESS');

/** Has a value so that the image can set it, and a deployment unset it, by the environment. */
const allowUnauthenticated = () =>
  new Option(
    '--web.allow-unauthenticated [boolean]',
    'allow addresses that other machines reach although no password is required',
  )
    .choices(['true', 'false'])
    .preset('true')
    .default('false')
    .env('BALANCE_ALERT_WEB_ALLOW_UNAUTHENTICATED');

const webConfigFile = () =>
  new Option(
    '--web.config.file <file>',
    'path to a configuration file that enables TLS or authentication on both ports',
  ).env('BALANCE_ALERT_WEB_CONFIG_FILE');

const logLevel = () =>
  new Option('--log.level <level>', 'minimum log level').choices(logLevels).default('info');
const logFormat = () =>
  new Option('--log.format <format>', 'log format').choices(logFormats).default('logfmt');

interface FileFlags {
  readonly 'config.file': string;
  readonly 'secrets.dir'?: string;
}

interface LogFlags {
  readonly 'log.level': LogLevel;
  readonly 'log.format': LogFormat;
}

interface ServeFlags extends FileFlags, LogFlags {
  readonly 'config.check'?: true;
  readonly probe?: true;
  readonly 'storage.path'?: string;
  readonly 'web.listenAddress': readonly ListenAddress[];
  readonly 'web.allowUnauthenticated': string;
  readonly 'web.statusAddress': ListenAddress;
  readonly 'web.telemetryPath': string;
  readonly 'web.maxRequests': number;
  readonly 'web.enableLifecycle'?: true;
  readonly 'web.enableMcp'?: true;
  readonly 'web.feedTokenFile'?: string;
  readonly 'web.markPaidKeyFile'?: string;
  readonly 'web.externalUrl'?: string;
  readonly 'web.allowedHost'?: readonly string[];
  readonly 'web.config.file'?: string;
  readonly 'web.dashboardUrl'?: string;
  readonly 'web.prometheusUrl'?: string;
  readonly 'web.prometheusQueryUrl'?: string;
  readonly 'web.prometheusQueryConfigFile'?: string;
  readonly 'web.language': Language;
  readonly 'poll.concurrency': number;
  readonly 'poll.shard'?: Shard;
}

/** Resolves with the first SIGTERM or SIGINT. */
function terminated(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

/** Aborted by the first SIGINT or SIGTERM; a second one ends the program at once. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/** The configuration in the account file; undefined if it is not valid, after its errors were printed. */
async function load(flags: FileFlags): Promise<Config | undefined> {
  const { readAccountFile } = await import('./account-file/read.ts');
  const result = readAccountFile({
    file: flags['config.file'],
    secretsDirectory: flags['secrets.dir'],
    environment: process.env,
    now: now(),
  });
  if (result.ok) return result.config;
  for (const error of result.errors) warn(`${error}\n`);
  return undefined;
}

const program = new Command('balance-alert')
  .description('Balances, quotas, renewals and billing mail of prepaid services as Prometheus metrics.')
  .version(
    `balance-alert ${buildInfo().version} (revision ${buildInfo().revision}, Node ${process.version}, time-zone data ${timezoneData()})`,
    '--version',
  )
  .helpOption('--help', 'print this help')
  .helpCommand(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

function command(name: string, description: string): Command {
  return program
    .command(name, name === 'serve' ? { isDefault: true } : {})
    .description(description)
    .helpOption('--help', 'print this help');
}

command('serve', 'poll the accounts and serve metrics and the status page (default command)')
  .addOption(configFile())
  .addOption(secretsDirectory())
  .option('--config.check', 'validate the account file and exit')
  .option('--probe', 'with --config.check: also query every account once')
  .addOption(
    new Option(
      '--storage.path <folder>',
      'directory in which readings and counters are persisted across restarts; not persisted if unset',
    ).env('BALANCE_ALERT_STORAGE_PATH'),
  )
  .addOption(listenAddress())
  .addOption(
    new Option('--web.status-address <address>', 'address to serve the status page on')
      .default({ host: '127.0.0.1', port: 8080 }, '127.0.0.1:8080')
      .argParser(address)
      .env('BALANCE_ALERT_WEB_STATUS_ADDRESS'),
  )
  .addOption(
    new Option('--web.telemetry-path <path>', 'path under which to expose metrics')
      .default('/metrics')
      .argParser(metricsPath),
  )
  .addOption(
    new Option(
      '--web.max-requests <number>',
      'maximum number of concurrent scrapes; further ones are answered with 503',
    )
      .default(40)
      .argParser(wholeNumber),
  )
  .addOption(webConfigFile())
  .addOption(allowUnauthenticated())
  .option(
    '--web.enable-lifecycle',
    'allow POST /-/reload from other machines; from this one it is always allowed',
  )
  .addOption(
    new Option(
      '--web.feed-token-file <file>',
      'file with tokens, one per line, by which calendars read /renewals.ics without a password',
    ).env('BALANCE_ALERT_WEB_FEED_TOKEN_FILE'),
  )
  .addOption(
    new Option(
      '--web.mark-paid-key-file <file>',
      'file with keys, one per line, that sign links by which people mark renewals as paid; needs --web.external-url',
    ).env('BALANCE_ALERT_WEB_MARK_PAID_KEY_FILE'),
  )
  .addOption(
    new Option(
      '--web.external-url <url>',
      'URL of the status page as people reach it, for links in the calendar feed',
    )
      .argParser(link)
      .env('BALANCE_ALERT_WEB_EXTERNAL_URL'),
  )
  .option(
    '--web.enable-mcp',
    'answer assistants on the status port at /mcp (Model Context Protocol), read-only',
  )
  .addOption(
    new Option(
      '--web.allowed-host <name>',
      'host name by which other machines may call /-/reload and /mcp, beside IP addresses and names without dots; can be repeated',
    ).argParser(hostNames),
  )
  .addOption(
    new Option('--web.dashboard-url <url>', 'URL of the Grafana dashboard that the status page links to')
      .argParser(link)
      .env('BALANCE_ALERT_WEB_DASHBOARD_URL'),
  )
  .addOption(
    new Option('--web.prometheus-url <url>', 'URL of the Prometheus that the status page links to')
      .argParser(link)
      .env('BALANCE_ALERT_WEB_PROMETHEUS_URL'),
  )
  .addOption(
    new Option(
      '--web.prometheus-query-url <url>',
      'URL at which the exporter itself reaches Prometheus, to show days left and the last 30 days on the status page',
    )
      .argParser(link)
      .env('BALANCE_ALERT_WEB_PROMETHEUS_QUERY_URL'),
  )
  .addOption(
    new Option(
      '--web.prometheus-query-config-file <file>',
      'file with credentials and certificate authority for that URL, in the format of promtool --http.config.file',
    ).env('BALANCE_ALERT_WEB_PROMETHEUS_QUERY_CONFIG_FILE'),
  )
  .addOption(
    new Option('--web.language <language>', 'language of the status page for browsers that accept neither')
      .choices(['en', 'zh'])
      .default('en')
      .env('BALANCE_ALERT_WEB_LANGUAGE'),
  )
  .addOption(logLevel())
  .addOption(logFormat())
  .addOption(
    new Option('--poll.concurrency <number>', 'maximum number of concurrent checks')
      .default(20)
      .argParser(wholeNumber),
  )
  .addOption(
    new Option(
      '--poll.shard <N/M>',
      'check only part N of M of the entries in the account file, one exporter for each part',
    )
      .argParser(shard)
      .env('BALANCE_ALERT_POLL_SHARD'),
  )
  .action(async (flags: ServeFlags) => {
    if (flags.probe === true && flags['config.check'] !== true) {
      warn('error: --probe belongs to --config.check\n');
      process.exitCode = 2;
      return;
    }
    const keyFile = flags['web.markPaidKeyFile'];
    const externalUrl = flags['web.externalUrl'];
    if (keyFile !== undefined && externalUrl === undefined) {
      warn('error: --web.mark-paid-key-file needs --web.external-url, with which its links begin\n');
      process.exitCode = 2;
      return;
    }
    if (flags['config.check'] === true) {
      const config = await load(flags);
      if (config === undefined) process.exit(2);
      const { accounts, subscriptions, mailboxes } = config;
      write(
        `${flags['config.file']}: valid (accounts: ${accounts.length}, subscriptions: ${subscriptions.length}, mailboxes: ${mailboxes.length})\n`,
      );
      if (flags.probe === true) {
        const { runProbe } = await import('./commands/probe.ts');
        process.exitCode = await runProbe({
          config,
          concurrency: flags['poll.concurrency'],
          now,
          write,
          warn,
          isTerminal: process.stderr.isTTY,
          signal: interrupted(),
        });
      }
      return;
    }
    // Before anything is loaded: unhandled, the signal ends the process.
    const ended = terminated();
    const { runServe } = await import('./commands/serve.ts');
    process.exitCode = await runServe(
      {
        configFile: flags['config.file'],
        secretsDirectory: flags['secrets.dir'],
        storagePath: flags['storage.path'],
        listenAddresses: flags['web.listenAddress'],
        statusAddress: flags['web.statusAddress'],
        telemetryPath: flags['web.telemetryPath'],
        maxRequests: flags['web.maxRequests'],
        enableLifecycle: flags['web.enableLifecycle'] === true,
        feedTokenFile: flags['web.feedTokenFile'],
        paidLinks: keyFile === undefined || externalUrl === undefined ? undefined : { keyFile, externalUrl },
        enableMcp: flags['web.enableMcp'] === true,
        allowedHosts: flags['web.allowedHost'] ?? [],
        webConfigFile: flags['web.config.file'],
        allowUnauthenticated: flags['web.allowUnauthenticated'] === 'true',
        logLevel: flags['log.level'],
        logFormat: flags['log.format'],
        concurrency: flags['poll.concurrency'],
        shard: flags['poll.shard'],
        language: flags['web.language'],
        links: { dashboard: flags['web.dashboardUrl'], prometheus: flags['web.prometheusUrl'] },
        prometheusQuery:
          flags['web.prometheusQueryUrl'] === undefined
            ? undefined
            : {
                url: flags['web.prometheusQueryUrl'],
                configFile: flags['web.prometheusQueryConfigFile'],
              },
      },
      {
        variables: process.env,
        now,
        random: Math.random,
        log: warn,
        printError: warn,
        watchIntervalMs: 2000,
        onHangUp,
        terminated: ended,
      },
    );
  });

interface InitFlags extends FileFlags {
  readonly force?: true;
  readonly dryRun?: true;
  readonly proxy?: string;
  readonly caFile?: string;
}

command('init', 'write a first account file from the keys found in the environment and in --secrets.dir')
  .addOption(configFile())
  .addOption(secretsDirectory())
  .option('--force', 'replace an account file that is there')
  .option('--dry-run', 'print the account file instead of writing it; vendors are queried all the same')
  .option('--proxy <url>', 'proxy for all accounts, written to the account file')
  .option('--ca-file <file>', 'PEM file with further certificate authorities, written to the account file')
  .action(async (flags: InitFlags) => {
    const { runInit } = await import('./commands/init.ts');
    process.exitCode = await runInit({
      file: flags['config.file'],
      force: flags.force === true,
      dryRun: flags.dryRun === true,
      secretsDirectory: flags['secrets.dir'],
      environment: process.env,
      defaults: { proxy: flags.proxy, ca_file: flags.caFile },
      now,
      write,
      warn,
      isTerminal: process.stderr.isTTY,
      signal: interrupted(),
    });
  });

interface CheckFlags extends FileFlags {
  readonly mailbox?: string;
  readonly show?: true;
}

command('check', 'check one account, scan one mailbox or classify one mail, and print the result')
  .argument('<name>', 'name of the account or mailbox in the account file, or path to a mail (FILE.eml)')
  .addOption(configFile())
  .addOption(secretsDirectory())
  .option('--mailbox <name>', 'for a mail: classify it by the terms and senders of this mailbox')
  .option('--show', 'for a mailbox: print sender and subject of each mail that would count')
  .action(async (name: string, flags: CheckFlags) => {
    const refuse = (text: string): void => {
      warn(`error: ${text}\n`);
      process.exitCode = 2;
    };
    const isMail = /\.eml$/i.test(name);
    if (isMail && flags.show === true) return refuse('--show is for a mailbox, not for a mail');
    if (!isMail && flags.mailbox !== undefined) return refuse('--mailbox is for a mail (FILE.eml)');
    if (isMail && flags.mailbox === undefined) {
      const { runCheckMail } = await import('./commands/check-mail.ts');
      process.exitCode = runCheckMail({ file: name, write, warn });
      return;
    }
    const config = await load(flags);
    if (config === undefined) {
      process.exitCode = 2;
      return;
    }
    const mailboxName = flags.mailbox ?? name;
    const mailbox = config.mailboxes.find((candidate) => candidate.name === mailboxName);
    if (isMail) {
      if (mailbox === undefined) return refuse(`no enabled mailbox ${JSON.stringify(mailboxName)}`);
      const { runCheckMail } = await import('./commands/check-mail.ts');
      process.exitCode = runCheckMail({ file: name, rules: mailbox, write, warn });
      return;
    }
    const isAccount = config.accounts.some((account) => account.name === name);
    if (mailbox !== undefined && !isAccount) {
      const { runCheckMailbox } = await import('./commands/check-mailbox.ts');
      const show = flags.show === true;
      process.exitCode = await runCheckMailbox({ config, mailbox, now: now(), write, show });
      return;
    }
    if (flags.show === true && isAccount) return refuse('--show is for a mailbox, not for an account');
    const { runCheck } = await import('./commands/check.ts');
    process.exitCode = await runCheck({ config, name, now, write, warn });
  });

command('providers', 'list the available providers, or describe one in full')
  .argument('[id]', 'one provider')
  .action(async (id: string | undefined) => {
    const { runProviders } = await import('./commands/providers.ts');
    process.exitCode = runProviders({ id, write, warn });
  });

command('schema', 'print the JSON Schema of the account file, for editors').action(async () => {
  const { runSchema } = await import('./commands/schema.ts');
  runSchema(write);
});

command('renewals', 'list the renewals of the next twelve months and their cost')
  .addOption(configFile())
  .addOption(secretsDirectory())
  .addOption(new Option('--ics', 'print as iCalendar').conflicts('json'))
  .option('--json', 'print as JSON')
  .action(async (flags: FileFlags & { readonly ics?: true; readonly json?: true }) => {
    const config = await load(flags);
    const { runRenewals } = await import('./commands/renewals.ts');
    const format = flags.ics === true ? 'ics' : flags.json === true ? 'json' : 'table';
    process.exitCode =
      config === undefined
        ? 2
        : runRenewals({ subscriptions: config.subscriptions, now: now(), write, format });
  });

command('renewed', 'mark a renewal as paid in the account file')
  .argument('<subscription>', 'name of the subscription in the account file')
  .argument('[date]', 'due date of the renewal that was paid; the earliest unpaid one by default')
  .addOption(configFile())
  .action(async (name: string, date: string | undefined, flags: FileFlags) => {
    const { runRenewed } = await import('./commands/renewed.ts');
    process.exitCode = await runRenewed({ file: flags['config.file'], name, date, now: now(), write, warn });
  });

command('import', 'convert a config.json of the predecessor system to an account file')
  .argument('<file>', 'path to the config.json')
  .action(async (file: string) => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      warn(`cannot read ${file}: ${messageOf(error)}\n`);
      process.exitCode = 2;
      return;
    }
    const { runImport } = await import('./commands/import.ts');
    const { everyProvider } = await import('./providers/registry.ts');
    process.exitCode = runImport({ text, providers: everyProvider(), now: now(), write, report: warn });
  });

interface RelayFlags
  extends FileFlags,
    LogFlags,
    Pick<
      ServeFlags,
      'config.check' | 'storage.path' | 'web.listenAddress' | 'web.allowUnauthenticated' | 'web.config.file'
    > {
  readonly 'digest.print'?: true;
}

command('relay', 'forward notifications of Alertmanager to group bots of Feishu, DingTalk and WeCom')
  .addOption(
    new Option('--config.file <file>', 'path to the file with the channels')
      .default('balance-alert-relay.yaml')
      .env('BALANCE_ALERT_RELAY_CONFIG_FILE'),
  )
  .addOption(secretsDirectory())
  .option('--config.check', 'validate the file and exit')
  .option('--digest.print', 'print the digest as of now and exit')
  .addOption(
    new Option(
      '--storage.path <folder>',
      'directory in which deliveries are persisted across restarts; not persisted if unset',
    ).env('BALANCE_ALERT_STORAGE_PATH'),
  )
  .addOption(
    new Option(
      '--web.listen-address <address>',
      'address to listen on for Alertmanager and Prometheus; can be repeated',
    )
      .default(defaultRelayAddresses, '127.0.0.1:9110')
      .argParser(relayAddresses),
  )
  .addOption(webConfigFile())
  .addOption(allowUnauthenticated())
  .addOption(logLevel())
  .addOption(logFormat())
  .action(async (flags: RelayFlags) => {
    // Before anything is loaded: unhandled, the signal ends the process.
    const ended = terminated();
    const { runRelay } = await import('./commands/relay.ts');
    process.exitCode = await runRelay(
      {
        configFile: flags['config.file'],
        checkOnly: flags['config.check'] === true,
        printDigest: flags['digest.print'] === true,
        secretsDirectory: flags['secrets.dir'],
        storagePath: flags['storage.path'],
        listenAddresses: flags['web.listenAddress'],
        webConfigFile: flags['web.config.file'],
        allowUnauthenticated: flags['web.allowUnauthenticated'] === 'true',
        logLevel: flags['log.level'],
        logFormat: flags['log.format'],
      },
      { variables: process.env, now, write, log: warn, watchIntervalMs: 2000, terminated: ended },
    );
  });

command('healthcheck', 'query the health endpoint of the exporter on this machine')
  .addOption(listenAddress())
  .addOption(webConfigFile())
  .action(async (flags: Pick<ServeFlags, 'web.listenAddress' | 'web.config.file'>) => {
    const [first] = flags['web.listenAddress'];
    const { runHealthcheck } = await import('./commands/healthcheck.ts');
    process.exitCode = first === undefined ? 2 : await runHealthcheck(first, flags['web.config.file'], write);
  });

// Otherwise the default command would take it as its own argument.
const [wanted = ''] = process.argv.slice(2);
const commands = program.commands.map((one) => one.name());
void (/^[^-]/.test(wanted) && !commands.includes(wanted) ? refuse(wanted) : program.parseAsync());

async function refuse(unknown: string): Promise<void> {
  const { didYouMean } = await import('./config/nearest-word.ts');
  const meant = didYouMean(unknown, commands);
  program.error(
    `error: unknown command '${unknown}'${meant === '' ? ' (see --help for the list of commands)' : meant}`,
  );
}
