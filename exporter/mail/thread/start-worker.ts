import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What the image runs as the thread: scan-worker.ts, with the compiled code of all that it shares with the program. */

// Each thread has to say so for itself. Its own code is not in the image, which would be a sixth larger; where the folder can be
// written, it is there from the second start on.
enableCompileCache(fileURLToPath(new URL('./compiled', import.meta.url)));

// What the exporter says until then waits.
void import('./scan-worker.ts');
