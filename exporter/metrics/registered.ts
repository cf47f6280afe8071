import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';
import type { MetricName } from './catalog.ts';
import { definitionOf } from './catalog.ts';

/** A counter of the catalogue, as the client library keeps it. */
export function counterIn(registry: Registry, name: MetricName): Counter {
  return new Counter(settingsOf(registry, name));
}

/** A gauge of the catalogue, as the client library keeps it. */
export function gaugeIn(registry: Registry, name: MetricName): Gauge {
  return new Gauge(settingsOf(registry, name));
}

function settingsOf(registry: Registry, name: MetricName) {
  const { help, labels } = definitionOf(name);
  return { name, help, labelNames: [...labels], registers: [registry] };
}
