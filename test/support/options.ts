import type { ParseArgsConfig } from 'node:util';
import { parseArgs } from 'node:util';
import { messageOf } from '../../exporter/errors.ts';

/**
 * Reads the arguments of a program that people start by `npm run`. Ends the process: with 0 after `--help`, and with 2 and one
 * line about the first argument that is wrong.
 * @param check throws where a value is wrong; what it returns is used
 */
export function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>, Result>(
  usage: string,
  options: Options,
  check: (values: ReturnType<typeof parseArgs<{ options: Options }>>['values']) => Result,
): Result {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(usage);
    process.exit(0);
  }
  try {
    return check(parseArgs({ options }).values);
  } catch (error) {
    const [first] = usage.split('\n');
    process.stderr.write(
      `error: ${messageOf(error)}\n${first?.replace('Usage', 'usage')} (--help lists the options)\n`,
    );
    process.exit(2);
  }
}
