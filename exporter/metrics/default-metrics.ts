import type { Registry } from 'prom-client';
import { collectDefaultMetrics } from 'prom-client';

/** Gauges whose names promtool rightly reports; no alert uses them. */
export const badlyNamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * Made of samples for which the process wakes a hundred times a second (Node's `monitorEventLoopDelay`): over half of what an
 * idle exporter costs. `nodejs_eventloop_lag_seconds` is measured with each scrape and stays.
 */
const sampled = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (statistic) => `nodejs_eventloop_lag_${statistic}_seconds`,
);

/** The longest interval of a timer, in milliseconds: no sample is ever taken. */
const never = 2 ** 31 - 1;

/** What the client library tells of the process and of Node, as far as it is worth its cost. */
export function registerDefaultMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: never });
  for (const name of [...badlyNamed, ...sampled]) registry.removeSingleMetric(name);
}
