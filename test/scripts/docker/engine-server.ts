import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Engine } from '../../../scripts/lib/docker/engine.ts';
import { connectEngine } from '../../../scripts/lib/docker/engine.ts';
import type { Answer, Asked, TestServer } from './http.ts';
import { serve } from './http.ts';

/** An engine on a socket that answers by a table of `METHOD path`; gone with the test. */
export async function engineWith(
  t: ExecutionContext,
  answers: Readonly<Record<string, Answer>>,
): Promise<{ engine: Engine; server: TestServer }> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-engine-'));
  const answer = ({ method, path }: Asked) =>
    answers[`${method} ${path}`] ?? { status: 404, body: { message: 'no such thing' } };
  const server = await serve(answer, join(folder, 'docker.sock'));
  t.teardown(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { engine: connectEngine({ host: `unix://${server.address}` }), server };
}
