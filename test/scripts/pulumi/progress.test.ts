import test from 'ava';
import { isWorthShowing } from '../../../scripts/lib/pulumi/progress.ts';

/** Lines as CLI 3.270 writes them without colours and without progress dots. */
const telling = [
  'Updating (local):',
  '',
  ' +  docker:index:Volume balance-alert-grafana-data created (0.03s) ',
  ' +  docker:index:Container balance-alert-grafana-container creating (0s) ',
  ' ++ docker:index:Container balance-alert-exporter-container creating replacement (0s) [diff: ~uploads]',
  ' ++ docker:index:Container balance-alert-exporter-container created replacement (11s) [diff: ~uploads]',
  ' -- docker:index:Container balance-alert-exporter-container deleting original (0s) ',
  ' +  docker:index:Image balance-alert-exporter-image creating (0s) ',
  ' ~  pulumi:providers:grafana balance-alert-grafana-api updated (0.01s) [diff: ~auth]',
  ' -  docker:index:Volume balance-alert-grafana-data deleted (0.04s) ',
  ' +  grafana:oss:Dashboard balance-alert-grafana-dashboard-x creating (0s) error: 1 error occurred:',
  ' ++ docker:index:RemoteImage balance-alert-prometheus-image creating replacement (0s) [diff: ~name]; error: 1 error occurred:',
  '    pulumi:pulumi:Stack balance-alert-local running error: update failed',
  '    pulumi:pulumi:Stack balance-alert-local **failed** 1 error',
  'Diagnostics:',
  '    error: update failed',
  '    23 unchanged',
  'Duration: 5s',
];

const silent = [
  ' ~  docker:index:Volume balance-alert-prometheus-data refreshing (0s) ',
  ' ~  docker:index:Volume balance-alert-prometheus-data refresh (0.23s) ',
  ' ~  docker:index:Volume balance-alert-prometheus-data refreshing ',
  ' ~  docker:index:Image balance-alert-exporter-image refresh ',
  '    docker:index:Volume balance-alert-prometheus-data  ',
  '    pulumi:pulumi:Stack balance-alert-local running ',
  ' +  random:index:RandomId balance-alert-grafana-generation creating (0s) ',
  ' +- random:index:RandomId balance-alert-grafana-generation replacing (0s) ',
  ' +- random:index:RandomId balance-alert-grafana-generation replaced (0.00s) ',
  ' ++ docker:index:Volume balance-alert-grafana-data creating replacement (0s) ',
  ' -- grafana:oss:Folder balance-alert-grafana-folder deleting original (0s) ',
  ' +  docker:index:Image balance-alert-exporter-image creating (0s) digest: sha256:82372b325aa7',
  '@ updating......',
  '    pulumi:pulumi:Stack balance-alert-local running Undefined value (caCertificate) will not show as a stack output.',
  '    Undefined value (caCertificate) will not show as a stack output.',
  '@ previewing update....',
];

for (const line of telling) {
  test(`shown: ${line.trim() === '' ? 'an empty line' : line.trim()}`, (t) => {
    t.true(isWorthShowing(line));
  });
}

for (const line of silent) {
  test(`left out: ${line.trim()}`, (t) => {
    t.false(isWorthShowing(line));
  });
}

test('colours make no difference', (t) => {
  t.false(
    isWorthShowing(
      '\u001b[33m ~  \u001b[0mdocker:index:Volume v \u001b[33mrefreshing (0s)\u001b[0m \u001b[0m',
    ),
  );
  t.true(isWorthShowing('\u001b[32m +  \u001b[0mdocker:index:Volume v \u001b[32mcreated (0s)\u001b[0m'));
});
