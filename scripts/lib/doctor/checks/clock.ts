import * as z from 'zod';
import { jsonOf } from '../../json.ts';
import { ask, withoutCredentials } from '../ask.ts';
import type { Check, Finding } from '../check.ts';
import { broken, ok, skipped } from '../check.ts';
import type { Context, StackSubject } from '../subject.ts';

/** Whether the clocks of all machines involved agree. */

export function clockChecks(context: Context): readonly Check[] {
  return [{ id: 'clock', link: 'clocks', needs: [], look: (signal) => clocks(context, signal) }];
}

/** Signatures of vendors and bots bear some minutes, samples in the future none; a slow answer takes some seconds. */
const toleranceMs = 30_000;

const thisMachine = 'this machine';

async function clocks(context: Context, signal: AbortSignal): Promise<Finding> {
  const { exporter, prometheus, alertmanager, grafana, stack } = context.subject;
  // Every answer tells the time; those that do not answer are other checks' matter.
  await Promise.allSettled([
    ...(stack === undefined ? [] : [askEngine(context, stack)]),
    ...[
      [exporter, '/-/healthy'],
      [prometheus, '/-/healthy'],
      [alertmanager, '/-/healthy'],
      [grafana && withoutCredentials(grafana), '/api/health'],
    ].flatMap(([server, path]) =>
      typeof server === 'object' && typeof path === 'string' ? [ask(server, path, context, { signal })] : [],
    ),
  ]);
  return judge(context.clocks);
}

const infoSchema = z.object({ SystemTime: z.string() });

/** The engine tells the time of its host. */
async function askEngine({ now, clocks: known }: Context, { engine }: StackSubject): Promise<void> {
  const sentAtMs = now();
  const { body } = await engine.call('GET', '/info');
  const { data } = infoSchema.safeParse(jsonOf(body.toString('utf8')));
  const timeMs = Date.parse(data?.SystemTime ?? '');
  if (!Number.isNaN(timeMs)) known.set('the Docker engine', timeMs - (sentAtMs + now()) / 2);
}

/** @param ahead what each clock is ahead of this machine's, in milliseconds */
export function judge(ahead: ReadonlyMap<string, number>): Finding {
  if (ahead.size === 0) return skipped('no other clock is known');
  const all = new Map([[thisMachine, 0], ...ahead]);
  const middle = median([...all.values()]);
  const off = [...all].filter(([, ms]) => Math.abs(ms - middle) > toleranceMs);
  const apart = Math.max(...all.values()) - Math.min(...all.values());
  if (apart <= toleranceMs)
    return ok(
      `${[...ahead.keys()].join(', ')}: within ${Math.max(1, Math.round(apart / 1000))} s of this machine`,
    );
  const todo = [
    'synchronize it with NTP (timedatectl set-ntp true; chronyc makestep), on the host: containers have the clock of their engine',
    'a virtual machine that slept, such as that of Docker Desktop, is right again after its restart',
  ];
  // With two clocks, nobody knows which one is wrong.
  if (all.size === 2) {
    const [[name, ms] = ['', 0]] = ahead;
    return broken(`the clock of ${name} is ${words(ms)} that of ${thisMachine}`, ...todo);
  }
  return broken(
    off.map(([name, ms]) => `the clock of ${name} is ${words(ms - middle)} the others`).join('\n'),
    ...todo,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function words(ms: number): string {
  return `${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'}`;
}
