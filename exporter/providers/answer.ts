import type * as z from 'zod';
import { parseWith } from '../config/parse.ts';
import { CheckError } from '../readings/check-error.ts';

/**
 * The text of an answer as JSON of the given shape.
 * @throws CheckError `schema`: no JSON, or the first field that is not as documented. Values are never part of it.
 */
export function parseAnswer<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    const start = text.trimStart().slice(0, 1);
    const kind = text.trim() === '' ? 'nothing' : start === '<' ? 'an HTML page or XML' : 'other text';
    throw new CheckError('schema', `expected JSON, got ${kind}`);
  }
  const parsed = parseWith(schema, plain);
  if (parsed.ok) return parsed.data;
  const [fault] = parsed.faults;
  const field = fault?.path.join('.') ?? '';
  const what = fault?.message ?? 'expected another shape';
  throw new CheckError('schema', field === '' ? `the answer: ${what}` : `the answer's ${field}: ${what}`);
}
