import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import type { Receiver } from '../../infra/settings/receivers.ts';
import type { PostedAlert } from '../support/alertmanager.ts';
import { httpReceiver, startAlertmanager, writeFiles } from '../support/alertmanager.ts';
import { needing, runTool } from '../support/promtool.ts';
import { realNowMs } from '../support/real-clock.ts';

const webhook = (changes: Partial<Extract<Receiver, { type: 'webhook' }>> = {}): Receiver => ({
  type: 'webhook',
  url: 'http://127.0.0.1:1/',
  severities: ['critical', 'warning', 'info'],
  sendResolved: true,
  ...changes,
});

async function written(t: ExecutionContext, config: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-amtool-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return writeFiles({ config, templates: messageTemplates('en') }, folder);
}

const withAmtool = needing(ava, 'amtool');

withAmtool(
  'amtool accepts the configuration without receivers, and with quiet hours, a heartbeat and one of each old type',
  async (t) => {
    const { severities, sendResolved } = { severities: ['critical' as const], sendResolved: true };
    const common = { severities, sendResolved };
    const receivers: Record<string, Receiver> = {
      email: {
        ...common,
        type: 'email',
        to: ['a@example.com', 'b@example.com'],
        from: 'c@example.com',
        smarthost: '[::1]:587',
        username: 'u',
        password: 'p"w: #',
        requireTls: true,
      },
      slack: { ...common, type: 'slack', url: 'https://hooks.slack.com/services/T/B/x', channel: '#ops' },
      telegram: { ...common, type: 'telegram', botToken: '1:a', chatId: -100 },
      discord: { ...common, type: 'discord', url: 'https://discord.com/api/webhooks/1/x' },
      pagerduty: { ...common, type: 'pagerduty', routingKey: 'k'.repeat(32) },
      basic: webhook({ username: 'u', password: 'p' }),
      bearer: webhook({ bearerToken: 't', owners: ['a "b" \\ |'] }),
      wecom: { ...common, type: 'wecom', corpId: 'ww', agentId: '1', secret: 's', toTag: '1' },
      feishu: { ...common, type: 'feishu', url: 'https://open.feishu.cn/x' },
    };
    for (const options of [
      { receivers: {} },
      {
        receivers,
        quietHours: { timeZone: 'Asia/Shanghai', start: '22:00', end: '08:00', weekends: true },
        heartbeatUrl: 'https://heartbeat.example/x',
      },
    ]) {
      const file = await written(t, renderAlertmanagerConfig(options));
      const { code, stdout, stderr } = await runTool('amtool', ['check-config', file]);
      t.is(code, 0, stdout + stderr);
    }
  },
);

/** What an alert's labels are, and who is notified. */
const routes: readonly [string, string][] = [
  ['alertname=BalanceAlertWatchdog severity=none', 'heartbeat'],
  ['alertname=Whatever severity=none', 'null'],
  [
    'alertname=BalanceEmpty severity=critical project=a provider=p account_owner=platform',
    'all,on-call,platform',
  ],
  ['alertname=BalanceLow severity=warning project=a provider=p account_owner=platform', 'all,platform'],
  ['alertname=BalanceLow severity=warning project=a provider=p account_owner=platform-2', 'all'],
  ['alertname=BalanceLow severity=warning project=a provider=p', 'all'],
  ['alertname=BurnUnusual severity=info project=a provider=p account_owner=finance', 'all,platform'],
  ['alertname=BalanceAlertExporterDown severity=critical', 'all,on-call'],
  ['alertname=BalanceAlertTest severity=warning channel=platform', 'test/platform'],
  ['alertname=BalanceAlertTest severity=warning channel=nobody', 'null'],
];

for (const [labels, receivers] of routes) {
  withAmtool(`{${labels}} goes to ${receivers}`, async (t) => {
    const file = await written(
      t,
      renderAlertmanagerConfig({
        receivers: {
          all: webhook(),
          'on-call': webhook({ severities: ['critical'] }),
          platform: webhook({ owners: ['platform', 'finance'] }),
        },
        quietHours: { timeZone: 'UTC', start: '22:00', end: '08:00', weekends: false },
        heartbeatUrl: 'http://127.0.0.1:1/',
      }),
    );
    const { code, stdout, stderr } = await runTool('amtool', [
      'config',
      'routes',
      'test',
      `--config.file=${file}`,
      `--verify.receivers=${receivers}`,
      ...labels.split(' '),
    ]);
    t.is(code, 0, stdout + stderr);
  });
}

