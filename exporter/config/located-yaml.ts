import type { Document, Node, Scalar, YAMLMap } from 'yaml';
import {
  Alias,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { messageOf } from '../errors.ts';

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

/**
 * Faults of a text are errors of the library, with a message and a place. Their stacks, which nobody sees, took three quarters
 * of the time for a file that is no YAML, with a fault in each line.
 */
function withoutStacks<Result>(work: () => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A YAML text that knows where each path of its document stands. */
export class LocatedYaml {
  readonly #file: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #keys = new WeakMap<YAMLMap, ReadonlyMap<unknown, Scalar>>();
  /** Of the text. Aliases may unfold so many times: a file is then read in a time that grows with its length. */
  readonly #length: number;
  #hasAliases = false;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#length = text.length;
    this.#document = withoutStacks(() =>
      parseDocument(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        merge: true,
        // The library compares each key with all before it, which takes the square of their number.
        uniqueKeys: false,
      }),
    );
  }

  /** The document as plain data, or what keeps it from being YAML. */
  read():
    | { readonly ok: true; readonly plain: unknown }
    | { readonly ok: false; readonly problems: ConfigProblem[] } {
    const { errors } = this.#document;
    const problems = [
      ...errors.map(({ code, pos, message }) =>
        code === 'MULTIPLE_DOCS'
          ? this.#at(pos[0], '', 'expected one document, got another one after ---')
          : this.#at(pos[0], '', `not valid YAML: ${message}`),
      ),
      ...this.#keyFaults(),
    ];
    if (problems.length > 0) {
      // One bracket that is missing at the end is reported at every level: once is enough.
      return { ok: false, problems: [...new Map(problems.map((one) => [formatProblem(one), one])).values()] };
    }
    const loop = this.#hasAliases ? this.#aliasOfItself() : undefined;
    if (loop !== undefined) {
      return { ok: false, problems: [this.#at(loop, '', 'not valid YAML: an alias that contains itself')] };
    }
    if (this.#hasAliases) this.#resolveAliases();
    try {
      return { ok: true, plain: this.#document.toJS({ maxAliasCount: Math.max(1000, this.#length) }) };
    } catch (error) {
      // Aliases without an anchor, or that would expand into far more than was written.
      const reason = messageOf(error);
      return { ok: false, problems: [this.#at(0, '', `not valid YAML: ${reason}`)] };
    }
  }

  /**
   * Keys that their map has already, and those that are no plain values: the library writes such a key out as text, and a
   * key within a key again and again. Sees on the way whether there are aliases at all. The library's own `visit` takes
   * several times as long, mostly to tell where it is.
   */
  #keyFaults(): readonly ConfigProblem[] {
    const problems: ConfigProblem[] = [];
    const walk = (node: unknown): void => {
      if (isMap(node)) {
        this.#addKeyFaults(node, problems);
        for (const { key, value } of node.items) {
          walk(key);
          walk(value);
        }
      } else if (isSeq(node)) for (const item of node.items) walk(item);
      else if (isPair(node)) {
        walk(node.key);
        walk(node.value);
      } else if (isAlias(node)) this.#hasAliases = true;
    };
    walk(this.#document.contents);
    return problems;
  }

  #addKeyFaults({ items }: YAMLMap, problems: ConfigProblem[]): void {
    const seen = new Set<unknown>();
    for (const { key } of items) {
      if (!isNode(key)) continue;
      const offset = key.range?.[0] ?? 0;
      if (!isScalar(key)) {
        problems.push(this.#at(offset, '', 'expected a key that is text, got a list, an object or an alias'));
      } else if (seen.has(key.value)) {
        problems.push(this.#at(offset, '', 'not valid YAML: Map keys must be unique'));
      } else seen.add(key.value);
    }
  }

  /** Where an alias stands inside of what it stands for, which would unfold without end. */
  #aliasOfItself(): number | undefined {
    let offset: number | undefined;
    visit(this.#document, {
      Alias: (_key, alias, ancestors) => {
        if (!ancestors.some((node) => isNode(node) && !isAlias(node) && node.anchor === alias.source)) return;
        offset = alias.range?.[0] ?? 0;
        return visit.BREAK;
      },
    });
    return offset;
  }

  /**
   * Tells each alias what it stands for: the library would look through all aliases before it, which takes the square of
   * their number. It still does the counting.
   */
  #resolveAliases(): void {
    const anchored = new Map<string, Exclude<Node, Alias>>();
    visit(this.#document, {
      Node: (_key, node) => {
        if (!isAlias(node)) {
          if (node.anchor !== undefined) anchored.set(node.anchor, node);
          return;
        }
        const found = anchored.get(node.source);
        node.resolve = (document, context) => {
          if (context === undefined) return found;
          context.aliasResolveCache = found === undefined ? [node] : [found, node];
          return Alias.prototype.resolve.call(node, document, context);
        };
      },
    });
  }

  problem(path: Path, message: string): ConfigProblem {
    return this.#at(this.#offset(path), formatPath(path), message);
  }

  #at(offset: number, path: string, message: string): ConfigProblem {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1), path, message };
  }

  /** The keys of a map by what they say, looked up once for each problem in it. */
  #keysOf(map: YAMLMap): ReadonlyMap<unknown, Scalar> {
    const known = this.#keys.get(map);
    if (known !== undefined) return known;
    const keys = new Map(map.items.flatMap(({ key }) => (isScalar(key) ? [[key.value, key] as const] : [])));
    this.#keys.set(map, keys);
    return keys;
  }

  /** Where a key stands, or an item of a list; the nearest parent's place where the path itself is not written. */
  #offset(path: Path): number {
    for (let length = path.length; length > 0; length -= 1) {
      const key = path[length - 1];
      const parent = this.#document.getIn(path.slice(0, length - 1), true);
      const written = isMap(parent) ? this.#keysOf(parent).get(key) : undefined;
      const node = written ?? this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  }
}
