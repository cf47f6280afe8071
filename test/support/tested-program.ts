import { dirname, join, resolve } from 'node:path';

const built = process.env['BALANCE_ALERT_TESTED_PROGRAM'];
const sources = resolve(import.meta.dirname, '../../exporter');

/** The folder of the bundle that `scripts/test` has built of the sources as they are; undefined in a test file that is run by itself. */
export const testedBundle = built === undefined ? undefined : dirname(built);

/**
 * The file by which tests start the exporter: that of the bundle, as the image has it, which starts in a third of the time; in a
 * test file that is run by itself, the sources.
 */
export const testedProgram = built ?? join(sources, 'main.ts');

/** The code of its thread that scans mailboxes: from the sources, each start of it strips and compiles a hundred modules. */
export const testedScanWorker =
  testedBundle === undefined
    ? join(sources, 'mail/thread/scan-worker.ts')
    : join(testedBundle, 'parts/scan-worker.js');
