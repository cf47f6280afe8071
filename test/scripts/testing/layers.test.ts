import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import test from 'ava';
import { assign, filesByLayer, layers, whyAccepted } from '../../../scripts/lib/testing/layers.ts';

const root = resolve(import.meta.dirname, '../../..');

function layerOf(file: string): string | undefined {
  for (const [layer, files] of assign([file])) {
    if (files.includes(file)) return layer;
  }
  return undefined;
}

for (const [file, layer] of [
  ['test/exporter/config/duration.test.ts', 'unit'],
  ['test/infra/render/names.test.ts', 'unit'],
  ['test/dashboards/overview.test.ts', 'unit'],
  ['test/scripts/testing/layers.test.ts', 'unit'],
  ['test/exporter/mail/classify/classifier.test.ts', 'unit'],
  ['test/exporter/storage/crash.test.ts', 'long'],
  ['test/exporter/storage/record-store.test.ts', 'unit'],
  ['test/exporter/mail/dovecot.test.ts', 'mail'],
  ['test/contract/exposition.test.ts', 'contract'],
  ['test/rules/burn.test.ts', 'contract'],
  ['test/rules/generated.test.ts', 'unit'],
  ['test/page/status-page.test.ts', 'page'],
  ['test/program/program.test.ts', 'program'],
  ['test/stack/stack.test.ts', 'stack'],
  ['test/e2e/stack.test.ts', 'e2e'],
] as const) {
  test(`${file} is of the layer ${layer}`, (t) => {
    t.is(layerOf(file), layer);
  });
}

test('a file of no layer is refused by name, so that nothing is left out in silence', (t) => {
  const error = t.throws(() => assign(['test/elsewhere/a.test.ts', 'test/page/b.test.ts', 'test/c.test.ts']));
  t.is(error.message, 'test files that belong to no layer');
  t.deepEqual(Reflect.get(error, 'hints'), [
    'test/elsewhere/a.test.ts',
    'test/c.test.ts',
    'assign them in scripts/lib/testing/layers.ts',
  ]);
});

test('every test file of this checkout is in exactly one layer, and every layer has files', (t) => {
  const assigned = filesByLayer(root);
  const files = [...assigned.values()].flat();
  t.is(new Set(files).size, files.length);
  t.true(files.includes('test/scripts/testing/layers.test.ts'));
  for (const file of files) t.true(existsSync(resolve(root, file)), file);
  t.deepEqual(
    [...assigned.keys()],
    layers.map(({ name }) => name),
  );
  for (const [layer, its] of assigned) t.true(its.length > 0, `${layer} has no test`);
});

test('only a named lack of the Pulumi CLI, of vmalert, of a discovery, of a proxy, of Docker’s client or of Grafana’s image is accepted in a strict run', (t) => {
  t.regex(whyAccepted('contract', 'burn [needs victoria-metrics, vmalert]') ?? '', /optional/);
  t.regex(whyAccepted('contract', 'samples arrive [needs victoria-metrics]') ?? '', /optional/);
  t.is(whyAccepted('contract', 'burn [needs promtool, vmalert]'), undefined);
  t.regex(
    whyAccepted('contract', 'up [needs a Prometheus with Consul discovery]') ?? '',
    /leaves these discoveries out/,
  );
  t.regex(whyAccepted('contract', 'served below one name [needs nginx]') ?? '', /servers of their own/);
  t.is(whyAccepted('contract', 'served below one name [needs nginx, prometheus]'), undefined);
  t.regex(whyAccepted('stack', 'restored [needs the Docker CLI]') ?? '', /client/);
  t.regex(whyAccepted('e2e', 'it comes up [needs the Pulumi CLI]') ?? '', /Pulumi CLI/);
  t.regex(whyAccepted('stack', 'Grafana is healthy [needs the image of Grafana]') ?? '', /Grafana/);
});

for (const [layer, title] of [
  ['e2e', 'it comes up'],
  ['stack', 'all containers are healthy [needs a Docker engine]'],
  ['stack', 'Grafana is healthy [needs the image of Grafana] and more'],
  ['contract', 'Grafana is healthy [needs the image of Grafana]'],
  ['mail', 'a mail is counted once [needs dovecot]'],
  ['unit', 'certificates [needs openssl]'],
  ['long', 'certificates [needs openssl]'],
] as const) {
  test(`a skip of “${title}” in ${layer} is not accepted`, (t) => {
    t.is(whyAccepted(layer, title), undefined);
  });
}
