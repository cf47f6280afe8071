/** How the scripts end when they don't succeed. Only builtins in here: it is loaded before the npm packages are known to be there. */

/** Codes as the exporter has them: 1 failed, 2 wrong use or configuration, 130 stopped by Ctrl-C. */
export const exitCodes = { failed: 1, usage: 2, interrupted: 130 } as const;

/** Ends a script with a message for people and, below it, what they can do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly hints: readonly string[];
  readonly exitCode: number;

  constructor(message: string, hints: readonly string[] = [], exitCode: number = exitCodes.failed) {
    super(message);
    this.hints = hints;
    this.exitCode = exitCode;
  }
}

/** Stopped on purpose, from the keyboard or by a signal. */
export class Interrupted extends Failure {
  constructor(hints: readonly string[] = []) {
    super('interrupted', hints, exitCodes.interrupted);
  }
}

/** Runs a script's main function and turns what it throws into a message and an exit code. */
export async function runScript(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof Failure) {
      process.stderr.write(`${name}: ${error.message}\n${error.hints.map((hint) => `  ${hint}\n`).join('')}`);
      process.exitCode = error.exitCode;
    } else {
      process.stderr.write(
        `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      process.exitCode = exitCodes.failed;
    }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The message of an error of `fetch`, which hides the one that matters behind "fetch failed". */
export function fetchMessageOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause.message !== '' ? cause.message : messageOf(error);
}

/** The code of an error of Node or of the file system, such as `ENOENT`; undefined for other errors. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
