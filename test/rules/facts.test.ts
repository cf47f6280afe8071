import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { renderRules } from '../../rules/index.ts';
import { needing, runTool } from '../support/promtool.ts';

const test = needing(ava, 'promtool');

const ruleFileSchema = z.object({
  groups: z.array(
    z.looseObject({
      name: z.string(),
      rules: z.array(
        z.looseObject({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          labels: z.record(z.string(), z.string()).optional(),
          annotations: z.looseObject({ description: z.string() }).optional(),
        }),
      ),
    }),
  ),
});

type RuleFile = z.infer<typeof ruleFileSchema>;

/** The alert, and all that is recorded for it or for its text, step by step; the other rules would only cost time. */
function onlyFor(alertname: string, files: readonly RuleFile[]): readonly RuleFile[] {
  const rules = files.flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const kept = new Set(rules.filter(({ alert }) => alert === alertname));
  for (let before = -1; before < kept.size; ) {
    before = kept.size;
    const read = JSON.stringify([...kept]);
    for (const rule of rules) if (rule.record !== undefined && read.includes(rule.record)) kept.add(rule);
  }
  return files.map((file) => ({
    ...file,
    groups: file.groups.map((group) => ({ ...group, rules: group.rules.filter((rule) => kept.has(rule)) })),
  }));
}

const account = 'project="a \\"b\\"",provider="openrouter"';
const balance = `${account},type="balance",unit="USD",instance="e:9100",job="balance-alert"`;
const subscription = 'name="Cursor",cycle_type="monthly",instance="e:9100",job="balance-alert"';
const info = (owner: string) =>
  `balance_alert_account_info{${account},account_owner="${owner}",console_url="https://console.example/",instance="e:9100",job="balance-alert"}`;

