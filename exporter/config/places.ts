import type { Document } from 'yaml';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';

export type Path = readonly (string | number)[];

/** One thing that is wrong with the account file. The message holds no value of a secret. */
export interface ConfigProblem {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** As people write it: `accounts[2].options.url`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

/** `balance-alert.yaml:12:5: accounts[0].threshold: expected a number`. */
export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}

/** `['accounts', 2, 'options', 'url']` as `accounts[2].options.url`. */
function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** A YAML text that knows where each path of its document stands. */
export class LocatedYaml {
  readonly #file: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(file: string, text: string) {
    this.#file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
  }

  /** The document as plain data, or what keeps it from being YAML. */
  read():
    | { readonly ok: true; readonly plain: unknown }
    | { readonly ok: false; readonly problems: ConfigProblem[] } {
    const { errors } = this.#document;
    if (errors.length > 0) {
      return {
        ok: false,
        problems: errors.map(({ pos, message }) => this.#at(pos[0], '', `not valid YAML: ${message}`)),
      };
    }
    try {
      return { ok: true, plain: this.#document.toJS({ maxAliasCount: 1000 }) };
    } catch (error) {
      // Aliases that lead nowhere, or that would unfold into far more than was written.
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, problems: [this.#at(0, '', `not valid YAML: ${reason}`)] };
    }
  }

  problem(path: Path, message: string): ConfigProblem {
    return this.#at(this.#offset(path), formatPath(path), message);
  }

  #at(offset: number, path: string, message: string): ConfigProblem {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1), path, message };
  }

  /** Where a key stands, or an item of a list; the nearest parent's place where the path itself is not written. */
  #offset(path: Path): number {
    for (let length = path.length; length > 0; length -= 1) {
      const key = path[length - 1];
      const parent = this.#document.getIn(path.slice(0, length - 1), true);
      const pair = isMap(parent)
        ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
        : undefined;
      const node = isScalar(pair?.key) ? pair.key : this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  }
}
