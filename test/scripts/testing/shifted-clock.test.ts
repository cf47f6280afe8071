import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';
import { run } from '../../../scripts/lib/terminal/process.ts';
import { clockPackage, parseDate, shiftedClock } from '../../../scripts/lib/testing/shifted-clock.ts';
import { clockEnvironment, realClockEnvironment, realNowMs } from '../../support/real-clock.ts';

const root = resolve(import.meta.dirname, '../../..');

test('a date is a time with its zone', (t) => {
  t.is(parseDate('2027-02-28T23:50:00Z'), Date.UTC(2027, 1, 28, 23, 50));
  t.is(parseDate('2028-02-29T12:00+08:00'), Date.UTC(2028, 1, 29, 4));
  for (const text of ['', '2027-02-28', '2027-02-28T23:50:00', '2027-13-01T00:00:00Z', 'tomorrow', '1e9'])
    t.is(t.throws(() => parseDate(text), { instanceOf: Failure })?.exitCode, 2, text);
});

/** A checkout with an empty file for a library. */
function checkout(t: { teardown: (end: () => void) => void }): { folder: string; library: string } {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-clock-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const library = join(
    folder,
    '.cache/tools',
    clockPackage,
    'usr/lib/any-linux-gnu/faketime/libfaketimeMT.so.1',
  );
  mkdirSync(join(library, '..'), { recursive: true });
  writeFileSync(library, '');
  return { folder, library };
}

test('the clock is shifted by a difference, both ways, and timers go on as they are', (t) => {
  const { folder, library } = checkout(t);
  const later = shiftedClock(folder, 90_000, 30_000, undefined);
  t.deepEqual(
    [later['LD_PRELOAD'], later['FAKETIME'], later['FAKETIME_DONT_FAKE_MONOTONIC']],
    [library, '+60s', '1'],
  );
  const earlier = shiftedClock(folder, 30_000, 90_000, '/lib/another.so');
  t.deepEqual([earlier['LD_PRELOAD'], earlier['FAKETIME']], [`${library}:/lib/another.so`, '-60s']);
});

/** How far this very run is shifted. */
const shiftMs = Number.parseInt(process.env['FAKETIME'] ?? '0', 10) * 1000;
const here = (() => {
  try {
    return shiftedClock(root, Date.UTC(2028, 1, 29, 12), Date.now() - shiftMs, undefined);
  } catch {
    return undefined;
  }
})();
/** A machine without the library skips this by name. */
const withLibrary = here === undefined ? test.skip : test;
const needs = here === undefined ? ' [needs libfaketime]' : '';

withLibrary(`programs that are started see the other day, and measure time as before${needs}`, async (t) => {
  const code = `const began = performance.now();
setTimeout(() => console.log(new Date().toISOString().slice(0, 10), performance.now() - began < 60_000), 1000);`;
  const { stdout } = await run(process.execPath, ['-e', code], {
    cwd: root,
    environment: { ...here, TZ: 'UTC' },
  });
  t.is(stdout, '2028-02-29 true\n');
});

test('what exchanges times with programs in Go keeps the real clock on another day too', (t) => {
  const day = 86_400_000;
  t.is(realNowMs({ FAKETIME: '+86400s' }, 3 * day), 2 * day);
  t.is(realNowMs({ FAKETIME: '-86400s' }, 3 * day), 4 * day);
  t.is(realNowMs({}, 3 * day), 3 * day);
  t.throws(() => realNowMs({ FAKETIME: '2027-01-01 00:00:00' }, 0), {
    message: /expected FAKETIME as a number/,
  });
  const shifted = { LD_PRELOAD: '/x/libfaketimeMT.so.1:/lib/another.so', FAKETIME: '+60s', HOME: '/home' };
  t.deepEqual(realClockEnvironment(shifted), { LD_PRELOAD: '/lib/another.so', HOME: '/home' });
  const { HOME: _home, ...clock } = shifted;
  t.deepEqual(clockEnvironment(shifted), clock);
});
