import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { accountFileJsonSchemaText, schemaFileName, schemaTitle } from '../account-file/json-schema.ts';
import type { LoadResult } from '../account-file/load.ts';
import { loadAccountFile } from '../account-file/load.ts';
import type { AccountConfig } from '../accounts/schema.ts';
import { printable } from '../config/printable.ts';
import { createRedactor } from '../config/redact.ts';
import { Secret } from '../config/secret.ts';
import { secretSources } from '../config/secret-sources.ts';
import { codeOf, messageOf } from '../errors.ts';
import { everyProvider } from '../providers/registry.ts';
import { vendorsWithoutBalance } from '../providers/without-balance.ts';
import { askOnce, progressOn } from './ask-once.ts';
import { alignColumns } from './columns.ts';
import type { FileDefaults, FoundAccount } from './init/account-file.ts';
import { accountFileText, isWatched } from './init/account-file.ts';
import type { Candidate } from './init/candidates.ts';
import { findCandidates, wellKnownVariables } from './init/candidates.ts';
import type { Unusable } from './init/sources.ts';
import { readSources } from './init/sources.ts';
import { describeReading } from './readings.ts';

export interface InitOptions {
  /** Where the account file is written. */
  readonly file: string;
  /** Replaces a file that is there. */
  readonly force: boolean;
  /** Prints the account file and writes nothing. */
  readonly dryRun: boolean;
  readonly secretsDirectory: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly defaults: FileDefaults;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly write: (text: string) => void;
  readonly warn: (text: string) => void;
  /** Whether what `warn` writes is shown on a terminal. */
  readonly isTerminal: boolean;
  /** Ends it before anything is written. */
  readonly signal: AbortSignal;
}

/** Vendors under way at once. */
const concurrency = 20;

/** Someone is waiting: a vendor that has not answered by then is said to be unreachable. */
const timeoutSeconds = 15;

/**
 * `balance-alert init`: writes a first account file from the keys that are found under well-known names, and asks each
 * vendor once. Returns the exit code: 0 where every account has a reading, 1 where one has none or nothing was found, 2
 * where it could not begin.
 */
export async function runInit(options: InitOptions): Promise<number> {
  const { file, dryRun, environment, secretsDirectory, defaults, warn, signal } = options;
  const refuse = (text: string): number => {
    warn(`error: ${text}\n`);
    return 2;
  };
  const obstacle = dryRun ? undefined : obstacleTo(file, options.force);
  if (obstacle !== undefined) return refuse(obstacle);
  const wrong = wrongDefaults(defaults);
  if (wrong !== undefined) return refuse(wrong);
  // In a dry run standard output is the account file alone.
  const say = dryRun ? warn : options.write;

  const providers = everyProvider();
  const wellKnown = wellKnownVariables(providers, vendorsWithoutBalance);
  let found: ReturnType<typeof readSources>;
  try {
    found = readSources({ wellKnown, environment, secretsDirectory });
  } catch (error) {
    return refuse(messageOf(error));
  }
  const candidates = findCandidates(providers, vendorsWithoutBalance, found.keys);
  const resolveSecret = secretSources(secretsDirectory, environment);
  const load = (candidate: Candidate): LoadResult =>
    loadAccountFile({
      file,
      text: accountFileText([{ candidate, outcome: undefined }], defaults),
      resolveSecret,
      now: options.now(),
    });
  const unusable: Unusable[] = [...found.unusable, ...candidates.unusable];
  const usable: Candidate[] = [];
  for (const candidate of candidates.accounts) {
    const loaded = load(candidate);
    if (loaded.ok) usable.push(candidate);
    else
      unusable.push({
        name: secretNames(candidate),
        why: loaded.problems.map(({ message }) => message).join('; '),
      });
  }

  if (usable.length === 0) {
    const where = secretsDirectory === undefined ? '' : ` and in ${secretsDirectory}`;
    say(
      `No usable key found in the environment${where}; nothing was written. Keys are found by well-known names such as DEEPSEEK_API_KEY: \`balance-alert providers\` lists the vendors, \`balance-alert providers ID\` the names for one of them.\n`,
    );
    say(unusableText(unusable));
    return 1;
  }

  const redact = createRedactor(found.keys.map(({ name, value }) => new Secret(name, value)));
  const ask = (accounts: readonly Candidate[]) =>
    askOnce({
      accounts: accounts.flatMap((candidate) => accountOf(load(candidate))),
      concurrency,
      now: options.now,
      redact,
      signal,
      onDone: progressOn(warn, options.isTerminal),
    });
  const results = await askEach(usable, ask);
  if (results === undefined) {
    warn('interrupted: nothing was written\n');
    return 1;
  }

  say(resultText(results));
  say(unusableText(unusable));
  const text = accountFileText(results, defaults);
  if (dryRun) {
    options.write(text);
  } else {
    try {
      writeAccountFile(file, text, options.force);
    } catch (error) {
      warn(`error: ${file} cannot be written: ${messageOf(error)}\n`);
      return 1;
    }
    say(`\nWrote ${file} (accounts: ${results.length}).${writeSchema(file)}\n`);
    say(`Next: set thresholds in it, and run \`balance-alert serve --config.file ${file}\`.\n`);
  }
  return results.every(({ outcome }) => outcome?.ok === true) ? 0 : 1;
}

