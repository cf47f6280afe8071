import { loadAccountFile } from '../../../../exporter/account-file/load.ts';
import { secretCommand } from '../../../../infra/settings/accounts.ts';
import { pendingWords } from '../../pulumi/state.ts';
import { engineObjects } from '../../stack/check-before.ts';
import { findOrphans } from '../../stack/preflight.ts';
import type { Check, Finding } from '../check.ts';
import { broken, counted, listed, ok, skipped } from '../check.ts';
import type { StackReading } from '../read-stack.ts';
import { missingSecret } from '../read-stack.ts';
import type { StackSubject } from '../subject.ts';

/** What Pulumi knows of the stack, and what people wrote: state, settings, account file, secrets. */

export function stackChecks(reading: StackReading): readonly Check[] {
  return [
    { id: 'state', link: 'state and passphrase', needs: [], look: () => state(reading) },
    { id: 'settings', link: "the stack's settings", needs: [], look: () => settings(reading) },
    { id: 'account-file', link: 'account file', needs: [], look: () => accountFile(reading) },
    { id: 'secrets', link: 'secrets', needs: ['settings'], look: () => secrets(reading) },
  ];
}

function state({ unreadable, backend, name, state: { resources } }: StackReading): Finding {
  if (unreadable !== undefined)
    return broken(
      unreadable.message,
      ...unreadable.hints,
      'without a backup: docs/operations.md, "The passphrase is lost"',
    );
  if (resources.length === 0) return broken(`the stack ${name} is not deployed`, 'scripts/up');
  return ok(`stack ${name} in ${backend.description}`);
}

function settings({ problems, unreadable }: StackReading): Finding {
  if (unreadable !== undefined) return skipped('not checked: waits for state and passphrase');
  const wrong = problems.filter(({ message }) => !isAboutPlainText(message));
  if (wrong.length === 0) return ok('valid');
  return broken(
    listed(
      counted(wrong.length, 'setting') + ' invalid',
      wrong.map(({ key, message }) => `${key}: ${message}`),
    ),
    'scripts/pulumi config set, see docs/configuration-stack.md',
  );
}

function isAboutPlainText(message: string): boolean {
  return message.includes('stored in plain text');
}

function accountFile({ accountProblems, accountsFile, accountsText }: StackReading): Finding {
  const problems = accountProblems.filter((line) => missingSecret(line) === undefined);
  if (problems[0]?.startsWith('no such file') === true)
    return broken(problems[0], 'scripts/balance-alert init writes one from your environment variables');
  if (problems.length > 0)
    return broken(
      problems.length === 1 ? `${problems[0]}` : listed(`${accountsFile} has errors`, problems),
      'correct it, then run scripts/up; an editor with YAML support checks it while you type (balance-alert.schema.json)',
    );
  return ok(`${accountsFile} is valid${entriesOf(accountsText)}`);
}

/** How much the file names; secrets are another check's matter. */
function entriesOf(text: string): string {
  const loaded = loadAccountFile({ file: '', text, resolveSecret: () => 'placeholder', now: Date.now() });
  if (!loaded.ok) return '';
  const { accounts, subscriptions, mailboxes } = loaded.config;
  return ` (${counted(accounts.length, 'account')}, ${counted(subscriptions.length, 'subscription')}, ${counted(mailboxes.length, 'mailbox', 'mailboxes')})`;
}

function secrets({ accountProblems, problems, settings: read }: StackReading): Finding {
  const missing = accountProblems.filter((line) => missingSecret(line) !== undefined);
  const plain = problems.filter(({ message }) => isAboutPlainText(message));
  const names = [...new Set(missing.flatMap((line) => missingSecret(line) ?? []))];
  if (names.length > 0)
    return broken(
      listed(`${counted(names.length, 'secret')} missing`, missing),
      ...names.map(secretCommand),
      'then scripts/up',
    );
  if (plain.length > 0)
    return broken(
      listed(
        'stored in plain text in the stack file',
        plain.map(({ key }) => key),
      ),
      'set them again with --secret, and rotate them: they may be in backups and in version control',
    );
  const count = Object.keys(read?.accounts.secrets ?? {}).length;
  return ok(
    count === 0
      ? 'the account file needs none'
      : `${counted(count, 'secret')} set, encrypted in the stack file`,
  );
}

/** What a killed run left; it stops the next update. */
export function leftoverChecks(stack: StackSubject): readonly Check[] {
  return [
    {
      id: 'leftovers',
      link: 'leftovers of a killed run',
      needs: ['state', 'settings', 'engine'],
      look: async () => {
        const { engine, settings: given, state: known } = stack;
        const objects = await engineObjects(engine);
        const orphans = findOrphans({ settings: given, state: known, engine: objects });
        const lines = [
          ...known.pending.map(pendingWords),
          ...orphans.map(({ kind, name }) => `the ${kind} ${name} is not in the state`),
        ];
        return lines.length === 0
          ? ok('none')
          : broken(listed('a killed run left something behind', lines), 'scripts/up --repair');
      },
    },
  ];
}
