// First of all: until it is loaded, a SIGHUP ends the process.
import './hang-up.ts';
import './limit-memory.ts';
import { readHealthcheckFlags } from './commands/healthcheck-flags.ts';

/**
 * What the image runs: the program in parts, of which only those are loaded that are used, and compiled where the image was
 * built. A checkout runs main.ts itself.
 */

const flags =
  process.argv[2] === 'healthcheck' ? readHealthcheckFlags(process.argv.slice(3), process.env) : undefined;
if (flags === undefined) void import('./main.ts');
else void checkHealth(flags);

/** Every few seconds for as long as the container runs: it must not cost more than what it watches. */
async function checkHealth({ address, webConfigFile }: NonNullable<typeof flags>): Promise<void> {
  const { runHealthcheck } = await import('./commands/healthcheck.ts');
  process.exitCode = await runHealthcheck(address, webConfigFile, (text) => void process.stdout.write(text));
}
