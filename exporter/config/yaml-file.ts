import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { messageOf } from '../errors.ts';
import { formatProblem, LocatedYaml } from './located-yaml.ts';
import { parse, type Report } from './parse.ts';

export type YamlFileResult<Value> =
  | {
      readonly ok: true;
      readonly value: Value;
      /** Takes what is found wrong later, into `errors`. */
      readonly report: Report;
      readonly errors: readonly string[];
    }
  | { readonly ok: false; readonly errors: readonly string[] };

/**
 * Reads a YAML file that holds no secrets by name. An empty one counts as an empty mapping; every error is one line that names the
 * place.
 * @param unreadable what is said of a file that cannot be read, before the reason
 */
export function readYamlFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  unreadable: string,
): YamlFileResult<z.output<Schema>> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { ok: false, errors: [`${file}: ${unreadable}: ${messageOf(error)}`] };
  }
  const yaml = new LocatedYaml(file, text);
  const read = yaml.read();
  if (!read.ok) return { ok: false, errors: read.problems.map(formatProblem) };
  const errors: string[] = [];
  const report: Report = (path, message) => errors.push(formatProblem(yaml.problem(path, message)));
  const value = parse(schema, read.plain ?? {}, [], report);
  return value === undefined ? { ok: false, errors } : { ok: true, value, report, errors };
}
