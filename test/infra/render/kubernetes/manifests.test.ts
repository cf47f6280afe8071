import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import test from 'ava';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { parse, parseAllDocuments } from 'yaml';
import { dashboards } from '../../../../dashboards/index.ts';
import { renderManifests } from '../../../../infra/render/kubernetes/manifests.ts';
import type { ManifestOptions } from '../../../../infra/render/kubernetes/options.ts';
import { configMap } from '../../../../infra/render/kubernetes/parts.ts';
import { ruleGroups } from '../../../../rules/index.ts';

const options: ManifestOptions = {
  namespace: 'ops',
  image: 'registry.example/balance-alert:1.2.3',
  accounts: 'accounts:\n  - { name: a, provider: openrouter, options: { key: { secret: OPENROUTER } } }\n',
  secretNames: ['OPENROUTER'],
  secret: 'balance-alert-secrets',
  storage: { size: '1Gi' },
  shards: 1,
  scrapeIntervalSeconds: 60,
  prometheusNamespace: 'monitoring',
  egressPorts: [3128],
  language: 'en',
  links: { grafana: 'https://grafana.example', status: 'https://status.example' },
  operator: { labels: { release: 'prometheus' } },
  grafanaNamespace: 'grafana',
  relay: {
    config: 'channels: []\n',
    secretNames: ['ops.url', 'ops.secret'],
    alertmanagerNamespace: 'monitoring',
  },
};

interface Rendered {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** The objects in the files, as an API server would read them. */
function objects(given: ManifestOptions = options): readonly Rendered[] {
  return [...renderManifests(given)].flatMap(([file, text]) =>
    file === 'kustomization.yaml' ? [] : parseAllDocuments(text).map((one): Rendered => one.toJS()),
  );
}

/** The schemas of Kubernetes' OpenAPI document and of the operator's custom resources. */
const models = {
  ConfigMap,
  Deployment,
  NetworkPolicy,
  PersistentVolumeClaim,
  PrometheusRule,
  Service,
  ServiceMonitor,
};

function validate(object: Rendered): void {
  const Model = Object.entries(models).find(([kind]) => kind === object.kind)?.[1];
  if (Model === undefined) throw new Error(`no schema for ${object.kind}`);
  // A model's data is what the schema is about to judge.
  const model: { validate(): void } = Reflect.construct(Model, [object]);
  model.validate();
}

for (const [title, given] of [
  ['everything', options],
  [
    'without operator, relay and secrets',
    { ...options, operator: undefined, relay: undefined, secretNames: [] },
  ],
  [
    'three shards, a storage class, Chinese',
    {
      ...options,
      shards: 3,
      language: 'zh',
      storage: { size: '5Gi', className: 'fast' },
    },
  ],
] as const satisfies readonly (readonly [string, ManifestOptions])[]) {
  test(`every object is valid by the schema of its kind: ${title}`, (t) => {
    const all = objects(given);
    t.true(all.length >= 9);
    for (const one of all) t.notThrows(() => validate(one), `${one.kind} ${one.metadata.name}`);
  });
}

test('the schemas find what is wrong', (t) => {
  const deployment = objects().find(({ kind }) => kind === 'Deployment');
  if (deployment === undefined) throw new Error('expected a Deployment');
  t.throws(() => validate({ ...deployment, spec: { ...Object(deployment['spec']), replicas: 'one' } }));
  t.throws(() => validate({ ...deployment, spec: { replicas: 1 } }));
  t.throws(() => validate({ ...deployment, kind: 'PrometheusRule', spec: { groups: [{ rules: [] }] } }));
});

test('names are unique for their kind, and everything is in its namespace', (t) => {
  const all = objects({ ...options, shards: 3 });
  const names = all.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  t.deepEqual(
    names.filter((name, index) => names.indexOf(name) < index),
    [],
  );
  for (const { kind, metadata } of all) {
    t.is(metadata.namespace, metadata.labels['grafana_dashboard'] === '1' ? 'grafana' : 'ops', kind);
    t.regex(metadata.name, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  }
});

const podsOf = (all: readonly Rendered[]) =>
  all.filter(({ kind }) => kind === 'Deployment').map((one) => new Deployment(Object(one)));

test('every pod runs without root, without a writable root file system and without the API server', (t) => {
  const deployments = podsOf(objects());
  t.is(deployments.length, 2);
  for (const { spec } of deployments) {
    const pod = spec?.template.spec;
    t.is(pod?.automountServiceAccountToken, false);
    t.is(pod?.securityContext?.runAsNonRoot, true);
    t.is(pod?.securityContext?.runAsUser, 10_001);
    t.deepEqual(pod?.securityContext?.seccompProfile, { type: 'RuntimeDefault' });
    for (const container of pod?.containers ?? []) {
      t.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe])
        t.truthy(probe?.httpGet);
      t.truthy(container.resources?.limits?.['memory']);
      t.truthy(container.resources?.requests?.['cpu']);
      // What is written is in a volume.
      t.true(
        container.volumeMounts?.some(
          ({ mountPath, readOnly }) => mountPath === '/var/lib/balance-alert' && readOnly !== true,
        ),
      );
    }
    t.deepEqual(spec?.strategy, { type: 'Recreate' });
  }
});

