import { once } from 'node:events';
import type { Server } from 'node:http';
import type { ExecutionContext } from 'ava';
import anyTest from 'ava';
import { portOf } from '../../exporter/web/listen.ts';
import { stackLabel } from '../../infra/render/names.ts';
import type { EngineContainer } from '../../scripts/lib/docker/engine.ts';
import type { RunResult } from '../../scripts/lib/terminal/process.ts';
import type { Checkout } from './checkout.ts';

/** What the files have in common that take a stack step by step: each test goes on from where the one before left it. */

/** @param missing what the steps need and this machine lacks; they are then skipped with it in their titles */
export function stepsWith(missing: readonly string[]) {
  return (title: string, implementation: (t: ExecutionContext) => Promise<void>): void => {
    if (missing.length > 0) anyTest.serial.skip(`${title} [needs ${missing.join(', ')}]`, implementation);
    else {
      anyTest.serial(title, async (t) => {
        t.timeout(300_000);
        await implementation(t);
      });
    }
  };
}

/** Runs a script and fails the test with everything that it said. */
export async function runScript(
  t: ExecutionContext,
  checkout: Checkout,
  ...args: Parameters<Checkout['script']>
): Promise<RunResult> {
  const started = performance.now();
  const result = await checkout.script(...args);
  t.log(`${args.slice(0, 2).join(' ')} took ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (result.code !== 0)
    throw new Error(`${args.join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
  return result;
}

/** The stack's containers. */
export async function containersOf({ engine, stack }: Checkout): Promise<readonly EngineContainer[]> {
  return (await engine.containers()).filter(({ labels }) => labels[stackLabel] === stack);
}

/** Ids of the stack's containers by service. */
export async function containerIdsOf(checkout: Checkout): Promise<Readonly<Record<string, string>>> {
  const containers = await containersOf(checkout);
  return Object.fromEntries(containers.map(({ name, id }) => [name.slice(checkout.prefix.length + 1), id]));
}

/** Which services have another container than before. */
export function replaced(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys({ ...before, ...after }).filter((service) => before[service] !== after[service]);
}

/** Removes what a failed test left, and the checkout. */
export async function removeAll(checkout: Checkout): Promise<void> {
  await checkout.script('down', '--yes', '--purge', '--stack', checkout.stack);
  await checkout.script('down', '--yes', '--orphans', '--purge', '--stack', checkout.stack);
  await checkout.remove();
}

/**
 * Where containers reach a server of this machine, which is the gateway of the engine's own network. Without a slash at its end.
 * @param server listens from then on, on every interface; or the port of one that does
 */
export async function urlForContainers({ engine }: Checkout, server: Server | number): Promise<string> {
  if (typeof server !== 'number' && !server.listening) await once(server.listen(0, '0.0.0.0'), 'listening');
  const { body } = await engine.call('GET', '/networks/bridge');
  const [, gateway = ''] = /"Gateway":"([\d.]+)"/.exec(body.toString('utf8')) ?? [];
  return `http://${gateway}:${typeof server === 'number' ? server : portOf(server)}`;
}
