import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import type { Config } from '../../../exporter/account-file/schema.ts';
import { engineNames, labelsOf } from '../../../infra/render/names.ts';
import { exporterTarget } from '../../../infra/render/prometheus.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import { backfill } from '../../demo-history/backfill.ts';
import { demoHistory } from '../../demo-history/history.ts';
import type { Engine } from '../docker/engine.ts';
import type { Console } from '../terminal/console.ts';
import { messageOf } from '../terminal/failure.ts';

/**
 * Thirty days of generated history for a stack of demo accounts, so that its dashboards show from the first minute what they
 * are for.
 *
 * They are written before Pulumi runs, into a volume that is made here with the name and the labels that the program
 * gives it; the provider then takes it over as it is. That the volume wasn't there is the proof that nothing real can
 * be in it, and a Prometheus that starts with the blocks has them at its first evaluation. One that runs already would
 * have to be waited for (it looks for blocks once a minute) or be restarted.
 */

export interface DemoHistoryOptions {
  readonly settings: Settings;
  readonly engine: Engine;
  readonly console: Console;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch, at which the past ends. */
  readonly now: number;
}

const days = 30;

/** The accounts, where nothing real is among them and there is at least one. */
export function demoAccountsOf(settings: Settings, now: number): Config | undefined {
  const { text, secrets } = settings.accounts;
  const loaded = loadAccountFile({
    file: 'the account file',
    text,
    resolveSecret: (name) => (Object.hasOwn(secrets, name) ? secrets[name] : undefined),
    now,
  });
  if (!loaded.ok) return undefined;
  const { accounts } = loaded.config;
  return accounts.length > 0 && accounts.every(({ provider }) => provider === 'demo')
    ? loaded.config
    : undefined;
}

/**
 * Fills a volume that isn't there yet, and touches none that is. A failure is reported and stops nothing: the volume is
 * taken away again, so that Prometheus begins with an empty one and the next first start tries again.
 */
export async function writeDemoHistory(options: DemoHistoryOptions): Promise<void> {
  const { settings, engine, console, signal, now } = options;
  const config = demoAccountsOf(settings, now);
  const volume = engineNames(settings.namePrefix).volumes.prometheus;
  if (config === undefined || (await engine.volumes()).some(({ name }) => name === volume)) return;

  console.step(`Generating ${days} days of history for the demo accounts`);
  const startedAt = Date.now();
  const labels = labelsOf(settings.stack, 'prometheus');
  try {
    const image = settings.images.prometheus;
    if (!(await engine.hasImage(image))) {
      console.line(`pulling ${image}`);
      await engine.pullImage(image, signal);
    }
    await engine.createVolume(volume, labels);
    await backfill({
      call: engine.call,
      image,
      volume,
      labels,
      history: untilAborted(
        demoHistory({ config, until: Math.floor(now / 1000), days, instance: exporterTarget }),
        signal,
      ),
    });
    console.line(`took ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
  } catch (error) {
    if (!signal.aborted) console.warn(`continuing without the demo history: ${messageOf(error)}`);
    // Left where it can't be removed: an empty one does no harm.
    await engine.removeVolume(volume).catch((problem: unknown) => {
      console.warn(`could not remove the volume ${volume}: ${messageOf(problem)}`);
    });
  }
}

/** Ends a sequence early, and with an error, once it is no longer wanted. */
async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  for await (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}
