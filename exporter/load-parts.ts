import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { isService, keeping } from './memory.ts';

/**
 * Loads the program from its parts, in the image and wherever else `npm run build` puts it. Services are started with the code
 * of all functions that a start calls, as V8 compiled it when the image was built. Node's own compile cache has a file's code as
 * it is when the file is loaded, without most of its functions: compiling those took a fifth of a start.
 */

/** What every service uses within its first second. */
const builtins = [
  'http',
  'dns',
  'cluster',
  'url',
  'util',
  'perf_hooks',
  'worker_threads',
  'fs/promises',
  'timers/promises',
];

/**
 * Runs the program.
 * @param folder with the folders `parts`, of modules in CommonJS, and `compiled`
 * @param words the command line after the program
 * @param keeps whether what a service compiles is kept, which happens when its process ends by itself
 */
export function loadParts(folder: string, words: readonly string[], keeps: boolean): void {
  const compiled = join(folder, 'compiled');
  const kept = join(compiled, 'program');
  const parts = join(folder, 'parts');
  const require = createRequire(join(parts, 'load-parts.js'));
  if (!isService(words) || !(keeps || existsSync(kept))) {
    // Filled when the image is built, with the health check. A folder that can't be written is used as it is.
    enableCompileCache(compiled);
    require('./start.js');
    return;
  }
  // Node's own modules are compiled already, for V8's own settings. Those loaded after the program has changed them are not.
  for (const name of builtins) require(`node:${name}`);
  loader({ parts, kept, keeps, require })('./start.js');
}

type Load = (specifier: string) => unknown;

interface LoaderOptions {
  readonly parts: string;
  /** What was compiled before. */
  readonly kept: string;
  readonly keeps: boolean;
  /** For what is no part: modules of Node's. */
  readonly require: Load;
}

/** Loads parts by their names. Each is run once, as `require` does it. */
function loader({ parts, kept, keeps, require: requireBuiltin }: LoaderOptions): Load {
  const modules = new Map<string, { exports: unknown }>();
  const scripts: (Part & { readonly script: Script })[] = [];
  const require: Load = (specifier) => {
    if (!specifier.startsWith('./')) return requireBuiltin(specifier);
    const known = modules.get(specifier);
    if (known !== undefined) return known.exports;
    const filename = join(parts, specifier);
    const part = {
      name: specifier.slice(2),
      source: wrapped(readFileSync(filename, 'utf8')),
      tag: cachedDataVersionTag(),
    };
    const cachedData = keeps ? undefined : read(kept, part);
    const script = new Script(part.source, { filename, ...(cachedData === undefined ? {} : { cachedData }) });
    if (keeps) scripts.push({ ...part, script });
    const module = { exports: {} };
    modules.set(specifier, module);
    try {
      script.runInThisContext()(module.exports, require, module, filename, parts);
    } catch (error) {
      modules.delete(specifier);
      throw error;
    }
    return module.exports;
  };
  if (keeps)
    process.on('exit', () => {
      // What the program sets once it has started. Data is for the settings at the moment when it is made.
      setFlagsFromString(keeping);
      for (const { script, ...part } of scripts) keep(kept, part, script.createCachedData());
    });
  return require;
}

interface Part {
  readonly name: string;
  readonly source: string;
  /** Of the V8 that compiles it, and its settings at that moment: code for others is useless to it. */
  readonly tag: number;
}

const wrapped = (source: string): string =>
  `(function (exports, require, module, __filename, __dirname) {${source}\n})`;

/** Before the data: checksums of what was compiled, and of the data. V8 compares lengths, and runs what it is given. */
const headerBytes = 8;

const fileOf = (kept: string, { name, tag }: Part): string => join(kept, tag.toString(16), name);

/** Undefined where there is none, or where it is of another source or not whole: the part is compiled then. */
function read(kept: string, part: Part): Buffer | undefined {
  let file: Buffer;
  try {
    file = readFileSync(fileOf(kept, part));
  } catch {
    return undefined;
  }
  if (file.length <= headerBytes) return undefined;
  const data = file.subarray(headerBytes);
  return file.readUInt32LE(0) === crc32(part.source) && file.readUInt32LE(4) === crc32(data)
    ? data
    : undefined;
}

/** Parts that were loaded before the program changed V8's settings are left out: there are three small ones. */
function keep(kept: string, part: Part, data: Buffer): void {
  if (cachedDataVersionTag() !== part.tag) return;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(crc32(part.source), 0);
  header.writeUInt32LE(crc32(data), 4);
  const file = fileOf(kept, part);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Buffer.concat([header, data]));
}