test('secrets are referred to by the keys that the files name, and none is rendered', (t) => {
  const all = objects();
  t.false(all.some(({ kind }) => kind === 'Secret'));
  const items = podsOf(all).map(
    ({ spec }) => spec?.template.spec?.volumes?.find(({ name }) => name === 'secrets')?.secret,
  );
  t.deepEqual(
    items.map((secret) => [secret?.secretName, secret?.items?.map(({ key }) => key)]),
    [
      ['balance-alert-secrets', ['OPENROUTER']],
      ['balance-alert-secrets', ['ops.secret', 'ops.url']],
    ],
  );
});

test('services and monitors select the pods, and the jobs have the names that rules and dashboards know', (t) => {
  const all = objects({ ...options, shards: 2 });
  const byKind = (wanted: string) => all.filter(({ kind }) => kind === wanted);
  const podLabels = podsOf(all).map(({ spec }) => spec?.template.metadata?.labels ?? {});
  const isSubset = (part: object, whole: object) =>
    Object.entries(part).every(([key, value]) => Reflect.get(whole, key) === value);
  const selected = byKind('Service').map((one) => {
    const { spec } = new Service(Object(one));
    return podLabels.filter((labels) => isSubset(spec?.selector ?? {}, labels)).length;
  });
  t.deepEqual(selected, [2, 1]);
  const jobs = byKind('ServiceMonitor').map((one) => {
    const { spec } = new ServiceMonitor(Object(one));
    const services = byKind('Service').filter(({ metadata }) =>
      isSubset(spec.selector.matchLabels ?? {}, metadata.labels),
    );
    const ports = services.flatMap((service) => new Service(Object(service)).spec?.ports ?? []);
    t.true(ports.some(({ name }) => name === spec.endpoints?.[0]?.port));
    return services.map(({ metadata }) => metadata.labels[spec.jobLabel ?? '']);
  });
  t.deepEqual(jobs, [['balance-alert'], ['balance-alert-relay']]);
});

test('every rule is there, with the links of the flags and the label that Prometheus selects by', (t) => {
  const found = objects().filter(({ kind }) => kind === 'PrometheusRule');
  const rules = found.flatMap((one) => {
    t.is(one.metadata.labels['release'], 'prometheus');
    return new PrometheusRule(Object(one)).spec.groups?.flatMap((group) => group.rules ?? []) ?? [];
  });
  t.is(rules.length, ruleGroups().flatMap((group) => group.rules).length);
  const runbooks = rules.flatMap(({ annotations }) => annotations?.['runbook_url'] ?? []);
  t.true(runbooks.length > 10);
  t.true(runbooks.every((link) => link.startsWith('https://status.example/runbooks/')));
});

test('each dashboard is a ConfigMap that Grafana’s sidecar finds, whole and below a megabyte', (t) => {
  const maps = objects().filter(({ metadata }) => metadata.labels['grafana_dashboard'] === '1');
  t.is(maps.length, dashboards('en').length);
  for (const one of maps) {
    const { data = {} } = new ConfigMap(Object(one));
    const [[file = '', json = ''] = []] = Object.entries(data);
    const dashboard: { uid: string; panels: unknown[] } = JSON.parse(json);
    t.is(file, `${dashboard.uid}.json`);
    t.true(dashboard.panels.length > 3);
    t.true(Buffer.byteLength(json) < 1_048_576);
  }
});

test('content that the API would refuse for its size is refused here', (t) => {
  t.throws(() => configMap({ name: 'x', namespace: 'n' }, { 'config.yaml': 'x'.repeat(1_048_577) }), {
    instanceOf: RangeError,
    message: /the ConfigMap x would have 1048588 bytes: expected at most 1048576/,
  });
});

test('the network policy lets in who scrapes, and out where vendors and mail servers are', (t) => {
  const [exporter, relay] = objects()
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map((one) => new NetworkPolicy(Object(one)).spec);
  t.deepEqual(exporter?.ingress?.[0], {
    ports: [{ protocol: 'TCP', port: 9100 }],
    from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
  });
  t.deepEqual(
    exporter?.egress?.[1]?.ports?.map(({ port }) => port),
    [443, 993, 3128],
  );
  t.deepEqual(exporter?.egress?.[1]?.to?.[0]?.ipBlock?.except, ['169.254.0.0/16']);
  t.deepEqual(relay?.ingress?.[0]?.ports, [{ protocol: 'TCP', port: 9110 }]);
});

test('shards share the account file and nothing else, and each is told which one it is', (t) => {
  const all = objects({ ...options, relay: undefined, shards: 3 });
  const pods = podsOf(all);
  t.deepEqual(
    pods.map(({ spec }) => spec?.template.spec?.containers[0]?.args),
    [1, 2, 3].map((shard) => ['serve', `--poll.shard=${shard}/3`]),
  );
  const claims = pods.map(
    ({ spec }) =>
      spec?.template.spec?.volumes?.find(({ name }) => name === 'data')?.persistentVolumeClaim?.claimName,
  );
  t.deepEqual(claims, ['balance-alert-0', 'balance-alert-1', 'balance-alert-2']);
  t.is(all.filter(({ kind }) => kind === 'PersistentVolumeClaim').length, 3);
});

test('the kustomization lists every other file', (t) => {
  const files = renderManifests(options);
  const kustomization: { resources: string[] } = parse(files.get('kustomization.yaml') ?? '');
  t.deepEqual(
    kustomization.resources,
    [...files.keys()].filter((file) => file !== 'kustomization.yaml').toSorted(),
  );
});

test('the same options give the same bytes', (t) => {
  t.deepEqual([...renderManifests(options)], [...renderManifests(structuredClone(options))]);
});
