import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

const require = createRequire(import.meta.url);

/**
 * Modules of Node's that cost milliseconds and megabytes to load, and that a program may run for months without: TLS with its
 * ciphers, threads, other processes. Modules name them at their top, libraries often for functions that are never called.
 */
const dear = [
  'assert',
  'async_hooks',
  'child_process',
  'cluster',
  'crypto',
  'dgram',
  'dns',
  'dns/promises',
  'fs/promises',
  'http2',
  'https',
  'os',
  'perf_hooks',
  'readline',
  'sqlite',
  'timers/promises',
  'tls',
  'vm',
  'worker_threads',
  'zlib',
];

const namespace = 'lazy-builtin';

/**
 * Has each of them loaded with the first use of something in it, in place of the first module that names it. What is used while
 * a module is loaded, such as a class to extend, is loaded then. A namespace holds the names that this Node has, which is the
 * image's; one that another Node lacks is undefined, as it would be there.
 */
export const lazyBuiltins: Plugin = {
  name: namespace,
  setup({ onResolve, onLoad }) {
    onResolve(
      { filter: new RegExp(`^(?:node:)?(?:${dear.join('|')})$`) },
      ({ path, namespace: from, kind }) => {
        const name = path.replace(/^node:/, '');
        // What `import()` gives is loaded with its use already, and a stand-in in a part of its own would hide its names.
        return from === namespace || kind === 'dynamic-import'
          ? { path: `node:${name}`, external: true }
          : { path: name, namespace, sideEffects: false };
      },
    );
    onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({ contents: standIn(`node:${name}`) }));
  },
};

function standIn(specifier: string): string {
  const module: unknown = require(specifier);
  const isFunction = typeof module === 'function';
  const names =
    isFunction || (typeof module === 'object' && module !== null)
      ? Object.getOwnPropertyNames(module).filter((name) => !ofEveryFunction.has(name))
      : [];
  return `
    let loaded;
    const load = () => (loaded ??= require(${JSON.stringify(specifier)}));
    module.exports = ${isFunction ? '(...words) => load()(...words)' : '{}'};
    for (const name of ${JSON.stringify(names)})
      Object.defineProperty(module.exports, name, {
        enumerable: true,
        get: () => load()[name],
        set: (value) => { load()[name] = value; },
      });`;
}

const ofEveryFunction = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);
