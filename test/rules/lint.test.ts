import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import ava from 'ava';
import { type AlertRule, isAlert, ruleGroups } from '../../rules/index.ts';
import { analyse } from '../support/promql.ts';
import { needing, runTool } from '../support/promtool.ts';
import { isCounter, unknownNames } from '../support/series.ts';

const root = resolve(import.meta.dirname, '../..');
const groups = ruleGroups();
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter(isAlert);
const nameOf = (rule: (typeof rules)[number]): string => (isAlert(rule) ? rule.alert : rule.record);

/** The findings of all rules as `rule: finding`, so that a failure names every one of them. */
function findings<Rule>(
  of: readonly Rule[],
  name: (rule: Rule) => string,
  check: (rule: Rule) => readonly string[],
) {
  return of.flatMap((rule) => check(rule).map((finding) => `${name(rule)}: ${finding}`));
}

const alertName = (rule: AlertRule): string => `${rule.alert} (${rule.severity})`;

ava('every expression parses', (t) => {
  t.deepEqual(
    findings(rules, nameOf, ({ expr }) => analyse(expr).errors),
    [],
  );
});

ava(
  'every series and label that a rule reads exists in the catalogue, is recorded, or is a named one of Prometheus',
  (t) => {
    t.deepEqual(
      findings(rules, nameOf, ({ expr }) => unknownNames(expr)),
      [],
    );
  },
);

ava('the check of names finds a metric and a label that do not exist', (t) => {
  t.deepEqual(
    unknownNames('max by (projekt) (balance_alert_balance{account="x"}) > balance_alert_ballance'),
    [
      'balance_alert_balance has no label account',
      'nothing makes the series balance_alert_ballance',
      'no series here has the label projekt',
    ],
  );
});

ava('no failed scrape ends an alert, but for those on scrapes: it keeps firing, or reads a range', (t) => {
  t.deepEqual(
    findings(alerts, alertName, ({ expr, keepFiringFor }) =>
      keepFiringFor === undefined
        ? analyse(expr).selectors.flatMap(({ metric, range }) =>
            range === undefined && metric !== 'up' ? [`reads ${metric} of this moment only`] : [],
          )
        : [],
    ),
    [],
  );
});

ava('every division is by a number, or guarded against 0', (t) => {
  const guarded = /^\d+$|> 0/;
  t.deepEqual(
    findings(rules, nameOf, ({ expr }) => analyse(expr).divisors.filter((divisor) => !guarded.test(divisor))),
    [],
  );
});

ava(
  'counters are read by rate or increase, but for one that begins and one that is an alias, over at least two scrapes of two minutes, and nothing else is',
  (t) => {
    const minutes = (range: string | undefined): number => {
      const [, amount, unit] = /^(\d+)([smhd])$/.exec(range ?? '') ?? [];
      return (Number(amount) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit as 's' | 'm' | 'h' | 'd']) / 60;
    };
    const found = findings(rules, nameOf, ({ expr }) =>
      analyse(expr).selectors.flatMap(({ metric, within, range }) => {
        const rated = within.some((name) => ['rate', 'increase', 'irate'].includes(name));
        if (isCounter(metric) !== rated) {
          return [`${metric} is read ${rated ? 'as a counter' : 'without rate or increase'}`];
        }
        return rated && !(minutes(range) >= 4) ? [`${metric} over ${range}`] : [];
      }),
    );
    t.deepEqual(
      [...new Set(found)],
      [
        // The alias has the value of the counter that it stands for.
        'balance_alert_email_alerts: balance_alert_email_alerts_total is read without rate or increase',
        // A counter that begins above 0 has no increase yet.
        'BillingMail: balance_alert_email_alerts_total is read without rate or increase',
      ],
    );
  },
);

ava('every alert compares with something, but for the two that are about being there at all', (t) => {
  const without = alerts.filter(({ expr }) => analyse(expr).comparisons === 0).map(({ alert }) => alert);
  t.deepEqual(without, ['BalanceAlertExporterAbsent', 'BalanceAlertWatchdog']);
});

