import * as z from 'zod';
import { Secret } from '../../config/secret.ts';
import type { Provider } from '../../providers/contract.ts';
import type { VendorWithoutBalance } from '../../providers/without-balance.ts';
import type { KeySource, Unusable } from './sources.ts';

/** An option of an account that is found: a secret by its name, or a plain value that is no secret. */
export type FoundOption = { readonly secret: string } | string | number;

/** An account that what was found is enough for. */
export interface Candidate {
  readonly name: string;
  readonly provider: Provider;
  readonly options: Readonly<Record<string, FoundOption>>;
}

export interface Candidates {
  readonly accounts: readonly Candidate[];
  readonly unusable: readonly Unusable[];
}

/** Every variable that one of the providers, or of the vendors that no key can ask, is known by. */
export function wellKnownVariables(
  providers: readonly Provider[],
  withoutBalance: readonly VendorWithoutBalance[],
): ReadonlySet<string> {
  return new Set([
    ...providers.flatMap(({ variables = {}, insufficientVariables = {} }) => [
      ...Object.values(variables).flat(),
      ...Object.keys(insufficientVariables),
    ]),
    ...withoutBalance.flatMap(({ variables }) => variables),
  ]);
}

/** The accounts that the keys are enough for, and what is missing for the others. */
export function findCandidates(
  providers: readonly Provider[],
  withoutBalance: readonly VendorWithoutBalance[],
  keys: readonly KeySource[],
): Candidates {
  const accounts: Candidate[] = [];
  const unusable: Unusable[] = [];
  for (const provider of providers) {
    const found = findOptions(provider, keys);
    if (![...found.values()].some(({ isSecret, sources }) => isSecret && sources.length > 0)) continue;
    const whole = candidatesOf(provider, found);
    accounts.push(...whole.accounts);
    unusable.push(...whole.unusable);
  }
  for (const { insufficientVariables = {}, title } of providers) {
    for (const [variable, why] of Object.entries(insufficientVariables)) {
      unusable.push(...named(variable, keys).map(({ name }) => ({ name, why: `${title}: ${why}` })));
    }
  }
  for (const { variables, why, instead } of withoutBalance) {
    for (const variable of variables) {
      const advice = instead.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
      unusable.push(...named(variable, keys).map(({ name }) => ({ name, why: `${why}; use ${advice}` })));
    }
  }
  return { accounts, unusable };
}

interface OptionFound {
  readonly isSecret: boolean;
  readonly isNeeded: boolean;
  readonly about: string | undefined;
  readonly schema: z.ZodType;
  /** Well-known names, for what is missing. */
  readonly variables: readonly string[];
  /** The one to prefer first; each value once. */
  readonly sources: readonly KeySource[];
}

/** Every option of a provider that is needed or was found. */
function findOptions(provider: Provider, keys: readonly KeySource[]): ReadonlyMap<string, OptionFound> {
  const { variables: byOption = {}, options } = provider;
  const found = new Map<string, OptionFound>();
  for (const [option, schema] of Object.entries(options instanceof z.ZodObject ? options.shape : {})) {
    if (!(schema instanceof z.ZodType)) continue;
    const variables = byOption[option] ?? [];
    const sources = variables.flatMap((variable) => named(variable, keys));
    found.set(option, {
      isSecret: schema.safeParse(new Secret('any', 'any-value')).success,
      isNeeded: !schema.safeParse(undefined).success,
      about: schema.description,
      schema,
      variables,
      sources: [
        ...new Map(sources.toReversed().map((source) => [source.value.trim(), source])).values(),
      ].reverse(),
    });
  }
  return found;
}

function candidatesOf(provider: Provider, found: ReadonlyMap<string, OptionFound>): Candidates {
  const secrets = [...found].filter(([, { isSecret, sources }]) => isSecret && sources.length > 0);
  const names = secrets
    .map(
      ([
        ,
        {
          sources: [first],
        },
      ]) => first?.name ?? '',
    )
    .join(', ');
  const missing = [...found].filter(([, { isNeeded, sources }]) => isNeeded && sources.length === 0);
  if (missing.length > 0) {
    const needs = missing.map(
      ([
        option,
        {
          about,
          variables: [usual],
        },
      ]) => {
        const meaning = about === undefined ? '' : ` (${about})`;
        return `${option}${meaning}${usual === undefined ? '' : `, usually in ${usual}`}`;
      },
    );
    return {
      accounts: [],
      unusable: [
        {
          name: names,
          why: `provider ${provider.id} also requires ${needs.join(' and ')}; see \`balance-alert providers ${provider.id}\``,
        },
      ],
    };
  }
  const options: Record<string, FoundOption> = {};
  const secretValues = new Set(
    secrets.flatMap(([, { sources }]) => sources.map(({ value }) => value.trim())),
  );
  for (const [option, { isSecret, sources, schema, about }] of found) {
    const [source] = sources;
    if (source === undefined) continue;
    if (isSecret) {
      options[option] = { secret: source.name };
      continue;
    }
    const value = plainValue(schema, source.value.trim());
    // What is written out must be what it is called, and no key in the wrong place.
    if (value === undefined || secretValues.has(source.value.trim())) {
      const why = `not valid as ${option} of provider ${provider.id}${about === undefined ? '' : ` (${about})`}`;
      return { accounts: [], unusable: [{ name: source.name, why }] };
    }
    options[option] = value;
  }
  const [only] = secrets;
  // Keys of one vendor may be of several accounts; where an account needs several, no one can tell which belong together.
  if (secrets.length !== 1 || only === undefined) {
    return { accounts: [{ name: provider.id, provider, options }], unusable: [] };
  }
  const [option, { sources }] = only;
  return {
    accounts: sources.map(({ name }, index) => ({
      name: index === 0 ? provider.id : `${provider.id}-${index + 1}`,
      provider,
      options: { ...options, [option]: { secret: name } },
    })),
    unusable: [],
  };
}

function plainValue(schema: z.ZodType, text: string): string | number | undefined {
  if (schema.safeParse(text).success) return text;
  const number = Number(text);
  return schema.safeParse(number).success ? number : undefined;
}

function named(variable: string, keys: readonly KeySource[]): readonly KeySource[] {
  return keys.filter((key) => key.variable === variable);
}
