#!/bin/sh
# Does prom-client 15.1.3 still compute default metrics that were removed from the registry?
# A good guess: no, what is not registered is not collected. One metric's `collect` sets eight: as long as
# nodejs_eventloop_lag_seconds is there, each scrape reads mean, standard deviation and percentiles of a histogram for the other
# seven, removed or not; in Node 24 that is a third of a millisecond. It ends with the removal of that one metric.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --save-exact prom-client@15.1.3

cat >removed.cjs <<'JS'
const hooks = require('node:perf_hooks');
const { collectDefaultMetrics, Registry } = require('prom-client');
const made = hooks.monitorEventLoopDelay;
const reads = [];
hooks.monitorEventLoopDelay = (options) =>
  new Proxy(made(options), {
    get: (histogram, name) => {
      reads.push(name);
      const value = Reflect.get(histogram, name, histogram);
      return typeof value === 'function' ? value.bind(histogram) : value;
    },
  });
const registry = new Registry();
collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 2 ** 31 - 1 });
const lag = 'nodejs_eventloop_lag_seconds';
const others = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map((name) => `nodejs_eventloop_lag_${name}_seconds`);
const scrape = async (what) => {
  reads.length = 0;
  const text = await registry.metrics();
  console.log(`${what}: ${text.match(/^nodejs_eventloop_lag_\w+ /gm)?.length ?? 0} of eight metrics in the text, ${reads.length} reads of the histogram`);
};
(async () => {
  for (const name of others) registry.removeSingleMetric(name);
  await scrape('seven removed');
  registry.removeSingleMetric(lag);
  await scrape('all eight removed');
  process.exit();
})();
JS

echo "prom-client 15.1.3, Node $(node --version)"
node removed.cjs | tee seen
cat >expected <<'TEXT'
seven removed: 1 of eight metrics in the text, 8 reads of the histogram
all eight removed: 0 of eight metrics in the text, 0 reads of the histogram
TEXT
cmp expected seen