ava(
  'every alert has a summary that is one sentence and the same for all, and a description of its own',
  (t) => {
    t.deepEqual(
      findings(alerts, alertName, ({ summary, description, why }) => [
        ...(/^[A-Z][^{}]*\.$/.test(summary) ? [] : ['the summary is no plain sentence']),
        ...(description.endsWith('.') ? [] : ['the description does not end in a full stop']),
        ...(why === '' ? ['nothing says why'] : []),
      ]),
      [],
    );
  },
);

ava('no alert is there twice with one severity', (t) => {
  const names = alerts.map(alertName);
  t.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

ava('names of alerts and of recorded series follow the conventions', (t) => {
  for (const { alert } of alerts) {
    t.regex(alert, /^([A-Z][a-z]+)+$/);
  }
  for (const rule of rules) {
    if (!isAlert(rule)) {
      t.regex(
        rule.record,
        /^(account|subscription):balance_alert_[a-z_]+:[a-z0-9]+$|^account:balance_alert_runway_seconds$|^account:balance_alert_quota_pace$|^balance_alert_email_alerts$/,
      );
    }
  }
});

ava('the alerts are these', (t) => {
  t.deepEqual(alerts.map(alertName), [
    'AccountCheckFailing (warning)',
    'AccountStale (warning)',
    'AccountStale (critical)',
    'ReadingOutdated (info)',
    'BalanceEmpty (critical)',
    'BalanceLow (warning)',
    'RunwayShort (critical)',
    'RunwayShort (warning)',
    'QuotaLowBeforeReset (warning)',
    'BudgetPace (warning)',
    'BurnUnusual (info)',
    'QuotaPace (warning)',
    'SubscriptionExpiring (warning)',
    'SubscriptionExpiring (info)',
    'SubscriptionOverdue (critical)',
    'MailboxDown (warning)',
    'BillingMail (critical)',
    'BillingMail (warning)',
    'BillingMail (info)',
    'BalanceAlertExporterDown (critical)',
    'BalanceAlertExporterAbsent (critical)',
    'BalanceAlertConfigReloadFailed (warning)',
    'BalanceAlertEntriesLeftOut (critical)',
    'BalanceAlertCertificateExpiring (warning)',
    'BalanceAlertCertificateExpiring (critical)',
    'BalanceAlertRuleFailures (warning)',
    'BalanceAlertNotificationsFailing (critical)',
    'BalanceAlertRelayDown (critical)',
    'BalanceAlertRelayFailing (critical)',
    'BalanceAlertWatchdog (none)',
  ]);
});

ava(
  'every alert has a runbook, every runbook has an alert, and links between them lead somewhere',
  async (t) => {
    const page = await readFile(join(root, 'docs/alerts.md'), 'utf8');
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading ?? '');
    t.deepEqual(headings, [...new Set(alerts.map(({ alert }) => alert))]);
    const targets = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target ?? '');
    t.deepEqual(
      targets.filter((target) => !headings.some((heading) => heading.toLowerCase() === target)),
      [],
    );
  },
);

ava('every alert has a unit test in which it fires and one in which it does not', async (t) => {
  const folder = join(root, 'test/rules');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'));
  const sources = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
  t.deepEqual(
    findings([...new Set(alerts.map(({ alert }) => alert))], String, (alert) => {
      const silent = new RegExp(`alert: '${alert}',\\s+firing: \\[\\]`).test(sources);
      const fires = new RegExp(`alert: '${alert}',\\s+firing: \\[(?!\\])`).test(sources);
      return [...(fires ? [] : ['never fires']), ...(silent ? [] : ['is never silent'])];
    }),
    ['BalanceAlertWatchdog: is never silent'],
  );
});

needing(ava, 'promtool')('promtool accepts the generated files and finds no duplicate', async (t) => {
  const folder = join(root, 'rules/generated');
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const { code, stdout, stderr } = await runTool('promtool', ['check', 'rules', '--lint-fatal', ...files]);
  t.is(code, 0, stdout + stderr);
});