const withAlertmanager = needing(ava, 'alertmanager');

const alert = (
  alertname: string,
  severity: string,
  more: Readonly<Record<string, string>> = {},
): PostedAlert => ({
  labels: { alertname, severity, ...more },
});

/** The names of alerts in everything that was sent, once the last of `wanted` is there. */
async function notified(
  t: ExecutionContext,
  alerts: readonly PostedAlert[],
  wanted: readonly string[],
  quietHours?: Parameters<typeof renderAlertmanagerConfig>[0]['quietHours'],
): Promise<readonly string[]> {
  t.timeout(60_000);
  await using http = await httpReceiver();
  const config = renderAlertmanagerConfig({
    receivers: { ops: webhook({ url: `http://127.0.0.1:${http.port}/` }) },
    ...(quietHours === undefined ? {} : { quietHours }),
  }).replaceAll('group_wait: 30s', 'group_wait: 500ms');
  await using alertmanager = await startAlertmanager({ config, templates: messageTemplates('en') });
  await alertmanager.post(alerts);
  const named = (body: string) =>
    [...body.matchAll(/"labels":(\{[^}]*\})/g)].map(([, labels = '']) => {
      const { alertname, severity }: Readonly<Record<string, string>> = JSON.parse(labels);
      return `${alertname} ${severity}`;
    });
  for (const one of wanted) await http.until(({ body }) => named(body).includes(one));
  return [...new Set(http.received.flatMap(({ body }) => named(body)))].toSorted();
}

const usd = { project: 'a', provider: 'p', type: 'balance', unit: 'USD' };

withAlertmanager(
  'a critical alert silences the milder ones on the same balance and subscription, and no others',
  async (t) => {
    const expected = [
      'BalanceEmpty critical',
      'BalanceLow warning',
      'MailboxDown warning',
      'SubscriptionOverdue critical',
    ];
    t.deepEqual(
      await notified(
        t,
        [
          alert('BalanceEmpty', 'critical', usd),
          alert('RunwayShort', 'warning', usd),
          alert('BurnUnusual', 'info', usd),
          alert('BalanceLow', 'warning', { ...usd, unit: 'CNY' }),
          alert('MailboxDown', 'warning', { mailbox: 'm' }),
          alert('SubscriptionOverdue', 'critical', { name: 's', cycle_type: 'monthly' }),
          alert('SubscriptionExpiring', 'warning', { name: 's', cycle_type: 'monthly' }),
        ],
        expected,
      ),
      expected,
    );
  },
);

withAlertmanager(
  'an exporter that is down silences alerts on missing readings, and none on balances',
  async (t) => {
    const expected = ['BalanceAlertExporterDown critical', 'BalanceLow warning'];
    t.deepEqual(
      await notified(
        t,
        [
          alert('BalanceAlertExporterDown', 'critical', { instance: 'e' }),
          alert('AccountStale', 'warning', { project: 'a', provider: 'p' }),
          alert('AccountStale', 'critical', { project: 'b', provider: 'p' }),
          alert('AccountCheckFailing', 'warning', { project: 'a', provider: 'p' }),
          alert('BalanceLow', 'warning', usd),
        ],
        expected,
      ),
      expected,
    );
  },
);

withAlertmanager('in quiet hours only critical alerts are sent', async (t) => {
  // Hours that hold every moment but the minute before the one that is two hours ago.
  const at = (hours: number, minutes = 0) =>
    new Date(realNowMs() - hours * 3_600_000 - minutes * 60_000).toISOString().slice(11, 16);
  const expected = ['BalanceEmpty critical'];
  t.deepEqual(
    await notified(
      t,
      [alert('BalanceEmpty', 'critical', usd), alert('BalanceLow', 'warning', { ...usd, project: 'b' })],
      expected,
      { timeZone: 'UTC', start: at(2), end: at(2, 1), weekends: false },
    ),
    expected,
  );
});
