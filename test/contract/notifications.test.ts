import ava from 'ava';
import type { AlertmanagerConfigOptions } from '../../infra/render/alertmanager.ts';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import type { Receiver as Settings } from '../../infra/settings/receivers.ts';
import type { PostedAlert, Receiver } from '../support/alertmanager.ts';
import { httpReceiver, mailReceiver, startAlertmanager } from '../support/alertmanager.ts';
import { needing, runTool } from '../support/promtool.ts';
import { realNowMs } from '../support/real-clock.ts';

const test = needing(ava, 'alertmanager', 'amtool');

const { stdout: version } = await runTool('amtool', ['--version']).catch(() => ({ stdout: '' }));
/** Types of receivers that Alertmanager has only had since 0.28 (Teams by workflow) and later (Mattermost). */
const isOld = /version 0\.2[0-7]\./.test(version);

const common = { severities: ['critical', 'warning', 'info'], sendResolved: true } as const;

/** A receiver of each type, with everything that is sent ending on loopback. */
function receivers(http: number, smtp: number): Readonly<Record<string, Settings>> {
  const url = (path: string) => `http://127.0.0.1:${http}/${path}`;
  const settings = { ...common, severities: [...common.severities] };
  return {
    email: {
      ...settings,
      type: 'email',
      to: ['ops@example.com'],
      from: 'balance-alert@example.com',
      smarthost: `127.0.0.1:${smtp}`,
      requireTls: false,
    },
    slack: { ...settings, type: 'slack', url: url('slack'), channel: '#ops' },
    telegram: { ...settings, type: 'telegram', botToken: '1:t', chatId: -100, apiUrl: url('telegram') },
    discord: { ...settings, type: 'discord', url: url('discord') },
    pagerduty: { ...settings, type: 'pagerduty', routingKey: 'k'.repeat(32), apiUrl: url('pagerduty') },
    webhook: { ...settings, type: 'webhook', url: url('webhook') },
    wecom: {
      ...settings,
      type: 'wecom',
      corpId: 'ww1',
      agentId: '1000002',
      secret: 's',
      toUser: '@all',
      apiUrl: url('wecom'),
    },
    ...(isOld
      ? {}
      : {
          msteams: { ...settings, type: 'msteams', url: url('msteams') },
          mattermost: { ...settings, type: 'mattermost', url: url('mattermost') },
        }),
  };
}

/** As rendered, but without the waits that gather alerts. */
const quick = (options: AlertmanagerConfigOptions) =>
  renderAlertmanagerConfig(options)
    .replaceAll('group_wait: 30s', 'group_wait: 10ms')
    .replaceAll('group_interval: 5m', 'group_interval: 200ms');

const low: PostedAlert = {
  labels: {
    alertname: 'BalanceLow',
    severity: 'warning',
    project: 'team <b>*a*</b> & @everyone\nnext',
    provider: 'openrouter',
    type: 'balance',
    unit: 'USD',
    account_owner: 'platform',
  },
  annotations: {
    summary: 'A balance is below its threshold.',
    description: 'The balance is low.',
    left: '42.50',
    threshold: '100.00',
    days_left: '3.2',
    runs_dry: '2026-11-30',
    dashboard_url: 'https://grafana.example/d/balance-alert-accounts?var-project=a&b',
    runbook_url: 'https://status.example/runbooks/BalanceLow',
    console_url: 'https://console.example/credits?a=1&b=2',
  },
};

const decodeMail = (body: string): string =>
  Buffer.from(
    body
      .replaceAll(/=\r?\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** The text of a message, however the channel wraps it. */
async function messages(
  http: Receiver,
  smtp: Receiver,
  names: readonly string[],
  mark: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of names) {
    if (name === 'email') {
      const mail = await smtp.until(({ body }) => decodeMail(body).includes(mark));
      found.set(name, decodeMail(mail.body));
    } else {
      const { body } = await http.until(
        ({ path, body: sent }) => path.startsWith(`/${name}`) && decoded(sent).includes(mark),
      );
      found.set(name, decoded(body));
    }
  }
  return found;
}

/** JSON's escapes taken back, so that texts can be compared. */
function decoded(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    return strings(value).join('\n');
  } catch {
    return decodeURIComponent(body.replaceAll('+', ' '));
  }
}

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

const expected = {
  en: {
    what: 'Balance is below its threshold',
    left: 'Left: 42.50 USD (threshold 100.00)',
    lasts: 'Lasts: 3.2 days (until 2026-11-30)',
    owner: 'Owner: platform',
    action: 'To do: Top up, or adjust the threshold.',
    resolved: 'Resolved: Balance is below its threshold',
  },
  zh: {
    what: '余额低于阈值',
    left: '剩余：42.50 USD (阈值 100.00)',
    lasts: '预计可用：3.2 天 (预计用尽日期 2026-11-30)',
    owner: '负责人：platform',
    action: '处理：请充值，或调整阈值。',
    resolved: '已恢复：余额低于阈值',
  },
} as const;

for (const language of ['en', 'zh'] as const) {
  test(`in ${language}, every channel gets the problem, the remaining amount, the date, the owner, the action, and the resolution`, async (t) => {
    t.timeout(120_000);
    await using http = await httpReceiver();
    await using smtp = await mailReceiver();
    const all = receivers(http.port, smtp.port);
    await using alertmanager = await startAlertmanager({
      config: quick({ receivers: all }),
      templates: messageTemplates(language),
    });
    await alertmanager.post([low]);
    const reported = Object.keys(all).filter((name) => name !== 'webhook');
    const words = expected[language];
    const firing = await messages(http, smtp, reported, words.what);
    for (const [name, said] of firing) {
      for (const part of [words.what, words.left, words.lasts, words.action, words.owner]) {
        t.true(said.includes(part), `${name}: ${part}\n${said}`);
      }
      t.regex(said, /https:\/\/grafana\.example\/d\/balance-alert-accounts/, name);
      // PagerDuty gets the labels themselves besides.
      if (name !== 'pagerduty')
        t.false(said.includes('\nnext'), `${name}: the name's line break is still there\n${said}`);
      t.false(said.includes('<no value>'), said);
    }
    for (const name of ['slack', 'telegram'])
      t.false(
        firing.get(name)?.includes('<b>*a*</b>'),
        `markup of a name is in the message\n${firing.get(name)}`,
      );
    t.false(firing.get('discord')?.includes('@everyone'), firing.get('discord'));
    for (const [name, said] of firing) t.log(`${language} ${name}:\n${said}`);

    await alertmanager.post([{ ...low, endsAt: new Date(realNowMs() - 1000).toISOString() }]);
    const resolved = await messages(
      http,
      smtp,
      reported.filter((name) => name !== 'pagerduty'),
      words.resolved,
    );
    for (const [name, said] of resolved) {
      t.true(said.includes(`✅ ${words.resolved}`), `${name}\n${said}`);
      t.false(said.includes('42.50'), `${name} repeats an old balance\n${said}`);
    }
    t.regex(
      (await http.until(({ path, body }) => path === '/pagerduty' && body.includes('"resolve"'))).body,
      /"event_action":"resolve"/,
    );
    t.false(/level=(error|ERROR)/.test(alertmanager.log()), alertmanager.log());
  });
}
