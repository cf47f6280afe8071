import type * as z from 'zod';
import type { AccountConfig } from '../accounts/schema.ts';
import { accountSchema, reportOptions, resolveAccount } from '../accounts/schema.ts';
import type { ConfigProblem, Path } from '../config/located-yaml.ts';
import { LocatedYaml } from '../config/located-yaml.ts';
import type { Report } from '../config/parse.ts';
import { parse } from '../config/parse.ts';
import type { SecretResolver } from '../config/secret.ts';
import { resolveSecrets, secretsWithin } from '../config/secret.ts';
import type { MailboxConfig } from '../mail/schema.ts';
import { mailboxSchema, resolveMailbox } from '../mail/schema.ts';
import type { SubscriptionConfig } from '../subscriptions/schema.ts';
import { resolveSubscription, subscriptionSchema } from '../subscriptions/schema.ts';
import type { Config } from './schema.ts';
import { accountFileSchema } from './schema.ts';

export type LoadResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface LoadOptions {
  /** Name of the file, for messages only. */
  readonly file: string;
  readonly text: string;
  readonly resolveSecret: SecretResolver;
  /** Milliseconds since the epoch; marks of renewals must not lie after it. */
  readonly now: number;
}

/**
 * Reads an account file: YAML, then secrets, then shapes, then what no shape can say. Reports every problem that
 * it can find at once, each with its place, and gives either a whole `Config` or none.
 */
export function loadAccountFile(options: LoadOptions): LoadResult {
  try {
    return loadWhole(options);
  } catch (error) {
    // No hand-written file is nested this deeply. Libraries throw a RangeError for other reasons as well.
    if (!isStackOverflow(error)) throw error;
    const problem = {
      file: options.file,
      line: 1,
      column: 1,
      path: '',
      message: 'the file is nested too deeply',
    };
    return { ok: false, problems: [problem] };
  }
}

/** Whether the stack ran out, in the YAML parser or below. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}

function loadWhole({ file, text, resolveSecret, now }: LoadOptions): LoadResult {
  const yaml = new LocatedYaml(file, text);
  const read = yaml.read();
  if (!read.ok) return read;

  const problems: ConfigProblem[] = [];
  const report: Report = (path, message) => problems.push(yaml.problem(path, message));
  const nothing = 'expected at least one of accounts, subscriptions and mailboxes';
  if (read.plain === null || read.plain === undefined) {
    report([], `the file is empty: ${nothing}`);
    return { ok: false, problems };
  }

  const resolved = resolveSecrets(read.plain, resolveSecret);
  for (const problem of resolved.problems) report(problem.path, problem.message);
  const outer = parse(accountFileSchema, resolved.document, [], report) ?? salvage(resolved.document);
  const { timezone, defaults } = outer;
  const entries = outer.accounts.length + outer.subscriptions.length + outer.mailboxes.length;
  if (entries === 0 && problems.length === 0) {
    report([], `nothing to watch: ${nothing}`);
  }

  const accounts = readEntries('accounts', outer.accounts, report, (entry, path) => {
    const account = parse(accountSchema, entry, path, report);
    if (account === undefined) reportOptions(entry, path, report);
    return account && resolveAccount(account, defaults, path, report);
  });
  const subscriptions = readEntries('subscriptions', outer.subscriptions, report, (entry, path) => {
    const subscription = parse(subscriptionSchema, entry, path, report);
    if (subscription === undefined) return undefined;
    const outcome = resolveSubscription(subscription, { defaultTimezone: timezone, now });
    if (outcome.ok) return outcome.subscription;
    for (const problem of outcome.problems) report([...path, ...problem.path], problem.message);
    return undefined;
  });
  const mailboxes = readEntries('mailboxes', outer.mailboxes, report, (entry, path) => {
    const mailbox = parse(mailboxSchema, entry, path, report);
    return mailbox && { ...resolveMailbox(mailbox), enabled: mailbox.enabled };
  });

  if (problems.length > 0) return { ok: false, problems: sorted(problems) };
  return {
    ok: true,
    config: {
      timezone,
      accounts: enabled<AccountConfig>(accounts),
      subscriptions: enabled<SubscriptionConfig>(subscriptions),
      mailboxes: enabled<MailboxConfig>(mailboxes),
      // A literal that an account may have written out is masked like any secret.
      secrets: [
        ...new Set([...resolved.secrets, ...accounts.flatMap(({ options }) => secretsWithin(options))]),
      ],
    },
  };
}

/** The lists of a file whose outside is wrong, so that their faults are found in the same go. */
function salvage(document: unknown): z.output<typeof accountFileSchema> {
  const list = (name: string): unknown[] => {
    const found = new Map(
      typeof document === 'object' && document !== null ? Object.entries(document) : [],
    ).get(name);
    return Array.isArray(found) ? found : [];
  };
  return {
    ...accountFileSchema.parse({}),
    accounts: list('accounts'),
    subscriptions: list('subscriptions'),
    mailboxes: list('mailboxes'),
  };
}

/** Reads each entry of a list; names must differ, those of wrong and of disabled entries included. */
function readEntries<Entry>(
  list: string,
  entries: readonly unknown[],
  report: Report,
  read: (entry: unknown, path: Path) => Entry | undefined,
): readonly Entry[] {
  const firstOf = new Map<string, number>();
  const all: Entry[] = [];
  for (const [index, entry] of entries.entries()) {
    const name = nameOf(entry);
    const first = name === undefined ? undefined : firstOf.get(name);
    if (first !== undefined) {
      const message = `expected a unique name, got ${JSON.stringify(name)}, which ${list}[${first}] already has`;
      report([list, index, 'name'], message);
    } else if (name !== undefined) {
      firstOf.set(name, index);
    }
    const made = read(entry, [list, index]);
    if (made !== undefined) all.push(made);
  }
  return all;
}

function nameOf(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return undefined;
  return typeof entry.name === 'string' ? entry.name : undefined;
}

function enabled<Entry>(entries: readonly (Entry & { readonly enabled: boolean })[]): readonly Entry[] {
  return entries.filter((entry) => entry.enabled);
}

function sorted(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
