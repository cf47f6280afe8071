import type { Registry } from 'prom-client';
import { collectDefaultMetrics, Gauge } from 'prom-client';

/** Gauges whose names promtool rightly reports; no alert uses them. */
export const badlyNamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * Made of samples for which the process wakes a hundred times a second (Node's `monitorEventLoopDelay`): over half of what an
 * idle exporter costs, and a third of a millisecond of each scrape to compute. The lag itself is measured with each scrape.
 */
const sampled = ['', 'min_', 'max_', 'mean_', 'stddev_', 'p50_', 'p90_', 'p99_'].map(
  (statistic) => `nodejs_eventloop_lag_${statistic}seconds`,
);

/** The longest interval of a timer, in milliseconds: no sample is ever taken. */
const never = 2 ** 31 - 1;

/** What the client library tells of the process and of Node, as far as it is worth its cost. */
export function registerDefaultMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: never });
  for (const name of [...badlyNamed, ...sampled]) registry.removeSingleMetric(name);
  // As the library measures it: how long after this scrape's turn the next one begins; told with the scrape after.
  const lag = new Gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'Lag of event loop in seconds.',
    registers: [registry],
    collect: () => {
      const startedAt = performance.now();
      setImmediate(() => lag.set((performance.now() - startedAt) / 1000));
    },
  });
}
