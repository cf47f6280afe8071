/**
 * The clock that programs in Go keep while tests run as if on another day (`scripts/test --date`): libfaketime shifts what
 * asks the C library, and those ask the kernel. Whatever exchanges times with Prometheus or Alertmanager follows their clock.
 */

/** Milliseconds since 1970 by the machine's clock, whatever `scripts/test --date` makes of `Date.now()`. */
export function realNowMs(
  environment: NodeJS.ProcessEnv = process.env,
  shiftedNowMs: number = Date.now(),
): number {
  const shiftSeconds = Number(environment['FAKETIME']?.replace(/s$/, '') ?? 0);
  if (Number.isNaN(shiftSeconds)) {
    throw new Error(`expected FAKETIME as a number of seconds such as +60s, got ${environment['FAKETIME']}`);
  }
  return shiftedNowMs - shiftSeconds * 1000;
}

/** The environment for a child process that keeps the machine's clock. */
export function realClockEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { FAKETIME: _shift, ...rest } = environment;
  const preloaded = (rest['LD_PRELOAD'] ?? '').split(':').filter((library) => !/faketime/.test(library));
  return { ...rest, LD_PRELOAD: preloaded.join(':') };
}

/** Variables over `clockEnvironment` for a child process that exchanges times with Prometheus or Alertmanager. */
export const realClock = { LD_PRELOAD: '' } as const;

/** What `scripts/test --date` sets, for a child process that gets an environment of its own and keeps the tests' clock. */
export function clockEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => name.startsWith('FAKETIME') || name === 'LD_PRELOAD'),
  );
}
