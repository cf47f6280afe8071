import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import type { Path } from './located-yaml.ts';

/** Told of each problem; the path is the document's. */
export type Report = (path: Path, message: string) => void;

/** The data of the right shape, or undefined with every fault reported. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
  base: Path,
  report: Report,
): z.output<Schema> | undefined {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
    if (issue.code === 'unrecognized_keys') {
      const known = keysOf(schema, issue.path);
      for (const key of issue.keys) {
        const meant = nearestWord(key, known);
        report([...path, key], `unknown key${meant === undefined ? '' : `; did you mean ${meant}?`}`);
      }
    } else {
      report(path, wordsOf(issue.message));
    }
  }
  return undefined;
}

/** The words after the kind that zod puts before them: `Invalid option: expected one of ...`. */
function wordsOf(message: string): string {
  return message.replace(/^(Invalid|Too|Unrecognized) [a-z ]+: /, '');
}

/** The keys that an object may have at a path of the schema; none where that depends on the data. */
function keysOf(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  const inner = property(schema, 'unwrap');
  if (typeof inner === 'function') return keysOf(inner.call(schema), path);
  // What is transformed is checked before that.
  const before = property(schema, 'in');
  if (before !== undefined) return keysOf(before, path);
  const shape = property(schema, 'shape');
  if (typeof shape !== 'object' || shape === null) return [];
  const [first, ...rest] = path;
  return first === undefined ? Object.keys(shape) : keysOf(property(shape, first), rest);
}

function property(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** The known word that was most probably meant, when it is near enough to be a slip. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(word, [...known]);
  return distance(word, nearest) <= Math.max(2, Math.floor(word.length / 3)) ? nearest : undefined;
}
