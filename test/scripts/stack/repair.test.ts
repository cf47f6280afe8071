import type { ExecutionContext } from 'ava';
import test from 'ava';
import { emptyState } from '../../../scripts/lib/pulumi/state.ts';
import { repair } from '../../../scripts/lib/stack/repair.ts';
import { openSession } from '../../../scripts/lib/stack/session.ts';
import { settingsOf } from '../../infra/settings/source.ts';
import type { Answer } from '../docker/http.ts';
import { listed, testSession } from './session-support.ts';

const gone: Answer = { status: 204, body: '' };
const refresh =
  'refresh --clear-pending-creates --yes --skip-preview --suppress-outputs --stack test --non-interactive';

async function repaired(
  t: ExecutionContext,
  engine: Readonly<Record<string, Answer>>,
  pending: readonly string[],
  skip: readonly string[] = [],
) {
  const support = await testSession(t, { engine, cli: { cancel: {}, refresh: {} } });
  const session = await openSession(support.options);
  await repair({
    session,
    engine: support.engine,
    facts: {
      info: await support.engine.info(),
      containers: await support.engine.containers(),
      volumes: await support.engine.volumes(),
      networks: await support.engine.networks(),
    },
    settings: settingsOf(),
    state: { ...emptyState, pending: pending.map((urn) => ({ type: 'creating', urn })) },
    skip,
  });
  return {
    said: support.said,
    asked: (await support.asked()).slice(1),
    removed: support.server.asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path),
  };
}

test('the lock goes first, then unfinished entries, then containers before what they use', async (t) => {
  const labels = { 'balance-alert.stack': 'test' };
  const { said, asked, removed } = await repaired(
    t,
    {
      'GET /containers/json?all=true': { body: [listed('balance-alert-exporter', 'test', { Id: 'c' })] },
      'GET /volumes': {
        body: {
          Volumes: [
            { Name: 'balance-alert-prometheus', Labels: labels },
            { Name: 'balance-alert-grafana', Labels: labels },
          ],
        },
      },
      'GET /networks': { body: [{ Id: 'n', Name: 'balance-alert', Labels: labels }] },
      'POST /containers/c/stop?t=10': gone,
      'DELETE /containers/c?force=true&v=true': gone,
      'DELETE /networks/n': gone,
      'DELETE /volumes/balance-alert-grafana': gone,
    },
    ['urn::exporter'],
    ['--exclude', '**grafana:oss**'],
  );
  t.deepEqual(asked, [
    'cancel --yes test --non-interactive',
    refresh.replace(' --non-interactive', ' --exclude **grafana:oss** --non-interactive'),
  ]);
  t.deepEqual(removed, ['/containers/c?force=true&v=true', '/networks/n', '/volumes/balance-alert-grafana']);
  t.deepEqual(said, [
    'Cleaning up after a killed run',
    '  removed the container balance-alert-exporter',
    '  removed the network balance-alert',
    '  removed the volume balance-alert-grafana',
  ]);
});

test('where nothing was left, the lock alone is looked at', async (t) => {
  const { said, asked, removed } = await repaired(t, {}, []);
  t.deepEqual(asked, ['cancel --yes test --non-interactive']);
  t.deepEqual(removed, []);
  t.is(said.at(-1), '  nothing to clean up');
});
