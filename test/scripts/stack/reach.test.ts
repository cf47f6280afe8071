import { readFileSync } from 'node:fs';
import test from 'ava';
import {
  programEnvironment,
  sshCallOf,
  tunnelCommand,
  withTunnels,
} from '../../../scripts/lib/stack/reach.ts';
import { settingsOf } from '../../infra/settings/source.ts';

const environment = { BALANCE_ALERT_TUNNELS: 'open' };
const over = (values: Readonly<Record<string, unknown>>) => settingsOf(values, { environment });

test('the command for people forwards each port to the same one here, and is the one in the documentation', (t) => {
  const command = tunnelCommand(over({ 'docker:host': 'ssh://me@monitor.example' }));
  t.is(
    command,
    'ssh -N -L 8080:127.0.0.1:8080 -L 9100:127.0.0.1:9100 -L 9090:127.0.0.1:9090 -L 9093:127.0.0.1:9093 -L 3000:127.0.0.1:3000 me@monitor.example',
  );
  const text = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  t.true(text.includes(`\n${command}\n`));
});

test("the command takes the user's own options, quoted for a shell, and an address of IPv6 in brackets", (t) => {
  t.is(
    tunnelCommand(
      over({
        'docker:host': 'ssh://me@monitor.example:2222',
        'docker:sshOpts': ['-i', '/home/me/my key'],
        bindAddress: '::1',
        prometheus: { mode: 'none' },
        alertmanager: { mode: 'none' },
        grafana: { mode: 'none' },
      }),
    ),
    "ssh -N -L '8080:[::1]:8080' -L '9100:[::1]:9100' -i '/home/me/my key' -p 2222 me@monitor.example",
  );
});

test('where nothing needs a tunnel there is no command, and what is to be done is done without one', async (t) => {
  const said: string[] = [];
  const print = (text: string) => {
    said.push(text);
  };
  const console = { step: print, line: print, warn: print };
  for (const settings of [
    over({}),
    over({ 'docker:host': 'ssh://me@host.example', bindAddress: '10.0.0.5', allowOpen: 'true' }),
  ]) {
    t.is(tunnelCommand(settings), undefined);
    t.is(await withTunnels(settings, console, async () => 5), 5);
  }
  t.deepEqual(said, []);
});

test('the machine that is asked over ssh is that of the tunnel, else the engine', (t) => {
  t.is(sshCallOf(over({}))?.address.host, undefined);
  t.is(sshCallOf(over({ 'docker:host': 'ssh://me@host.example' }))?.address.host, 'host.example');
  const values = { 'docker:host': 'tcp://10.0.0.5:2376', tunnel: 'ssh://me@bastion.example' };
  t.is(sshCallOf(over(values))?.address.host, 'bastion.example');
});

test('the program is told everything that only the engine knows', (t) => {
  t.deepEqual(programEnvironment({ id: 'E', version: '27.0', api: '1.47', platform: 'linux/arm64' }), {
    BALANCE_ALERT_ENGINE_ID: 'E',
    BALANCE_ALERT_ENGINE_API: '1.47',
    BALANCE_ALERT_ENGINE_PLATFORM: 'linux/arm64',
    BALANCE_ALERT_TUNNELS: 'open',
  });
});
