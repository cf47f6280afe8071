import { basename, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { messageOf } from '../../exporter/errors.ts';
import { namespace } from './schema.ts';
import type { ConfigSource, Problem } from './source.ts';

/** A file of Prometheus rules. */
export interface RuleFile {
  /** Without a folder. */
  readonly file: string;
  readonly text: string;
}

/** Reads the user's own rule files; those that are wrong are left out, with a problem each. */
export function readRules(
  source: ConfigSource,
  paths: readonly string[],
  problems: Problem[],
): readonly RuleFile[] {
  const files: RuleFile[] = [];
  for (const [index, path] of paths.entries()) {
    const key = `${namespace}:prometheus.extraRules[${index}]`;
    const file = basename(path);
    if (files.some((other) => other.file === file)) {
      problems.push({ key, message: `expected a unique file name, got ${file} again` });
      continue;
    }
    let text: string;
    try {
      text = source.readFile(resolve(source.root, path));
    } catch (error) {
      problems.push({ key, message: `cannot read the file: ${messageOf(error)}` });
      continue;
    }
    const problem = problemOfRules(text);
    if (problem === undefined) files.push({ file, text });
    else problems.push({ key, message: `${path}: ${problem}` });
  }
  return files;
}

/** Only the frame of a rule file is checked here; `promtool check rules` judges what is inside. */
function problemOfRules(text: string): string | undefined {
  const document = parseDocument(text, { prettyErrors: false });
  const [first] = document.errors;
  if (first !== undefined) return `not valid YAML: ${first.message}`;
  const plain: unknown = document.toJS();
  const groups = typeof plain === 'object' && plain !== null && 'groups' in plain ? plain.groups : undefined;
  return Array.isArray(groups) ? undefined : 'expected a rule file: a mapping with a list of `groups`';
}
