import { parseWith } from '../../config/parse.ts';
import { Secret } from '../../config/secret.ts';
import { mailboxSchema } from '../../mail/schema.ts';
import type { ImportedEntry, Names } from './entry.ts';
import { originOf, secretBase } from './entry.ts';
import type { Item } from './source.ts';
import { numberOf, otherKeys, textOf } from './source.ts';

const known = ['name', 'host', 'port', 'username', 'password', 'use_ssl', 'enabled', 'owner_project'];

/** One of `email`, as a mailbox. */
export function importMailbox(
  item: Item,
  names: { readonly mailboxes: Names; readonly secrets: Names },
): ImportedEntry {
  const notes: string[] = [];
  const title = textOf(item, 'name') ?? textOf(item, 'username') ?? '';
  const name = names.mailboxes.take(title, (count) => `${title} (${count})`);
  if (name !== title) notes.push(`renamed to ${JSON.stringify(name)}, as names are unique here`);

  const plain = item['use_ssl'] === false;
  if (plain) notes.push('was read without TLS; here STARTTLS is a must: see that its server offers it');
  const base = `${secretBase(title, 'MAILBOX')}_PASSWORD`;
  const secret = names.secrets.take(base, (count) => `${base}_${count}`);
  const port = numberOf(item, 'port');
  const fields = {
    name,
    host: textOf(item, 'host'),
    port: port === (plain ? 143 : 993) ? undefined : port,
    starttls: plain ? true : undefined,
    user: textOf(item, 'username'),
    password: { secret },
    enabled: item['enabled'] === false ? false : undefined,
    owner: textOf(item, 'owner_project'),
  };
  const ignored = otherKeys(item, known);
  if (ignored.length > 0) notes.push(`not carried: ${ignored.join(', ')}`);

  const parsed = parseWith(mailboxSchema, { ...fields, password: new Secret(secret, 'import') });
  const obstacles = parsed.ok
    ? []
    : parsed.faults.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return {
    fields,
    obstacles,
    notes,
    secrets: [{ name: secret, origin: originOf('password', title, item['password']) }],
  };
}
