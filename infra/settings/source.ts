import type * as z from 'zod';
import { parse } from '../../exporter/config/parse.ts';

/** What settings are read from. Everything comes in here, so that reading them is a pure function. */
export interface ConfigSource {
  /** By full key, such as `balance-alert:ports`; structured values are JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** Full keys that hold a secret somewhere in their value. */
  readonly secretKeys: ReadonlySet<string>;
  /** Name of the Pulumi stack. */
  readonly stack: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The checkout; relative paths start here. Absolute. */
  readonly root: string;
  /** The text of a file. @throws the file system's error. */
  readonly readFile: (path: string) => string;
  readonly fileExists: (path: string) => boolean;
  /** The machine's, as Node names it. */
  readonly architecture: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** One thing that is wrong with the configuration. The message holds no value of a secret key. */
export interface Problem {
  /** As it is set, such as `balance-alert:ports.grafana`. */
  readonly key: string;
  readonly message: string;
}

/** All problems as one text for people. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems
    .map(
      ({ key, message }) =>
        `  ${key}:${message.startsWith('\n') ? '' : ' '}${message.replaceAll('\n', '\n    ')}`,
    )
    .join('\n');
}

/** Takes the keys of a namespace out of the configuration; those in `structured` are JSON. */
export function decode(
  source: ConfigSource,
  namespace: string,
  structured: ReadonlySet<string>,
): { readonly document: Record<string, unknown>; readonly problems: readonly Problem[] } {
  const document: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [full, text] of Object.entries(source.values)) {
    if (!full.startsWith(`${namespace}:`)) continue;
    const key = full.slice(namespace.length + 1);
    if (!structured.has(key)) {
      document[key] = text;
      continue;
    }
    try {
      document[key] = JSON.parse(text);
    } catch {
      problems.push({
        key: full,
        message: `expected a structured value: set one of its keys with --path '${full}.KEY'`,
      });
    }
  }
  return { document, problems };
}

/** A problem, and the first part of its path: the key under which Pulumi knows it. */
export interface KeyProblem extends Problem {
  readonly topKey: string;
}

/** Checks a namespace's document against a schema. No message holds a value where the key is secret. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  document: Readonly<Record<string, unknown>>,
  namespace: string,
  source: ConfigSource,
): { readonly value: z.output<Schema> | undefined; readonly problems: readonly KeyProblem[] } {
  const problems: KeyProblem[] = [];
  const value = parse(schema, document, [], (path, message) => {
    const topKey = String(path[0] ?? '');
    const secret = source.secretKeys.has(`${namespace}:${topKey}`);
    problems.push({
      topKey,
      key: keyOf(namespace, path),
      message: secret ? message.replace(/, (got|received) [\s\S]*$/, '') : message,
    });
  });
  return { value, problems };
}

/** `balance-alert:prometheus.extraRules[0]`. */
function keyOf(namespace: string, path: readonly PropertyKey[]): string {
  const [first, ...rest] = path;
  let text = `${namespace}:${String(first ?? '')}`;
  for (const part of rest) text += typeof part === 'number' ? `[${part}]` : `.${String(part)}`;
  return text;
}
