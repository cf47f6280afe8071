import { globSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, Failure } from '../terminal/failure.ts';
import { toolsFolder } from './tools.ts';

/**
 * Runs tests as if it were another day, by Debian's libfaketime: the clock of every process that they start goes on from
 * there, as far as it asks the C library. Programs in Go (Prometheus, Alertmanager, promtool) do not and keep the real time,
 * as do the times of files.
 */

/** The package that has the library. */
export const clockPackage = 'libfaketime';

/** The layers that can run on another day; a browser or an engine has programs that would see both times. */
export const shiftableLayers: readonly string[] = ['unit', 'long', 'contract'];

/** Milliseconds since 1970 of a date such as `2027-02-28T23:50:00Z`. @throws Failure (2) for what is none */
export function parseDate(text: string): number {
  const timestampMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(timestampMs)) {
    throw new Failure(
      `--date takes a time with its zone, not "${text}"`,
      ['for example --date 2027-02-28T23:50:00Z or --date 2028-02-29T12:00:00+08:00'],
      exitCodes.usage,
    );
  }
  return timestampMs;
}

/**
 * The environment for the tests. The shift is a difference, so that programs that start later go on with the same clock;
 * what only measures (timers, `performance.now`) is left alone.
 * @param timestampMs when it shall be for a process that starts at `nowMs`
 * @throws Failure where the library is missing
 */
export function shiftedClock(
  root: string,
  timestampMs: number,
  nowMs: number,
  preloaded: string | undefined,
): Readonly<Record<string, string>> {
  const library = findLibrary(root);
  if (library === undefined) {
    throw new Failure('--date needs libfaketime, which is missing', [
      'to install it:  run the script with --install',
      `or run:  sudo apt-get install ${clockPackage}`,
    ]);
  }
  const seconds = Math.round((timestampMs - nowMs) / 1000);
  return {
    LD_PRELOAD: [library, ...(preloaded ? [preloaded] : [])].join(':'),
    FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_NO_CACHE: '1',
  };
}

/** The library for programs with threads, of the cache or of the machine. */
function findLibrary(root: string): string | undefined {
  const inPackage = 'usr/lib/*/faketime/libfaketimeMT.so.1';
  return [join(toolsFolder(root), clockPackage), '/'].flatMap((folder) =>
    globSync(inPackage, { cwd: folder }).map((path) => join(folder, path)),
  )[0];
}
