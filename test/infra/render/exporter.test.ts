import test from 'ava';
import { exporterFiles } from '../../../infra/render/exporter.ts';

test('the account file is no secret, and each secret is a file of its name', (t) => {
  t.deepEqual(exporterFiles('accounts: []\n', { B_KEY: 'b', 'a.key': 'a' }), [
    { path: '/etc/balance-alert/config.yaml', content: 'accounts: []\n', secret: false },
    { path: '/run/secrets/B_KEY', content: 'b', secret: true },
    { path: '/run/secrets/a.key', content: 'a', secret: true },
  ]);
});
