import type * as z from 'zod';
import { accountSchema } from '../../accounts/schema.ts';
import { parseWith } from '../../config/parse.ts';
import { Secret } from '../../config/secret.ts';
import type { ImportedEntry, Names, NeededSecret } from './entry.ts';
import { originOf, secretBase } from './entry.ts';
import type { Item } from './source.ts';
import { numberOf, otherKeys, textOf } from './source.ts';
import { routesFor } from './vendors.ts';

/** What the import has to know of a provider. */
export interface KnownProvider {
  readonly id: string;
  readonly options: z.ZodType;
}

const known = ['name', 'provider', 'api_key', 'threshold', 'type', 'enabled', 'owner_project'];

/** One of `projects`, as an account. */
export function importAccount(
  item: Item,
  providers: readonly KnownProvider[],
  names: { readonly accounts: Names; readonly secrets: Names },
): ImportedEntry {
  const notes: string[] = [];
  const formerly = textOf(item, 'provider')?.toLowerCase() ?? '';
  const title = textOf(item, 'name') ?? formerly;
  const name = names.accounts.take(title, (count) => `${title} (${count})`);
  if (name !== title) notes.push(`renamed to ${JSON.stringify(name)}, as names are unique here`);

  const threshold = numberOf(item, 'threshold');
  if (threshold === undefined || threshold <= 0) {
    notes.push('has no threshold above 0, and so never alerted: set one');
  }
  const ignored = otherKeys(item, known);
  if (ignored.length > 0) notes.push(`not carried: ${ignored.join(', ')}`);

  const way = findWay(
    formerly,
    secretBase(title, formerly.toUpperCase() || 'ACCOUNT'),
    providers,
    names.secrets,
  );
  if (way?.hint !== undefined) notes.push(way.hint);
  const fields = {
    name,
    provider: way?.provider ?? formerly,
    options: way?.options,
    threshold: threshold !== undefined && threshold > 0 ? threshold : undefined,
    enabled: item['enabled'] === false ? false : undefined,
    owner: textOf(item, 'owner_project'),
  };
  if (way === undefined) {
    const obstacle = `no provider here stands for ${JSON.stringify(formerly)} of the replaced system`;
    return { fields, obstacles: [obstacle], notes, secrets: [] };
  }
  const parsed = parseWith(accountSchema, fields);
  const obstacles = parsed.ok
    ? []
    : parsed.faults.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const secrets = way.secrets.map(
    ({ name: secret, part }): NeededSecret => ({
      name: secret,
      origin: `${part}${originOf('api_key', title, item['api_key'])}`,
    }),
  );
  return { fields, obstacles, notes, secrets };
}

interface Way {
  readonly provider: string;
  readonly options: Record<string, unknown>;
  readonly hint: string | undefined;
  readonly secrets: readonly { readonly name: string; readonly part: string }[];
}

function findWay(
  formerly: string,
  base: string,
  providers: readonly KnownProvider[],
  used: Names,
): Way | undefined {
  for (const { provider: id, secrets, options, hint } of routesFor(formerly)) {
    const provider = providers.find((one) => one.id === id);
    // A value of its own for each secret, as a provider may look at how they are built.
    const trial = options((field) => new Secret(field, `import-${field}`));
    if (provider === undefined || !provider.options.safeParse(trial).success) continue;
    const named = new Map(
      Object.entries(secrets).map(([field, suffix]) => {
        const name = `${base}_${suffix}`;
        return [field, used.take(name, (count) => `${name}_${count}`)];
      }),
    );
    const parts = named.size === 2 ? ['what stands before the colon in ', 'what stands behind it in '] : [''];
    return {
      provider: id,
      options: options((field) => ({ secret: named.get(field) ?? field })),
      hint,
      secrets: [...named.values()].map((name, index) => ({ name, part: parts[index] ?? '' })),
    };
  }
  return undefined;
}
