import test from 'ava';
import { parse } from 'yaml';
import { isAlert, type RuleOptions, renderRules, ruleGroups } from '../../rules/index.ts';

const accountsFile = (options: RuleOptions) =>
  renderRules(options).find(({ name }) => name === 'balance-alert.accounts.yaml');

const alertsOf = (options?: RuleOptions) =>
  ruleGroups(options).flatMap(({ rules }) =>
    rules.filter(isAlert).map(({ alert, severity }) => `${alert} ${severity}`),
  );

test('the files are one for each group but for what is evaluated beside another, in the order in which they build on each other', (t) => {
  t.deepEqual(
    renderRules().map(({ name }) => name),
    [
      'balance-alert.recording.yaml',
      'balance-alert.burn.yaml',
      'balance-alert.checks.yaml',
      'balance-alert.accounts.yaml',
      'balance-alert.spend.yaml',
      'balance-alert.usage.yaml',
      'balance-alert.quota.yaml',
      'balance-alert.subscriptions.yaml',
      'balance-alert.mail.yaml',
      'balance-alert.pipeline.yaml',
    ],
  );
});

test('an alert that is off is gone, and only that one', (t) => {
  const before = alertsOf();
  const after = alertsOf({ alerts: { BurnUnusual: 'off' } });
  t.deepEqual(
    before.filter((name) => !after.includes(name)),
    ['BurnUnusual info'],
  );
});

test('off switches off all severities of an alert, and an object one of them', (t) => {
  t.false(alertsOf({ alerts: { RunwayShort: 'off' } }).some((name) => name.startsWith('RunwayShort')));
  t.deepEqual(
    alertsOf({ alerts: { RunwayShort: { critical: 'off', warning: 'info' } } }).filter((name) =>
      name.startsWith('RunwayShort'),
    ),
    ['RunwayShort info'],
  );
});

test('an alert gets the severity that was set, in the file too', (t) => {
  const accounts = accountsFile({ alerts: { BalanceLow: 'critical' } });
  const { groups } = parse(accounts?.yaml ?? '');
  const low = groups[0].rules.find((rule: { alert?: string }) => rule.alert === 'BalanceLow');
  t.deepEqual(Object.keys(low.labels), ['severity']);
  t.is(low.labels.severity, 'critical');
});

test('all errors in the options are reported at once', (t) => {
  const error = t.throws(
    () =>
      renderRules({
        alerts: {
          BalanceLo: 'off',
          RunwayShort: 'info',
          BudgetPace: { critical: 'off' },
          // @ts-expect-error -- as a configuration file may have it
          BalanceEmpty: 'page',
        },
      }),
    { instanceOf: RangeError },
  );
  const lines = error?.message.split('\n') ?? [];
  t.is(lines.length, 4);
  t.regex(
    lines[0] ?? '',
    /^alerts: expected the name of an alert, got "BalanceLo"; there are: AccountCheckFailing, /,
  );
  t.is(lines[1], 'alerts.RunwayShort: has the severities critical and warning; say which one becomes info');
  t.is(lines[2], 'alerts.BudgetPace: expected a severity it has (warning), got "critical"');
  t.is(lines[3], 'alerts.BalanceEmpty: expected one of off, critical, warning, info, none, got "page"');
});

test('runway days that do not follow on each other are an error', (t) => {
  for (const runwayDays of [{ warning: 3, critical: 3 }, { critical: 0 }, { warning: Number.NaN }]) {
    t.throws(() => renderRules({ runwayDays }), {
      instanceOf: RangeError,
      message: /expected 0 < critical < warning/,
    });
  }
});

test('links keep a sub-path, and runbooks are pages of the exporter or headings of a document', (t) => {
  const annotations = (links: RuleOptions['links']) => {
    const accounts = accountsFile({ links: links ?? {} });
    const { groups } = parse(accounts?.yaml ?? '');
    return groups[0].rules.find((rule: { alert?: string }) => rule.alert === 'BalanceLow').annotations;
  };
  const pages = annotations({
    grafana: 'https://ops.example/grafana/',
    runbooks: 'https://ops.example/status/runbooks/',
  });
  t.is(
    pages.dashboard_url,
    'https://ops.example/grafana/d/balance-alert-accounts?var-project={{ $labels.project | urlquery }}',
  );
  t.is(pages.runbook_url, 'https://ops.example/status/runbooks/BalanceLow');
  const document = annotations({ runbooks: 'https://git.example/balance-alert/docs/alerts.md' });
  t.is(document.runbook_url, 'https://git.example/balance-alert/docs/alerts.md#balancelow');
});
