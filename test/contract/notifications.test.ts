import ava from 'ava';
import type { AlertmanagerConfigOptions } from '../../infra/render/alertmanager.ts';
import { renderAlertmanagerConfig } from '../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../infra/render/messages.ts';
import type { PostedAlert, Receiver } from '../support/alertmanager.ts';
import { httpReceiver, mailReceiver, startAlertmanager } from '../support/alertmanager.ts';
import { builtInReceivers, textsSentTo } from '../support/channels.ts';
import { needing } from '../support/promtool.ts';
import { realNowMs } from '../support/real-clock.ts';
import { until } from '../support/until.ts';

const test = needing(ava, 'alertmanager', 'amtool');

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

/** The text of the message that has the mark, by channel. */
async function messages(
  http: Receiver,
  smtp: Receiver,
  names: readonly string[],
  mark: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of names)
    found.set(name, await until(() => textsSentTo(name, http, smtp).find((text) => text.includes(mark))));
  return found;
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
    const all = builtInReceivers(http.port, smtp.port);
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

const renewal = (alertname: string, facts: Readonly<Record<string, string>>): PostedAlert => ({
  labels: { alertname, severity: 'warning', name: `Domain-${alertname}`, cycle_type: 'monthly' },
  annotations: {
    summary: 'A subscription is due and not marked as paid.',
    description: 'Domain renews.',
    amount: '12.00 EUR',
    due_date: '2026-11-30',
    dashboard_url: 'https://grafana.example/d/balance-alert-subscriptions?var-subscription=Domain',
    runbook_url: `https://status.example/runbooks/${alertname}`,
    status_url: 'https://status.example/#renewals',
    ...facts,
  },
});

for (const [language, due, overdue] of [
  ['en', 'Renews in: 2 days (2026-11-30)', 'Overdue since: 2026-11-30'],
  ['zh', '距续费：2 天 (2026-11-30)', '逾期自：2026-11-30'],
] as const) {
  test(`in ${language}, a reminder of a renewal has its due date and leads to the status page, where it can be marked as paid`, async (t) => {
    t.timeout(120_000);
    await using http = await httpReceiver();
    await using smtp = await mailReceiver();
    const all = builtInReceivers(http.port, smtp.port);
    await using alertmanager = await startAlertmanager({
      config: quick({ receivers: all }),
      templates: messageTemplates(language),
    });
    const names = Object.keys(all).filter((name) => name !== 'webhook');
    for (const [alertname, facts, line] of [
      ['SubscriptionExpiring', { renews_in_days: '2' }, due],
      ['SubscriptionOverdue', {}, overdue],
    ] as const) {
      await alertmanager.post([renewal(alertname, facts)]);
      for (const [name, said] of await messages(http, smtp, names, `Domain-${alertname}`)) {
        t.true(said.includes(line), `${name}: ${line}\n${said}`);
        t.true(said.includes('https://status.example/#renewals'), `${name}\n${said}`);
        t.false(said.includes('signature='), name);
      }
    }
    t.false(/level=(error|ERROR)/.test(alertmanager.log()), alertmanager.log());
  });
}
