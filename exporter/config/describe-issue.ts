import type * as z from 'zod';
import { didYouMean } from './nearest-word.ts';

/** What zod expects, by its own name of a type. */
const expectedTypes: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/**
 * zod's issues as `expected ..., got ...`, for schemas that say nothing themselves: given to `safeParse`, it ranks
 * after what a schema's author wrote. Of the value only its kind is named, since it may be a secret.
 */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${expectedTypes[issue.expected] ?? issue.expected}, got ${kindOf(issue.input)}`;
    case 'invalid_value':
      return `expected ${oneOf(issue.values)}${otherThan(issue.values, issue.input)}`;
    case 'too_small':
      return `expected ${bound(issue.origin, issue.minimum, issue.inclusive === false ? 'more than' : 'at least')}`;
    case 'too_big':
      return `expected ${bound(issue.origin, issue.maximum, issue.inclusive === false ? 'less than' : 'at most')}`;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'expected a URL' : `expected text of the format ${issue.format}`;
    case 'invalid_key':
    case 'invalid_element':
      // The words about the key itself, which zod keeps below an "invalid key" of its own.
      return [...new Set(issue.issues.map(({ message }) => message))].join('; ');
    case 'invalid_union':
      return issue.errors.length === 0 ? undiscriminated(issue) : ofUnion(issue.errors);
    default:
      return undefined;
  }
}

/** For `z.string(expecting('a time zone'))`: what was expected in a word of the field, and what kind of value came. */
export const expecting = (what: string) => ({
  error: ({ input }: { readonly input: unknown }): string => `expected ${what}, got ${kindOf(input)}`,
});

/** No option of a discriminated union has the value that is there. */
function undiscriminated(issue: Extract<z.core.$ZodRawIssue, { code: 'invalid_union' }>): string {
  const { options, input, discriminator } = issue;
  const given =
    typeof input === 'object' && input !== null && discriminator !== undefined
      ? Reflect.get(input, discriminator)
      : undefined;
  const known = Array.isArray(options) ? options : [];
  return `expected ${oneOf(known)}${otherThan(known, given)}`;
}

/** The option that the data came closest to, where there is one; else what all of them expect. */
function ofUnion(options: readonly (readonly z.core.$ZodIssue[])[]): string {
  const close = options.filter((issues) => issues.every(({ path }) => path.length > 0));
  const [first] = close;
  if (close.length === 1 && first !== undefined) {
    return first.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; ');
  }
  const all = options.flatMap((issues) => issues.map(({ message }) => message));
  const expectations = new Set(
    all.map((message) => message.replace(/^expected /, '').replace(/, got .*$/s, '')),
  );
  return `expected ${[...expectations].join(', or ')}`;
}

function bound(origin: string, limit: unknown, words: string): string {
  const many = limit === 1n || limit === 1 ? '' : 's';
  if (origin === 'string') return `text of ${words} ${String(limit)} character${many}`;
  if (origin === 'array') return `a list of ${words} ${String(limit)} item${many}`;
  if (origin === 'object' || origin === 'record') return `${words} ${String(limit)} key${many}`;
  return `a number of ${words} ${String(limit)}`;
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`;
}

/** What came in place of one of some values: the one that was meant, where it can be identified, never the value itself. */
function otherThan(values: readonly unknown[], input: unknown): string {
  const words = values.filter((value) => typeof value === 'string');
  const meant = typeof input === 'string' ? didYouMean(input, words) : '';
  if (meant !== '') return meant;
  return `, got ${isScalar(input) ? 'another value' : kindOf(input)}`;
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** What a value is, for people. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : 'text';
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : String(value);
  if (typeof value === 'boolean') return 'a boolean';
  return 'an object';
}
