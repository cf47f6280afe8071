import { parentPort } from 'node:worker_threads';
import * as bcrypt from 'bcryptjs';

/** A thread that compares passwords with hashes, so that this never holds up a scrape or a health check. */
parentPort?.on('message', ({ id, password, hash }: { id: number; password: string; hash: string }) => {
  parentPort?.postMessage({ id, same: bcrypt.compareSync(password, hash) });
});
