import { closest, distance } from 'fastest-levenshtein';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type { z } from 'zod';
import { resolveMailbox } from '../mail/schema.ts';
import { findProvider, providerIds } from '../providers/registry.ts';
import { resolveSubscription } from '../subscriptions/schema.ts';
import { formatDuration } from './duration.ts';
import type { AccountConfig, Config } from './schema.ts';
import { accountFileSchema, accountSchema } from './schema.ts';
import { resolveSecrets } from './secret.ts';
import type { SecretResolver } from './secret.ts';

/** Polling when nothing is said: how often, and how long for one check, in seconds. */
const defaultInterval = 600;
const defaultTimeout = 30;
/** A reading is served for this many intervals, but at least an hour, unless `max_age` says otherwise. */
const maxAgeIntervals = 6;
const minimumMaxAge = 3600;

/** One thing that is wrong with the account file. The message holds no value of a secret. */
export interface ConfigProblem {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** As people write it: `accounts[2].options.url`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

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

type Path = readonly (string | number)[];

/** `balance-alert.yaml:12:5: accounts[0].threshold: expected a number`. */
export function formatProblem(problem: ConfigProblem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  return problem.path === '' ? `${place}: ${problem.message}` : `${place}: ${problem.path}: ${problem.message}`;
}

/** `['accounts', 2, 'options', 'url']` as `accounts[2].options.url`. */
function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** The known word that was most probably meant, when it is near enough to be a slip. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(word, [...known]);
  return distance(word, nearest) <= Math.max(2, Math.floor(word.length / 3)) ? nearest : undefined;
}

/** Finds places in the YAML text for paths in the document. */
class Places {
  readonly #file: string;
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(file: string, document: Document, lines: LineCounter) {
    this.#file = file;
    this.#document = document;
    this.#lines = lines;
  }

  problem(path: Path, message: string): ConfigProblem {
    const { line, col } = this.#lines.linePos(this.#offset(path));
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1), path: formatPath(path), message };
  }

  /** Where the value of a path stands, or the key itself for an unknown one, or the nearest parent there is. */
  #offset(path: Path): number {
    for (let length = path.length; length > 0; length -= 1) {
      const parent = this.#document.getIn(path.slice(0, length - 1), true);
      const key = path[length - 1];
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
        const node: Node | undefined = isScalar(pair?.key) ? pair.key : undefined;
        if (node?.range) return node.range[0];
      }
      const node = this.#document.getIn(path.slice(0, length), true);
      if (hasRange(node)) return node.range[0];
    }
    return 0;
  }
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

/** Turns zod's issues into problems: one for each unknown key, and the branch that came nearest of a union. */
function problemsOf(error: z.ZodError, base: Path, places: Places, knownKeys: (path: Path) => readonly string[]) {
  const problems: ConfigProblem[] = [];
  for (const issue of error.issues) {
    const path: Path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? part.toString() : part))];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const meant = nearestWord(key, knownKeys(path));
        problems.push(
          places.problem([...path, key], `unknown key${meant === undefined ? '' : `; did you mean ${meant}?`}`),
        );
      }
    } else {
      problems.push(places.problem(path, issue.message.replace(/^Invalid input: /, '')));
    }
  }
  return problems;
}

function keysAt(path: Path): readonly string[] {
  if (path.length === 0) return Object.keys(accountFileSchema.shape);
  if (path[0] === 'accounts' && path.length === 2) return Object.keys(accountSchema.shape);
  return [];
}

/**
 * Reads an account file: YAML, then secrets, then shapes, then what no shape can say. Reports every problem that
 * it can find at once, with its place, and gives either a whole `Config` or none.
 */
