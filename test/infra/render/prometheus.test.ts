import test from 'ava';
import fc from 'fast-check';
import { parse } from 'yaml';
import {
  prometheusFlags,
  prometheusHealthcheck,
  renderPrometheusConfig,
  takesRetentionFromConfig,
} from '../../../infra/render/prometheus.ts';
import { renderScrapeSnippet } from '../../../infra/render/scrape/job.ts';

test('Prometheus scrapes the exporter and itself, and reads the rules that come with it', (t) => {
  t.is(
    renderPrometheusConfig({ scrapeIntervalSeconds: 60, extraScrapeConfigs: [] }, { mode: 'none' }),
    `global:
  scrape_interval: 1m
  evaluation_interval: 1m
rule_files:
  - /etc/prometheus/rules/*.yaml
  - /etc/prometheus/extra-rules/*
scrape_configs:
  - job_name: balance-alert
    static_configs:
      - targets:
          - exporter:9100
  - job_name: prometheus
    static_configs:
      - targets:
          - 127.0.0.1:9090
`,
  );
});

const alertingOf = (...[alertmanager]: [Parameters<typeof renderPrometheusConfig>[1]]): unknown => {
  const config: unknown = parse(
    renderPrometheusConfig({ scrapeIntervalSeconds: 60, extraScrapeConfigs: [] }, alertmanager),
  );
  return typeof config === 'object' && config !== null && 'alerting' in config ? config.alerting : undefined;
};

test('alerts go to the stack’s Alertmanager, whose metrics are scraped, or to an external one, or nowhere', (t) => {
  const managed = { mode: 'managed', port: 9093, receivers: {} } as const;
  t.deepEqual(alertingOf(managed), {
    alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }],
  });
  t.true(
    renderPrometheusConfig({ scrapeIntervalSeconds: 60, extraScrapeConfigs: [] }, managed).includes(
      '  - job_name: alertmanager\n    static_configs:\n      - targets:\n          - alertmanager:9093\n',
    ),
  );
  t.deepEqual(alertingOf({ mode: 'external', url: 'https://ops.example:8443/am' }), {
    alertmanagers: [
      { scheme: 'https', path_prefix: '/am', static_configs: [{ targets: ['ops.example:8443'] }] },
    ],
  });
  t.is(alertingOf({ mode: 'none' }), undefined);
});

test('an external Alertmanager is told who asks, by name and password or by a token', (t) => {
  const url = 'https://ops.example';
  const target = { scheme: 'https', static_configs: [{ targets: ['ops.example'] }] };
  t.deepEqual(alertingOf({ mode: 'external', url, username: 'prometheus', password: 'p"w: #' }), {
    alertmanagers: [{ ...target, basic_auth: { username: 'prometheus', password: 'p"w: #' } }],
  });
  t.deepEqual(alertingOf({ mode: 'external', url, bearerToken: 'token' }), {
    alertmanagers: [{ ...target, authorization: { credentials: 'token' } }],
  });
});

test('jobs of the user come last, whatever is in them', (t) => {
  const value = fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string())),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 3 }),
        fc.integer({ min: 15, max: 120 }),
        (extra, scrapeIntervalSeconds) => {
          const text = renderPrometheusConfig(
            { scrapeIntervalSeconds, extraScrapeConfigs: extra },
            { mode: 'none' },
          );
          const config: unknown = parse(text);
          const jobs =
            typeof config === 'object' && config !== null && 'scrape_configs' in config
              ? config.scrape_configs
              : [];
          return Array.isArray(jobs) && JSON.stringify(jobs.slice(2)) === JSON.stringify(extra);
        },
      ),
    ),
  );
});

test('a long text stays on its line, and what stands twice is written twice', (t) => {
  const shared = { regex: `${'a b '.repeat(100)}c` };
  const text = renderPrometheusConfig(
    {
      scrapeIntervalSeconds: 30,
      extraScrapeConfigs: [{ job_name: 'x', one: shared, two: shared }],
    },
    { mode: 'none' },
  );
  t.is(text.split('\n').filter((line) => line.includes('a b a b')).length, 2);
  t.false(/[&*]\w+\d/.test(text));
});

test('a Prometheus elsewhere gets the job under the name that the rules know', (t) => {
  t.is(
    renderScrapeSnippet({ kind: 'other-server', addresses: ['10.0.0.5:9100'] }, 30),
    `- job_name: balance-alert
  static_configs:
    - targets:
        - 10.0.0.5:9100
  scrape_interval: 30s
`,
  );
});

test('links begin with the public URL, and the paths inside stay as they are', (t) => {
  t.deepEqual(prometheusFlags({ retention: '45d', retentionSize: '2GB' }, 'https://ops.example/prometheus'), [
    '--config.file=/etc/prometheus/prometheus.yml',
    '--storage.tsdb.path=/prometheus',
    '--storage.tsdb.retention.time=45d',
    '--storage.tsdb.retention.size=2GB',
    '--web.external-url=https://ops.example/prometheus/',
    '--web.route-prefix=/',
  ]);
});

test('the retention is in the configuration from 3.16 on, and in the flags of releases before it and of unknown ones', (t) => {
  for (const image of [
    'prom/prometheus:v3.16.0',
    'prom/prometheus:v3.16.1-distroless',
    'registry.example:5000/prom/prometheus:v4.0.0',
    'prom/prometheus:3.17',
    `prom/prometheus:v3.16.0@sha256:${'a'.repeat(64)}`,
  ])
    t.true(takesRetentionFromConfig(image), image);
  for (const image of [
    'prom/prometheus:v2.42.0',
    'prom/prometheus:v3.9.2',
    'prom/prometheus:latest',
    'prom/prometheus',
    'registry.example:5000/prometheus',
    'registry.example:9.16/prometheus',
    `prom/prometheus@sha256:${'1'.repeat(64)}`,
  ])
    t.false(takesRetentionFromConfig(image), image);
  const retention = { retention: '45d', retentionSize: '2GB' };
  const text = renderPrometheusConfig(
    { scrapeIntervalSeconds: 60, extraScrapeConfigs: [] },
    { mode: 'none' },
    retention,
  );
  t.true(text.includes('storage:\n  tsdb:\n    retention:\n      time: 45d\n      size: 2GB\n'), text);
  t.false(prometheusFlags(undefined, 'https://ops.example').some((flag) => flag.includes('retention')));
});

test('the health check needs a shell only where the image has one', (t) => {
  t.deepEqual(prometheusHealthcheck('prom/prometheus:v3.16.0-distroless'), [
    'CMD',
    'promtool',
    'check',
    'healthy',
    '--url=http://127.0.0.1:9090',
  ]);
  t.deepEqual(prometheusHealthcheck('prom/prometheus:v2.42.0'), [
    'CMD-SHELL',
    'promtool check healthy --url=http://127.0.0.1:9090 >/dev/null 2>&1 || wget -q -O /dev/null http://127.0.0.1:9090/-/healthy',
  ]);
});