/** What promtool prints of all firing alerts of a name, where they are expected to be none. */
async function firing(
  alertname: string,
  at: string,
  series: Readonly<Record<string, string>>,
  // The other groups would only cost time.
  groups = alertname.startsWith('Subscription') ? /subscriptions/ : /recording|burn|checks|accounts/,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-facts-'));
  try {
    const rendered = renderRules().filter(({ name }) => groups.test(name));
    const names = rendered.map(({ name }) => name);
    const files = onlyFor(
      alertname,
      rendered.map(({ yaml }) => ruleFileSchema.parse(parse(yaml))),
    );
    for (const [index, file] of files.entries())
      await writeFile(join(folder, names[index] ?? ''), stringify(file, { lineWidth: 0 }));
    const evaluated = files
      .flatMap((file) => file.groups.map(({ name }) => name))
      // The text of an alert reads the runway of the evaluation before, which promtool puts further back than Prometheus looks.
      .sort((left, right) => Number(left.endsWith('.accounts')) - Number(right.endsWith('.accounts')));
    await writeFile(
      join(folder, 'test.yaml'),
      stringify({
        rule_files: names,
        evaluation_interval: '10m',
        group_eval_order: evaluated,
        tests: [
          {
            interval: '10m',
            input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
            alert_rule_test: [{ eval_time: at, alertname, exp_alerts: [] }],
          },
        ],
      }),
    );
    const { stdout, stderr } = await runTool('promtool', ['test', 'rules', 'test.yaml'], folder);
    return stdout + stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const up = { 'up{instance="e:9100",job="balance-alert"}': '1x2000' };

test('an alert on a balance carries what is left, the threshold, how long it lasts, the owner and the console', async (t) => {
  const said = await firing('BalanceLow', '5d', {
    ...up,
    [`balance_alert_balance{${balance}}`]: '1000-1x720',
    [`balance_alert_threshold{${balance}}`]: '500x720',
    [`balance_alert_status{${balance}}`]: '1x500 0x220',
    [`balance_alert_account_up{${account},instance="e:9100",job="balance-alert"}`]: '1x720',
    [info('platform')]: '1x720',
  });
  t.regex(said, /account_owner="platform"/, said);
  t.regex(said, /console_url="https:\/\/console\.example\/"/);
  t.regex(said, /left="280\.00"/);
  t.regex(said, /threshold="500\.00"/);
  t.regex(said, /days_left="1\.9"/);
  t.regex(said, /runs_dry="1970-01-07"/);
});

test('the owner stays on an alert that is held while no exporter answers, and an owner of old is not taken', async (t) => {
  const said = await firing('BalanceLow', '2d', {
    'up{instance="e:9100",job="balance-alert"}': '1x200 0x200',
    [`balance_alert_balance{${balance}}`]: '10x200 stale',
    [`balance_alert_threshold{${balance}}`]: '500x200 stale',
    [`balance_alert_status{${balance}}`]: '0x200 stale',
    [`balance_alert_account_up{${account},instance="e:9100",job="balance-alert"}`]: '1x200 stale',
    [info('platform')]: '1x200 stale',
  });
  t.regex(said, /account_owner="platform"/, said);
  const changed = await firing('BalanceLow', '2d', {
    ...up,
    [`balance_alert_balance{${balance}}`]: '10x400',
    [`balance_alert_threshold{${balance}}`]: '500x400',
    [`balance_alert_status{${balance}}`]: '0x400',
    [`balance_alert_account_up{${account},instance="e:9100",job="balance-alert"}`]: '1x400',
    [info('platform')]: '1x100 stale',
    [info('finance')]: '_x100 1x300',
  });
  t.regex(changed, /account_owner="finance"/, changed);
  t.false(changed.includes('platform'), changed);
});

test('an alert without a "for" has its owner also where owners are not yet recorded after a pause of Prometheus', async (t) => {
  const said = await firing(
    'RunwayShort',
    '10m',
    {
      ...up,
      [`account:balance_alert_runway_seconds:current{${account},type="balance",unit="USD"}`]: '86400x1',
      // Recorded by a group that comes later at 10 m.
      [`account:balance_alert_account_owner:current{${account},account_owner="platform"}`]: '0',
      'account:balance_alert_checks_evaluated_timestamp_seconds:max': '0',
    },
    /accounts/,
  );
  t.is(said.split('alertname="RunwayShort"').length - 1, 2, said);
  t.is(said.split('account_owner="platform"').length - 1, 2, said);
});

ava('every alert on an account or a subscription is given to its owner, whatever group it is in', (t) => {
  const aboutOne = renderRules().flatMap(({ yaml }) =>
    ruleFileSchema
      .parse(parse(yaml))
      .groups.flatMap(({ rules }) => rules)
      .filter(({ annotations }) => /labels\.(project|name)\b/.test(annotations?.description ?? '')),
  );
  t.true(aboutOne.length >= 12);
  t.deepEqual(
    aboutOne.filter(({ expr }) => !expr.includes('group_left (account_owner)')).map(({ alert }) => alert),
    [],
  );
  // A template that comes out empty costs the alert its "for" at a restart of Prometheus 3.
  t.deepEqual(
    aboutOne
      .filter(({ labels }) => Object.keys(labels ?? {}).join() !== 'severity')
      .map(({ alert }) => alert),
    [],
  );
});

test('an alert without an owner has no such label', async (t) => {
  const said = await firing('BalanceLow', '1d', {
    ...up,
    [`balance_alert_balance{${balance}}`]: '10x400',
    [`balance_alert_threshold{${balance}}`]: '500x400',
    [`balance_alert_status{${balance}}`]: '0x400',
    [`balance_alert_account_up{${account},instance="e:9100",job="balance-alert"}`]: '1x400',
  });
  t.regex(said, /left="10\.00"/, said);
  t.false(said.includes('account_owner'), said);
});

test('an alert on a subscription carries its amount and the days until it renews', async (t) => {
  const said = await firing('SubscriptionExpiring', '1d', {
    ...up,
    [`balance_alert_subscription_days{${subscription}}`]: '3x400',
    [`balance_alert_subscription_status{${subscription}}`]: '0x400',
    [`balance_alert_subscription_overdue{${subscription}}`]: '0x400',
    [`balance_alert_subscription_amount{${subscription},currency="USD"}`]: '200x400',
    [`balance_alert_subscription_info{${subscription},account_owner="finance",console_url="https://c.example",auto_renew="false"}`]:
      '1x400',
  });
  t.regex(said, /account_owner="finance"/, said);
  t.regex(said, /amount="200\.00 USD"/);
  t.regex(said, /renews_in_days="3"/);
});

/** 30 November, in the calendar of the subscription. */
const dueDate = Date.parse('2026-11-30T00:00:00Z') / 1000;

for (const [title, alert, status, overdue, expected] of [
  ['due', 'SubscriptionExpiring', 0, 0, '2026-11-30'],
  ['overdue', 'SubscriptionOverdue', 0, 1, '2026-11-30'],
  // As an engine sees it for a moment that evaluates recorded series of before the mark.
  ['marked as paid in the meantime', 'SubscriptionOverdue', -1, 1, ''],
] as const) {
  test(`a renewal that is ${title} has ${expected === '' ? 'no' : 'its'} due date and the link to its section of the status page`, async (t) => {
    const said = await firing(alert, '1d', {
      ...up,
      [`balance_alert_subscription_days{${subscription}}`]: '3x400',
      [`balance_alert_subscription_status{${subscription}}`]: `${status}x400`,
      [`balance_alert_subscription_overdue{${subscription}}`]: `${overdue}x400`,
      [`balance_alert_subscription_due_date_timestamp_seconds{${subscription}}`]: `${dueDate}x400`,
    });
    t.true(said.includes(`due_date="${expected}"`), said);
    t.true(said.includes('status_url="http://127.0.0.1:8080/#renewals"'), said);
  });
}

test('of replicas of which one does not know of a mark yet, the alert has the earlier due date', async (t) => {
  const other = subscription.replace('instance="e:9100"', 'instance="f:9100"');
  const said = await firing('SubscriptionOverdue', '1d', {
    ...up,
    'up{instance="f:9100",job="balance-alert"}': '1x2000',
    [`balance_alert_subscription_status{${subscription}}`]: '0x400',
    [`balance_alert_subscription_status{${other}}`]: '0x400',
    [`balance_alert_subscription_overdue{${subscription}}`]: '1x400',
    [`balance_alert_subscription_due_date_timestamp_seconds{${subscription}}`]: `${dueDate + 31 * 86_400}x400`,
    [`balance_alert_subscription_due_date_timestamp_seconds{${other}}`]: `${dueDate}x400`,
  });
  t.true(said.includes('due_date="2026-11-30"'), said);
});
