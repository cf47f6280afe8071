import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/**
 * Runs crash-child.js beside it with the code of all its functions, as V8 compiled it in the first life, which has to end by itself.
 * Node's compile cache has a file as it is when it has been loaded, without most functions: compiling those took a fifth of a start.
 */

const file = fileURLToPath(new URL('./crash-child.js', import.meta.url));
const kept = `${file}.compiled`;
const isKept = existsSync(kept);
const script = new Script(`(function (require) {${readFileSync(file, 'utf8')}\n})`, {
  filename: file,
  ...(isKept ? { cachedData: readFileSync(kept) } : {}),
});
if (!isKept) process.on('exit', () => writeFileSync(kept, script.createCachedData()));
const run: unknown = script.runInThisContext();
if (typeof run === 'function') run(createRequire(file));
