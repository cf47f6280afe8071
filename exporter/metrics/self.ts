import { Histogram, Registry } from 'prom-client';
import type { BuildInfo } from '../build-info.ts';
import { timezoneData } from '../build-info.ts';
import type { TellCertificateExpiry } from './certificate.ts';
import { certificateExpiryIn } from './certificate.ts';
import { registerDefaultMetrics } from './default-metrics.ts';
import { counterIn, gaugeIn } from './registered.ts';

export interface SelfMetrics {
  /** The exporter's own metrics as text. */
  readonly text: () => Promise<string>;
  /** Records one rendering of the accounts' metrics, in seconds. */
  readonly observeRender: (seconds: number) => void;
  /** Counts one entry that could not be rendered for a scrape. */
  readonly countEntryFailure: (subject: keyof typeof entryKinds) => void;
  /** Counts one failed write. */
  readonly countStorageFailure: () => void;
  readonly tellCertificateExpiry: TellCertificateExpiry;
}

/** The label of each kind of entry: as the account file calls them. */
const entryKinds = { account: 'account', renewal: 'subscription', mailbox: 'mailbox' } as const;

/** The exporter's own metrics. All use of the client library is in this file and its neighbours. */
export function createSelfMetrics(build: BuildInfo): SelfMetrics {
  const registry = new Registry();
  registerDefaultMetrics(registry);

  gaugeIn(registry, 'balance_alert_build_info').set(
    { ...build, nodeversion: process.version, tzdata: timezoneData() },
    1,
  );
  const render = new Histogram({
    name: 'balance_alert_render_duration_seconds',
    help: 'Duration of rendering the metrics of all accounts.',
    buckets: [0.001, 0.01, 0.1, 1],
    registers: [registry],
  });
  const entryFailures = counterIn(registry, 'balance_alert_entry_render_failures_total');
  for (const kind of Object.values(entryKinds)) entryFailures.inc({ kind }, 0);
  const storageFailures = counterIn(registry, 'balance_alert_storage_write_failures_total');
  return {
    text: () => registry.metrics(),
    observeRender: (seconds) => render.observe(seconds),
    countEntryFailure: (subject) => entryFailures.inc({ kind: entryKinds[subject] }),
    countStorageFailure: () => storageFailures.inc(),
    tellCertificateExpiry: certificateExpiryIn(registry),
  };
}
