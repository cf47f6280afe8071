import * as z from 'zod';
import { describeIssue } from './describe-issue.ts';
import type { Path } from './located-yaml.ts';
import { didYouMean } from './nearest-word.ts';

/** Takes each problem; the path is the document's. */
export type Report = (path: Path, message: string) => void;

/** One thing that is wrong with data from outside. No value of the data is part of the message by itself. */
export interface Fault {
  readonly path: Path;
  /** `expected ..., got ...` */
  readonly message: string;
}

export type Parsed<Data> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Validates data against a schema. The only translation of zod's issues into messages, for all that people or vendors write. */
export function parseWith<Schema extends z.ZodType>(schema: Schema, data: unknown): Parsed<z.output<Schema>> {
  const parsed = schema.safeParse(data, { error: describeIssue });
  if (parsed.success) return { ok: true, data: parsed.data };
  return { ok: false, faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, schema, data)) };
}

/** The data of the right shape, or undefined with every fault reported. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
  base: Path,
  report: Report,
): z.output<Schema> | undefined {
  const parsed = parseWith(schema, data);
  if (parsed.ok) return parsed.data;
  for (const { path, message } of parsed.faults) report([...base, ...path], message);
  return undefined;
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType, data: unknown): readonly Fault[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  const owners = schemasAt(schema, data, issue.path);
  const known = owners.flatMap((owner) => (owner instanceof z.ZodObject ? Object.keys(owner.shape) : []));
  const [record] = owners.filter((owner) => owner instanceof z.ZodRecord);
  return issue.keys.map((key) => ({
    path: [...path, key],
    message: record === undefined ? unknownKey(key, known) : wordsOfKey(record, key),
  }));
}

function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key${didYouMean(key, known)}`;
}

/** A record whose keys are a closed set calls others unknown, whatever its author wrote about them. */
function wordsOfKey(record: z.ZodRecord, key: string): string {
  const parsed = z.safeParse(record.keyType, key, { error: describeIssue });
  return parsed.error?.issues[0]?.message ?? 'unknown key';
}

/** The schemas of what stands at a path of the data, which decides between the shapes of a union. */
function schemasAt(schema: unknown, data: unknown, path: readonly PropertyKey[]): readonly unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return schemasAt(schema.unwrap(), data, path);
  }
  // What is transformed is checked before that.
  if (schema instanceof z.ZodPipe) return schemasAt(schema.in, data, path);
  if (schema instanceof z.ZodUnion) {
    return schema.options
      .filter((option) => !(schema instanceof z.ZodDiscriminatedUnion) || isMeant(option, schema, data))
      .flatMap((option) => schemasAt(option, data, path));
  }
  const [first, ...rest] = path;
  if (first === undefined) return [schema];
  const inner = property(data, first);
  if (schema instanceof z.ZodObject) return schemasAt(property(schema.shape, first), inner, rest);
  if (schema instanceof z.ZodArray) return schemasAt(schema.element, inner, rest);
  if (schema instanceof z.ZodRecord) return schemasAt(schema.valueType, inner, rest);
  return [];
}

function isMeant(option: unknown, union: z.ZodDiscriminatedUnion, data: unknown): boolean {
  const { discriminator } = union.def;
  const expected = option instanceof z.ZodObject ? property(option.shape, discriminator) : undefined;
  return expected instanceof z.ZodType && expected.safeParse(property(data, discriminator)).success;
}

function property(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