/** What keeps the account file from being written, before anybody is asked; undefined where nothing does. */
function obstacleTo(file: string, force: boolean): string | undefined {
  const folder = dirname(file);
  if (existsSync(file)) {
    if (statSync(file).isDirectory()) return `${file} is a directory, expected a file name in --config.file`;
    if (!force) return `${file} already exists; --force replaces it, --dry-run prints the new file`;
  }
  if (!existsSync(folder)) return `directory ${folder} does not exist`;
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return `directory ${folder} is not writable (${codeOf(error) ?? messageOf(error)}); set another path with --config.file, or print the file with --dry-run`;
  }
}

function wrongDefaults(defaults: FileDefaults): string | undefined {
  const text = JSON.stringify({ defaults, accounts: [{ name: 'any', provider: 'demo' }] });
  const loaded = loadAccountFile({ file: 'defaults', text, resolveSecret: () => undefined, now: 0 });
  return loaded.ok ? undefined : loaded.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
}

function accountOf(loaded: LoadResult): readonly AccountConfig[] {
  return loaded.ok ? loaded.config.accounts.map((account) => ({ ...account, timeoutSeconds })) : [];
}

/**
 * The outcome of each account. One whose key was refused is asked again where the vendor has several places: a key is from
 * one of them. Undefined where it was aborted.
 */
async function askEach(
  candidates: readonly Candidate[],
  ask: (accounts: readonly Candidate[]) => ReturnType<typeof askOnce>,
): Promise<readonly FoundAccount[] | undefined> {
  const results = new Map<string, FoundAccount>();
  let round = candidates;
  for (let turn = 0; round.length > 0; turn += 1) {
    const asked = await ask(round);
    if (asked === undefined) return undefined;
    const outcomes = new Map(asked.map(({ account, outcome }) => [account.name, outcome]));
    const next: Candidate[] = [];
    for (const candidate of round) {
      const outcome = outcomes.get(candidate.name);
      // What the usual place says is kept, unless another one has a reading.
      if (outcome?.ok === true || !results.has(candidate.name))
        results.set(candidate.name, { candidate, outcome });
      if (outcome?.ok === false && ['auth', 'permission'].includes(outcome.reason)) {
        next.push(...elsewhere(candidate, turn + 1));
      }
    }
    round = next;
  }
  return candidates.flatMap(({ name }) => results.get(name) ?? []);
}

/** The account at another place of the vendor; nothing where there is no such place. */
function elsewhere(candidate: Candidate, turn: number): readonly Candidate[] {
  for (const [option, places] of Object.entries(candidate.provider.alternatives ?? {})) {
    const place = places[turn];
    if (place !== undefined) return [{ ...candidate, options: { ...candidate.options, [option]: place } }];
  }
  return [];
}

function secretNames({ options }: Candidate): string {
  return Object.values(options)
    .flatMap((option) => (typeof option === 'object' ? [option.secret] : []))
    .join(', ');
}

function resultText(results: readonly FoundAccount[]): string {
  const rows = results.flatMap(({ candidate, outcome }) => {
    const amounts = { threshold: undefined, budget: undefined };
    const words =
      outcome === undefined
        ? ['not queried']
        : outcome.ok
          ? outcome.readings.map((reading) => describeReading(reading, amounts))
          : [`${outcome.reason}: ${outcome.message}`];
    return words.map((result, index) =>
      index === 0 ? [candidate.name, secretNames(candidate), printable(result)] : ['', '', printable(result)],
    );
  });
  const table = alignColumns([['ACCOUNT', 'SECRET', 'RESULT'], ...rows]);
  const needs = results.flatMap(({ candidate: { name, provider }, outcome }) =>
    outcome === undefined || outcome.ok || isWatched(outcome)
      ? []
      : [
          `${name}: requires: ${provider.credential}; permission: ${provider.permission}. Written with \`enabled: false\`.\n`,
        ],
  );
  return [table, ...needs].join('');
}

function unusableText(unusable: readonly Unusable[]): string {
  if (unusable.length === 0) return '';
  return `\nFound, but not usable:\n${unusable.map(({ name, why }) => `  ${name}: ${printable(why)}\n`).join('')}`;
}

function writeAccountFile(file: string, text: string, force: boolean): void {
  // Without force a file that appeared meanwhile is no more overwritten than one that was there before.
  if (force) writeFileAtomic(file, text);
  else writeFileSync(file, text, { flag: 'wx' });
}

/** Puts the schema beside the account file, unless something else has its name. Says how that went. */
function writeSchema(file: string): string {
  const schema = join(dirname(file), schemaFileName);
  try {
    if (existsSync(schema) && !readFileSync(schema, 'utf8').includes(schemaTitle)) {
      return ` ${schema} already exists and is not the schema of balance-alert; it was left unchanged.`;
    }
    writeFileAtomic(schema, accountFileJsonSchemaText());
    return ` ${schema} is the JSON Schema for editors.`;
  } catch (error) {
    return ` ${schema}, the JSON Schema for editors, could not be written: ${messageOf(error)}.`;
  }
}
