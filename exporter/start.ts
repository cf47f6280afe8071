// First of all: until it is loaded, a SIGHUP ends the process.
import './hang-up.ts';
import './limit-memory.ts';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { readHealthcheckFlags } from './commands/healthcheck-flags.ts';

/**
 * What the image runs: the program in parts, of which only those are loaded that are used, and compiled where the image was
 * built. A checkout runs main.ts itself.
 */

// Made when the image is built, for the Node version in it; another version, and another user than the image's, ignore it. A
// folder that can't be written is used as it is.
enableCompileCache(fileURLToPath(new URL('./compiled', import.meta.url)));

const flags =
  process.argv[2] === 'healthcheck' ? readHealthcheckFlags(process.argv.slice(3), process.env) : undefined;
if (flags === undefined) void import('./main.ts');
else void checkHealth(flags);

/** Every few seconds for as long as the container runs: it must not cost more than what it watches. */
async function checkHealth({ address, webConfigFile }: NonNullable<typeof flags>): Promise<void> {
  const { runHealthcheck } = await import('./commands/healthcheck.ts');
  process.exitCode = await runHealthcheck(address, webConfigFile, (text) => void process.stdout.write(text));
}