export function loadAccountFile(options: LoadOptions): LoadResult {
  const lines = new LineCounter();
  const document = parseDocument(options.text, { lineCounter: lines, prettyErrors: false, merge: true });
  const places = new Places(options.file, document, lines);

  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { file: options.file, line, column: col, path: '', message: `not valid YAML: ${error.message}` };
      }),
    };
  }

  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    return { ok: false, problems: [places.problem([], `not valid YAML: ${messageOf(error)}`)] };
  }
  if (plain === null || plain === undefined) {
    return {
      ok: false,
      problems: [
        places.problem([], 'the file is empty: expected at least one of accounts, subscriptions and mailboxes'),
      ],
    };
  }

  const resolved = resolveSecrets(plain, options.resolveSecret);
  const problems = resolved.problems.map((problem) => places.problem(problem.path, problem.message));

  const parsed = accountFileSchema.safeParse(resolved.document);
  if (!parsed.success) {
    problems.push(...problemsOf(parsed.error, [], places, keysAt));
    return { ok: false, problems: sorted(problems) };
  }
  const file = parsed.data;
  if (file.accounts.length + file.subscriptions.length + file.mailboxes.length === 0) {
    problems.push(
      places.problem([], 'nothing to watch: expected at least one of accounts, subscriptions and mailboxes'),
    );
  }

  for (const kind of ['accounts', 'subscriptions', 'mailboxes'] as const) {
    const seen = new Map<string, number>();
    for (const [index, { name }] of file[kind].entries()) {
      const first = seen.get(name);
      if (first === undefined) seen.set(name, index);
      else {
        problems.push(
          places.problem(
            [kind, index, 'name'],
            `expected a name of its own, got ${JSON.stringify(name)}, which ${kind}[${first}] has already`,
          ),
        );
      }
    }
  }

  const accounts: AccountConfig[] = [];
  for (const [index, account] of file.accounts.entries()) {
    const base: Path = ['accounts', index];
    const provider = findProvider(account.provider);
    if (provider === undefined) {
      const meant = nearestWord(account.provider, providerIds());
      problems.push(
        places.problem(
          [...base, 'provider'],
          `no provider ${JSON.stringify(account.provider)}${
            meant === undefined ? '' : `; did you mean ${meant}?`
          } (\`balance-alert providers\` lists them)`,
        ),
      );
      continue;
    }
    const given = provider.options.safeParse(account.options ?? {});
    if (!given.success) {
      problems.push(...problemsOf(given.error, [...base, 'options'], places, () => []));
    }
    if (account.interval !== undefined && account.interval < provider.minInterval) {
      problems.push(
        places.problem(
          [...base, 'interval'],
          `expected at least ${formatDuration(provider.minInterval)}, which ${provider.title} asks for, got ${formatDuration(account.interval)}`,
        ),
      );
    }
    const interval =
      account.interval ?? Math.max(file.defaults.interval ?? defaultInterval, provider.minInterval);
    const maxAge =
      account.max_age ??
      file.defaults.max_age ??
      Math.max(interval * maxAgeIntervals, minimumMaxAge);
    if (maxAge < interval) {
      problems.push(
        places.problem(
          account.max_age === undefined ? base : [...base, 'max_age'],
          `expected max_age to be at least the interval of ${formatDuration(interval)}, got ${formatDuration(maxAge)}: every reading would expire before the next`,
        ),
      );
    }
    if (!account.enabled) continue;
    accounts.push({
      name: account.name,
      provider: account.provider,
      options: given.data,
      threshold: account.threshold,
      budget: account.budget,
      owner: account.owner,
      consoleUrl: account.console_url,
      interval,
      maxAge,
      timeout: account.timeout ?? file.defaults.timeout ?? defaultTimeout,
      proxy: account.proxy ?? file.defaults.proxy,
      caFile: account.ca_file ?? file.defaults.ca_file,
    });
  }

  const subscriptions = [];
  for (const [index, subscription] of file.subscriptions.entries()) {
    const outcome = resolveSubscription(subscription, {
      defaultTimezone: file.timezone,
      now: options.now,
    });
    if (outcome.ok) {
      if (subscription.enabled) subscriptions.push(outcome.subscription);
    } else {
      for (const problem of outcome.problems) {
        problems.push(places.problem(['subscriptions', index, ...problem.path], problem.message));
      }
    }
  }

  if (problems.length > 0) return { ok: false, problems: sorted(problems) };
  return {
    ok: true,
    config: {
      timezone: file.timezone,
      accounts,
      subscriptions,
      mailboxes: file.mailboxes.filter((mailbox) => mailbox.enabled).map(resolveMailbox),
      secrets: resolved.secrets,
    },
  };
}

function sorted(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
