import { resolve } from 'node:path';

/**
 * The file by which tests start the exporter: the bundle that `scripts/test` has built, as the image has it, which starts in a
 * third of the time; in a test file that is run by itself, the sources.
 */
export const testedProgram =
  process.env['BALANCE_ALERT_TESTED_PROGRAM'] ?? resolve(import.meta.dirname, '../../exporter/main.ts');

/** The code of its thread that scans mailboxes: from the sources, each start of it strips and compiles a hundred modules. */
export const testedScanWorker = resolve(
  testedProgram,
  testedProgram.endsWith('.ts') ? '../mail/thread/scan-worker.ts' : '../parts/scan-worker.js',
);
