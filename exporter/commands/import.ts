import { stringify } from 'yaml';
import { schemaComment, schemaFileName } from '../account-file/json-schema.ts';
import { formatDuration } from '../config/duration.ts';
import { printable } from '../subscriptions/text.ts';
import type { KnownProvider } from './import/accounts.ts';
import { importAccount } from './import/accounts.ts';
import type { ImportedEntry } from './import/entry.ts';
import { Names } from './import/entry.ts';
import { importMailbox } from './import/mailboxes.ts';
import type { Item } from './import/source.ts';
import { isItem, numberOf, otherKeys, textOf } from './import/source.ts';
import { importSubscription } from './import/subscriptions.ts';

export interface ImportOptions {
  /** The replaced system's `config.json`. */
  readonly text: string;
  readonly providers: readonly KnownProvider[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Takes the account file. */
  readonly write: (text: string) => void;
  /** Takes what is to be done by hand, and what was wrong. */
  readonly report: (text: string) => void;
}

/**
 * `balance-alert import config.json`: turns the replaced system's file into an account file. Returns the exit code.
 * Values of secrets are in clear text in that file: none is written, and no message quotes the file's text.
 */
export function runImport({ text, providers, now, write, report }: ImportOptions): number {
  const source = parseSource(text);
  if (typeof source === 'string') {
    report(`${source}\n`);
    return 2;
  }
  const secrets = new Names();
  const accountNames = { accounts: new Names(), secrets };
  const subscriptionNames = new Names();
  const mailboxNames = { mailboxes: new Names(), secrets };
  const sections = {
    accounts: itemsOf(source, 'projects').map((item) => importAccount(item, providers, accountNames)),
    subscriptions: itemsOf(source, 'subscriptions').map((item) =>
      importSubscription(item, now, subscriptionNames),
    ),
    mailboxes: [...itemsOf(source, 'email'), ...itemsOf(source, 'mailboxes')].map((item) =>
      importMailbox(item, mailboxNames),
    ),
  };
  write(accountFile(sections, source));
  report(reportOn(sections, source));
  return 0;
}

type Sections = Readonly<Record<'accounts' | 'subscriptions' | 'mailboxes', readonly ImportedEntry[]>>;

const lists = ['projects', 'subscriptions', 'email', 'mailboxes'];

/** The file as an object; what is wrong, where it is none. */
function parseSource(text: string): Item | string {
  const source = parseJson(text);
  if (typeof source === 'string') return source;
  const { json } = source;
  if (!isItem(json) || !lists.some((list) => json[list] !== undefined)) {
    return `expected an object with the lists that the replaced system has in its config.json: ${lists.join(', ')}`;
  }
  const strange = lists.find((list) => !isListOfItems(json[list]));
  return strange === undefined ? json : `${strange}: expected a list of objects`;
}

/** The parser's own messages quote the text around a mistake, so only the place is taken from them. */
function parseJson(text: string): { readonly json: unknown } | string {
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    const position = error instanceof SyntaxError ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    if (position === undefined) return 'expected a JSON file, got something else';
    const line = text.slice(0, Number(position)).split('\n').length;
    return `expected a JSON file, got something else in line ${line}`;
  }
}

function isListOfItems(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isItem));
}

function itemsOf(source: Item, list: string): readonly Item[] {
  const items = source[list];
  return Array.isArray(items) ? items.filter(isItem) : [];
}

function accountFile(sections: Sections, source: Item): string {
  const parts = [
    `${schemaComment}\n` +
      `# For an editor that checks it: balance-alert schema > ${schemaFileName}\n` +
      '# Made by `balance-alert import` of the configuration of the replaced system.\n' +
      '# The zone that dates are in; the replaced system used the one of its process (TZ).\n' +
      'timezone: UTC\n',
  ];
  const interval = intervalOf(source);
  if (interval !== undefined) parts.push(stringify({ defaults: { interval } }));
  for (const [name, entries] of Object.entries(sections)) {
    if (entries.length === 0) continue;
    const usable = entries.some(({ obstacles }) => obstacles.length === 0);
    parts.push(`${name}:${usable ? '' : ' []'}\n${entries.map(writeEntry).join('')}`);
  }
  return parts.join('\n');
}

/** An item of a list; as a comment, with the reasons before it, where it cannot be used yet. */
function writeEntry({ fields, obstacles, notes }: ImportedEntry): string {
  const lines = stringify([fields], { lineWidth: 0 }).trimEnd().split('\n');
  const remarks = [...obstacles, ...notes].map((remark) => `  # ${printable(remark)}\n`).join('');
  const prefix = obstacles.length > 0 ? '  # ' : '  ';
  return `${remarks}${lines.map((line) => `${prefix}${line}\n`).join('')}`;
}

/** The replaced system had one interval, in seconds, for all. */
function intervalOf(source: Item): string | undefined {
  const { settings } = source;
  const seconds = isItem(settings) ? numberOf(settings, 'balance_refresh_interval_seconds') : undefined;
  return seconds !== undefined && Number.isSafeInteger(seconds) && seconds > 0
    ? formatDuration(seconds)
    : undefined;
}

function reportOn(sections: Sections, source: Item): string {
  const all = Object.values(sections).flat();
  const usable = all.filter(({ obstacles }) => obstacles.length === 0);
  const parts: string[] = [];

  const secrets = usable.flatMap((entry) => entry.secrets);
  if (secrets.length > 0) {
    const lines = secrets.map(({ name, origin }) => `  ${name}: ${origin}\n`);
    parts.push(
      `Secrets to set, as files in the secrets folder or as environment variables:\n${lines.join('')}`,
    );
  }
  const remarks = all.flatMap(({ fields, obstacles, notes }) => [
    ...obstacles.map((obstacle) => `${fields['name']}: left out as a comment: ${obstacle}`),
    ...notes.map((note) => `${fields['name']}: ${note}`),
  ]);
  const lines = [...remarks, ...remarksOn(source)].map((remark) => `  ${printable(remark)}\n`);
  parts.push(`To look at:\n${lines.join('')}`);

  const counts = Object.entries(sections).map(([name, entries]) => {
    const carried = entries.filter(({ obstacles }) => obstacles.length === 0).length;
    return `${carried} of ${entries.length} ${name}`;
  });
  parts.push(`Carried: ${counts.join(', ')}.\n`);
  return parts.join('\n');
}

/** What belongs to no entry. */
function remarksOn(source: Item): readonly string[] {
  const remarks = ['timezone: UTC until you set it; the replaced system used the zone of its process (TZ)'];
  const { webhook, settings } = source;
  if (isItem(webhook)) {
    const type = textOf(webhook, 'type');
    const named = type !== undefined && /^[a-z]+$/.test(type) ? ` (${type})` : '';
    remarks.push(
      `webhook${named}: not carried; make it a receiver of Alertmanager, alertmanager.receivers in the stack`,
    );
  }
  if (isItem(settings)) {
    const left = otherKeys(
      settings,
      intervalOf(source) === undefined ? [] : ['balance_refresh_interval_seconds'],
    );
    if (left.length > 0) remarks.push(`settings: not carried: ${left.join(', ')}`);
  }
  const rest = otherKeys(source, [...lists, 'webhook', 'settings']);
  if (rest.length > 0) remarks.push(`not carried: ${rest.join(', ')}`);
  return remarks;
}
