import { crc32 } from 'node:zlib';
import * as z from 'zod';

/**
 * A line of the state log: a checksum in eight hexadecimal digits, a space, JSON, a line break. The first line is a
 * header with the version; each other one is a whole record, and the last of a name is the one that holds.
 */

/** Raised when older programs could not make sense of the records. */
export const version = 2;

const headerSchema = z.object({ format: z.literal('balance-alert state'), version: z.number() });
const entrySchema = z.object({ kind: z.string(), name: z.string(), record: z.unknown() });

export type Entry = z.output<typeof entrySchema>;

export function formatLine(value: unknown): string {
  const json = JSON.stringify(value);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

export const headerLine = formatLine({ format: 'balance-alert state', version });

/** What a line, without its line break, holds; undefined where its checksum or its shape is wrong. */
export function parseLine(line: string): Entry | undefined {
  const plain = checked(line);
  const parsed = entrySchema.safeParse(plain);
  return parsed.success ? parsed.data : undefined;
}

/** The version that a log's first line says; undefined where it is no header. */
export function versionOf(line: string): number | undefined {
  const parsed = headerSchema.safeParse(checked(line));
  return parsed.success ? parsed.data.version : undefined;
}

export interface LogContent {
  /** Lines with their line breaks, by key: of each name the last good one. */
  readonly lines: ReadonlyMap<string, string>;
  /** Lines that are not what was written, with good ones behind them: no killed process leaves that. */
  readonly corrupt: number;
  /** Whether the end is unfinished: what was being written when the process died, and was never said to be saved. */
  readonly torn: boolean;
}

/** The records of a log whose header is good. */
export function readLog(text: string): LogContent {
  const lines = new Map<string, string>();
  let corrupt = 0;
  let bad = 0;
  const all = text.split('\n');
  // After the last line break stands nothing, or a line that was cut.
  const cut = all.pop() !== '';
  for (const line of all.slice(1)) {
    const entry = parseLine(line);
    if (entry === undefined) {
      bad += 1;
      continue;
    }
    corrupt += bad;
    bad = 0;
    lines.set(keyOf(entry.kind, entry.name), `${line}\n`);
  }
  return { lines, corrupt, torn: cut || bad > 0 };
}

export function keyOf(kind: string, name: string): string {
  return `${kind} ${name}`;
}

function checked(line: string): unknown {
  const json = line.slice(9);
  if (line.slice(0, 9) !== `${crc32(json).toString(16).padStart(8, '0')} `) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
