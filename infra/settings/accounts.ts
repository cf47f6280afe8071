import { resolve } from 'node:path';
import { loadAccountFile } from '../../exporter/account-file/load.ts';
import { formatProblem } from '../../exporter/config/located-yaml.ts';
import { isNotFound, messageOf } from '../../exporter/errors.ts';
import type { StackDocument } from './schema.ts';
import { namespace } from './schema.ts';
import type { ConfigSource, Problem } from './source.ts';

export interface AccountSettings {
  /** The account file's text, valid. */
  readonly text: string;
  /** Those that the account file refers to, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface AccountsRead {
  readonly accounts: AccountSettings;
  /** How many accounts the file has. */
  readonly count: number;
}

/** What a line begins with that says how to set a secret. */
export const secretAdvice = 'to set it: ';

/** The command that asks for the value of a secret and stores it encrypted. In brackets, because a name may have dots. */
export function secretCommand(name: string): string {
  return `scripts/pulumi config set --secret --path '${namespace}:secrets["${name}"]'`;
}

/** Reads and checks the account file with the stack's secrets; undefined where something is wrong. */
export function readAccounts(
  source: ConfigSource,
  { accountsFile, secrets }: Pick<StackDocument, 'accountsFile' | 'secrets'>,
  problems: Problem[],
): AccountsRead | undefined {
  const key = `${namespace}:accountsFile`;
  const path = resolve(source.root, accountsFile);
  let text: string;
  try {
    text = source.readFile(path);
  } catch (error) {
    problems.push({
      key,
      message: isNotFound(error)
        ? `no such file: ${path}: \`scripts/up\` creates one with demo accounts, or set another path`
        : `cannot read ${path}: ${messageOf(error)}`,
    });
    return undefined;
  }
  const missing = new Set<string>();
  const loaded = loadAccountFile({
    file: accountsFile,
    text,
    resolveSecret: (name) => {
      // Own keys only: a secret called "constructor" is not found on the prototype.
      if (Object.hasOwn(secrets, name)) return secrets[name];
      missing.add(name);
      throw new Error(`secret ${name} was not found: it is not set in the stack`);
    },
    now: source.now,
  });
  if (!loaded.ok) {
    const lines = [
      ...loaded.problems.map(formatProblem),
      ...[...missing].map((name) => `${secretAdvice}${secretCommand(name)}`),
    ];
    problems.push({ key, message: `${lines.length === 1 ? '' : '\n'}${lines.join('\n')}` });
    return undefined;
  }
  const names = [...new Set(loaded.config.secrets.map((secret) => secret.name))].sort();
  return {
    accounts: { text, secrets: Object.fromEntries(names.map((name) => [name, secrets[name] ?? ''])) },
    count: loaded.config.accounts.length,
  };
}
