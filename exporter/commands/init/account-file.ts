import { schemaComment } from '../../account-file/json-schema.ts';
import type { CheckOutcome } from '../../accounts/check.ts';
import type { FailureReason } from '../../readings/check-error.ts';
import type { Reading } from '../../readings/reading.ts';
import type { Candidate, FoundOption } from './candidates.ts';

/** Settings for all accounts, as the account file has them. */
export interface FileDefaults {
  readonly proxy?: string | undefined;
  readonly ca_file?: string | undefined;
}

export interface FoundAccount {
  readonly candidate: Candidate;
  /** Undefined before it was asked. */
  readonly outcome: CheckOutcome | undefined;
}

/** Failures that pass by themselves: the account is watched from the start. The others need somebody to do something. */
const passing: readonly FailureReason[] = ['rate_limit', 'timeout', 'network', 'tls', 'http'];

/** Whether an account is watched from the start. */
export function isWatched(outcome: CheckOutcome | undefined): boolean {
  return outcome === undefined || outcome.ok || passing.includes(outcome.reason);
}

/** An account file with these accounts. Secrets are in it by name only. */
export function accountFileText(accounts: readonly FoundAccount[], defaults: FileDefaults = {}): string {
  const settings = Object.entries(defaults).flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${key}: ${JSON.stringify(value)}\n`],
  );
  return [
    `${schemaComment}\n`,
    '# Created by `balance-alert init`. Secrets are referenced by name; their values stay in the environment or in the secrets\n',
    '# directory. Next: set a threshold and an owner for each account.\n',
    ...(settings.length === 0 ? [] : ['\ndefaults:\n', ...settings]),
    '\naccounts:\n',
    ...accounts.map(accountText),
  ].join('');
}

function accountText({ candidate: { name, provider, options }, outcome }: FoundAccount): string {
  const written = Object.entries(options).map(([option, value]) => `${option}: ${optionText(value)}`);
  const lines = [`name: ${idText(name)}`, `provider: ${idText(provider.id)}`];
  lines.push(`options: { ${written.join(', ')} }`);
  if (outcome?.ok === true) lines.push(...thresholdComment(outcome.readings));
  if (outcome?.ok === false) lines.push(`# Query failed: ${outcome.reason}: ${outcome.message}`);
  if (!isWatched(outcome)) lines.push('enabled: false');
  return `  - ${lines.join('\n    ')}\n`;
}

/** An id as people write it, unless YAML could take it for something else. */
function idText(id: string): string {
  return /^[A-Za-z][\w-]{3,}$/.test(id) && !/^(true|false|null)$/i.test(id) ? id : JSON.stringify(id);
}

function optionText(value: FoundOption): string {
  return typeof value === 'object' ? `{ secret: ${idText(value.secret)} }` : JSON.stringify(value);
}

/** A suggestion of what is left, which only its owner can decide about. */
function thresholdComment(readings: readonly Reading[]): readonly string[] {
  const left = readings.flatMap((reading) =>
    reading.kind === 'balance' && reading.type !== 'merchant' && reading.value > 0
      ? [[reading.unit, Number((reading.value / 5).toPrecision(2))] as const]
      : [],
  );
  const units = new Map(left);
  const [only] = left;
  // Several windows of one unit have no threshold in common that means something.
  if (only === undefined || units.size < left.length) return [];
  const [, amount] = only;
  const isOne = new Set(readings.map(({ unit }) => unit)).size === 1;
  const text = isOne
    ? String(amount)
    : `{ ${left.map(([unit, value]) => `${JSON.stringify(unit)}: ${value}`).join(', ')} }`;
  return [`# threshold: ${text}   # BalanceLow fires below it; 20 % of the current balance`];
}
