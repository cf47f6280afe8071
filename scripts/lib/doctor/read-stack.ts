import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { secretAdvice } from '../../../infra/settings/accounts.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import { parseSettings } from '../../../infra/settings/parse.ts';
import type { Problem } from '../../../infra/settings/source.ts';
import type { Backend } from '../pulumi/backend.ts';
import { findBackend, lostPassphrase, sizeOf, stateWithPassphrase } from '../pulumi/backend.ts';
import type { StackConfig } from '../pulumi/client.ts';
import type { StackState } from '../pulumi/state.ts';
import { emptyState } from '../pulumi/state.ts';
import { trustState } from '../stack/access.ts';
import { defaultAccountsFile, programSource } from '../stack/configuration.ts';
import type { SessionOptions } from '../stack/session.ts';
import { chooseStack } from '../stack/session.ts';
import { Failure } from '../terminal/failure.ts';
import { subjectOf } from './stack-subject.ts';
import type { Subject } from './subject.ts';

/** Reads a stack without changing anything: unlike the other scripts, this makes neither a state nor a passphrase. */

export type ReadStackOptions = Omit<SessionOptions, 'console'>;

/** What was read, as far as it could be. */
export interface StackReading {
  readonly name: string;
  readonly backend: Backend;
  /** Why secrets or the state could not be read. */
  readonly unreadable: Failure | undefined;
  /** With secrets where they could be read. */
  readonly config: StackConfig;
  readonly state: StackState;
  /** Of the settings, but for those of the account file. */
  readonly problems: readonly Problem[];
  readonly accountsFile: string;
  /** Empty where it could not be read. */
  readonly accountsText: string;
  /** Those of the account file, its missing secrets among them. */
  readonly accountProblems: readonly string[];
  /** Undefined where there are problems. */
  readonly subject: Subject | undefined;
  readonly settings: Settings | undefined;
}

/** @throws Failure where there is no such stack, or no backend */
export async function readStack(options: ReadStackOptions): Promise<StackReading> {
  const { root, environment } = options;
  const backend = await findBackend(root, environment);
  await assertPassphrase(backend);
  const { pulumi, stack: name, exists } = await chooseStack(backend, options);
  if (!exists)
    throw new Failure(`there is no stack ${name} in ${backend.description}`, [
      'scripts/up creates it',
      'to examine servers without a stack: scripts/doctor --exporter URL',
    ]);
  const [plain, config, state, outputs] = await Promise.all([
    pulumi.plainConfig(name),
    pulumi.config(name).catch(failureOf),
    pulumi.state(name).catch(failureOf),
    // Where no setting is secret, only these tell that the passphrase is not the state's.
    pulumi.outputsInClear(name).catch(failureOf),
  ]);
  const knownState = state instanceof Failure ? emptyState : state;
  trustState(knownState);
  const known = config instanceof Failure ? withoutSecretParts(plain, knownState) : config;
  const read = readSettings(known, config instanceof Failure, { ...options, stack: name });
  return {
    name,
    backend,
    unreadable: [config, state, outputs].find((one) => one instanceof Failure),
    config: known,
    state: knownState,
    ...read,
    subject:
      read.settings === undefined
        ? undefined
        : subjectOf(read.settings, {
            state: knownState,
            outputs: outputs instanceof Failure ? {} : outputs,
            readable: !(config instanceof Failure),
            valid: read.accountProblems.length === 0,
            root,
          }),
  };
}

const failureOf = (error: unknown): Failure => {
  if (error instanceof Failure) return error;
  throw error;
};

/** A passphrase that is gone is not made anew, as `scripts/up` does where there is no state yet. */
async function assertPassphrase({ passphraseFile, environment }: Backend): Promise<void> {
  if (passphraseFile === undefined) return;
  const folder = environment['PULUMI_BACKEND_URL']?.slice('file://'.length) ?? '';
  const there = async (path: string) => ((await sizeOf(path)) ?? 0) > 0;
  if (!(await there(`${folder}/.pulumi`)))
    throw new Failure(`there is no stack yet: ${folder} holds no state`, [
      'scripts/up creates it',
      'to examine servers without a stack: scripts/doctor --exporter URL',
    ]);
  if (!(await there(passphraseFile)) && (await stateWithPassphrase(folder)) !== undefined)
    throw new Failure(
      `the passphrase file ${passphraseFile} is missing or empty: secrets of the stack cannot be decrypted`,
      lostPassphrase,
    );
}

/** What the stack runs, by the last run's outputs, where the settings of a part cannot be decrypted. */
function withoutSecretParts(plain: StackConfig, { outputs }: StackState): StackConfig {
  const ids = typeof outputs['ids'] === 'object' && outputs['ids'] !== null ? outputs['ids'] : {};
  const none = JSON.stringify({ mode: 'none' });
  const values: Record<string, string> = { ...plain.values };
  for (const part of ['prometheus', 'alertmanager', 'grafana']) {
    const key = `balance-alert:${part}`;
    if (plain.secretKeys.has(key) && !(part in ids)) values[key] = none;
  }
  // A managed Grafana and the digest need a Prometheus, which may be one that cannot be asked without its credentials.
  if (values['balance-alert:prometheus'] === none) values['balance-alert:grafana'] = none;
  if (plain.secretKeys.has('balance-alert:alertmanager') || values['balance-alert:prometheus'] === none)
    delete values['balance-alert:digest'];
  return { ...plain, values };
}

/** An account file that is valid whatever the stack has, so that the settings beside it can be read. */
const placeholderAccounts = 'accounts: [{ name: placeholder, provider: demo }]\n';

const isAccounts = ({ key }: Problem) => key === 'balance-alert:accountsFile';

function readSettings(
  config: StackConfig,
  withoutSecrets: boolean,
  options: Parameters<typeof programSource>[1],
): Pick<StackReading, 'problems' | 'accountsFile' | 'accountsText' | 'accountProblems' | 'settings'> {
  const source = programSource(config, options);
  const accountsFile = config.values['balance-alert:accountsFile'] ?? defaultAccountsFile;
  const first = parseSettings(source);
  if (first.ok) {
    const { settings } = first;
    return {
      problems: [],
      accountsFile,
      accountsText: settings.accounts.text,
      accountProblems: [],
      settings,
    };
  }
  const path = resolve(source.root, accountsFile);
  // What is wrong with the account file or stored in plain text keeps nobody from looking at the servers.
  const second = parseSettings({
    ...source,
    secretKeys: new Set(Object.keys(source.values)),
    readFile: (file) => (file === path ? placeholderAccounts : source.readFile(file)),
  });
  return {
    accountsFile,
    accountsText: textOf(path),
    accountProblems: first.problems.filter(isAccounts).flatMap(({ message }) =>
      message
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith(secretAdvice))
        // Without the passphrase, no secret is there to be found.
        .filter((line) => !(withoutSecrets && missingSecret(line) !== undefined)),
    ),
    problems: first.problems.filter((problem) => !isAccounts(problem)),
    settings: second.ok ? second.settings : undefined,
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The name of the secret that is not set, where a line of the account file's problems is about one. */
export function missingSecret(line: string): string | undefined {
  return /: secret (\S+) was not found: /.exec(line)?.[1];
}
