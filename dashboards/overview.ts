import { collapsed } from '../rules/expressions.ts';
import { dashboardUids } from '../rules/links.ts';
import { recorded } from '../rules/series.ts';
import type { DashboardParts } from './assemble.ts';
import {
  accountColumn,
  accountStates,
  amountColumn,
  consoleColumn,
  daysLeftColumn,
  renewalStates,
  runwaySteps,
  severityWords,
  subscriptionColumn,
  whenColumn,
  wordColumn,
  yesOrNo,
} from './columns.ts';
import type { Translate } from './language.ts';
import { figures } from './layout.ts';
import { columns, dashboardTexts, headings, states, units, variableLabels } from './messages/common.ts';
import { overviewPanels as texts } from './messages/overview.ts';
import {
  barGauge,
  instant,
  property,
  range,
  rows,
  stat,
  stats,
  timeSeries,
  valueThresholds,
  zeroIsGood,
} from './panels.ts';
import {
  accountUp,
  balanceQueries,
  counted,
  renewalQueries,
  withOwner,
  withSubscriptionInfo,
} from './queries.ts';
import type { DashboardSettings, RunwayDays } from './settings.ts';
import { table } from './table.ts';
import { labelVariable } from './variables.ts';

const balances = balanceQueries();
const renewals = renewalQueries();
const up = accountUp();

/** What needs me now, and the five panels of the replaced system's dashboard, each in its own unit and by its own threshold. */
export function overview(
  translate: Translate,
  { alertNames, runwayDays }: DashboardSettings,
): DashboardParts {
  const firing = firingAlerts(alertNames);
  const mail = collapsed('max', 'balance_alert_email_last_alert_timestamp_seconds');
  return {
    uid: dashboardUids.overview,
    title: dashboardTexts.overview.title,
    description: dashboardTexts.overview.description,
    from: 'now-24h',
    variables: [labelVariable(translate, 'unit', variableLabels.unit, 'balance_alert_balance', 'unit')],
    groups: [
      ...figures(
        stat(translate, texts.belowThreshold, instant(counted(`${balances.status} == 0`)))
          .unit('none')
          .thresholds(zeroIsGood),
        stat(translate, texts.soonest, instant(`min(${balances.runway}) / 86400`))
          .unit(translate(units.days))
          .decimals(1)
          .thresholds(runwaySteps(runwayDays, valueThresholds)),
        stat(translate, texts.failing, instant(counted(`${up} == 0`)))
          .unit('none')
          .thresholds(zeroIsGood),
        stat(translate, texts.renewalsDue, instant(counted(`${renewals.status} == 0`)))
          .unit('none')
          .thresholds(zeroIsGood),
        stat(translate, texts.mail, instant(counted(`${mail} > time() - 86400`)))
          .unit('none')
          .thresholds(zeroIsGood),
        stat(translate, texts.firing, instant(`count(\n${firing}\n)\nor 0 * ${rulesAreLoaded}`))
          .unit('none')
          .thresholds(zeroIsGood),
      ),
      { height: 10, panels: [[accountsTable(translate, runwayDays), 24]] },
      {
        height: 9,
        panels: [
          [renewalsTable(translate), 16],
          [mailTable(translate, mail), 8],
        ],
      },
      {
        height: 8,
        panels: [
          [alertsTable(translate, firing), 12],
          [failingTable(translate), 12],
        ],
      },
      {
        heading: translate(headings.balances),
        height: 8,
        panels: [
          [balanceStats(translate), 12],
          [
            barGauge(
              translate,
              texts.ratio,
              instant(balances.ratio, '{{project}} {{unit}} {{window}} {{wallet}}'),
            )
              .unit('percentunit')
              .decimals(0)
              .min(0)
              .max(3)
              .thresholds(valueThresholds('red', [1, 'orange'], [1.5, 'green'])),
            12,
          ],
        ],
      },
      { height: 9, panels: [[trend(translate), 24]] },
      { heading: translate(headings.renewals), height: 6, panels: [[countdown(translate), 24]] },
    ],
  };
}

function accountsTable(translate: Translate, runwayDays: RunwayDays) {
  return table(
    translate,
    texts.accounts,
    [
      rows(withOwner(balances.state(runwayDays.warning))),
      rows(balances.daysLeft),
      rows(balances.balance),
      rows(balances.threshold),
    ],
    [
      wordColumn('Value #A', columns.state, accountStates(translate)),
      accountColumn(translate),
      daysLeftColumn(translate, 'Value #B', runwayDays),
      amountColumn('Value #C', columns.balance),
      { field: 'unit', header: columns.unit, width: 85 },
      amountColumn('Value #D', columns.threshold),
      { field: 'window', header: columns.window, width: 80 },
      { field: 'wallet', header: columns.wallet, width: 80 },
      { field: 'provider', header: columns.provider },
      { field: 'account_owner', header: columns.owner },
      consoleColumn(translate),
    ],
    [{ by: columns.state }, { by: columns.daysLeft }],
    ['type'],
  ).unit('none');
}

function renewalsTable(translate: Translate) {
  return table(
    translate,
    texts.renewals,
    [rows(withSubscriptionInfo(renewals.state)), rows(renewals.days), rows(renewals.amount)],
    [
      wordColumn('Value #A', columns.state, renewalStates(translate), 90),
      subscriptionColumn(translate),
      { field: 'Value #B', header: columns.days, width: 80, properties: [property.decimals(0)] },
      amountColumn('Value #C', columns.amount),
      { field: 'currency', header: columns.currency, width: 85 },
      { field: 'cycle_type', header: columns.cycle },
      {
        field: 'auto_renew',
        header: columns.renews,
        width: 95,
        properties: [property.mappings(yesOrNo(translate))],
      },
      { field: 'account_owner', header: columns.owner },
      consoleColumn(translate),
    ],
    [{ by: columns.state }, { by: columns.days }],
  ).unit('none');
}

/** The Watchdog fires whenever rules are evaluated; where it is switched off, what they record tells. */
const rulesAreLoaded = `(count(ALERTS{alertname="BalanceAlertWatchdog"}) or count(${recorded('account:balance_alert_balance:current')}))`;

/** What fires, once for each alert and thing, as 1 for critical, 2 for warning and 3 for info. */
function firingAlerts(alertNames: readonly string[]): string {
  const firing = `alertstate="firing", alertname=~"${alertNames.join('|')}"`;
  return (['critical', 'warning', 'info'] as const)
    .map((severity, index) => {
      const about = `label_join(ALERTS{${firing}, severity="${severity}"}, "about", " ", "project", "unit", "name", "mailbox", "topic")`;
      return `max by (alertname, about) (${about}) * ${index + 1}`;
    })
    .join('\nor\n');
}

function alertsTable(translate: Translate, firing: string) {
  return table(
    translate,
    texts.alerts,
    [rows(firing)],
    [
      wordColumn('Value', columns.severity, severityWords(translate), 90),
      { field: 'alertname', header: columns.alert },
      { field: 'about', header: columns.about },
    ],
    [{ by: columns.severity }],
  ).unit('none');
}

function failingTable(translate: Translate) {
  const failing = `${up} == 0`;
  return table(
    translate,
    texts.failingChecks,
    [
      rows(failing),
      rows(
        `(${collapsed('max', 'balance_alert_account_last_success_timestamp_seconds')} and ${failing}) * 1000`,
      ),
      rows(
        `max by (project, provider, reason) (increase(balance_alert_account_check_failures_total[6h])) > 0 and on (project, provider) ${failing}`,
      ),
    ],
    [
      accountColumn(translate, dashboardUids.exporter),
      { field: 'provider', header: columns.provider },
      { field: 'reason', header: columns.reason },
      { field: 'Value #C', header: columns.failures, width: 140, properties: [property.decimals(0)] },
      whenColumn('Value #B', columns.lastGood),
    ],
    [{ by: columns.account }],
    ['Value #A'],
  ).unit('none');
}

function mailTable(translate: Translate, mail: string) {
  return table(
    translate,
    texts.mails,
    [rows(`(${mail} > time() - 7 * 86400) * 1000`)],
    [
      whenColumn('Value', columns.arrived),
      { field: 'topic', header: columns.topic },
      { field: 'mailbox', header: columns.mailbox },
    ],
    [{ by: columns.arrived, descending: true }],
  ).unit('none');
}

/** One query for each state, so that an account has the colour of its own threshold and not one for all. */
function balanceStats(translate: Translate) {
  const { status, balance } = balances;
  const name = (state: string) => `{{project}} {{window}} {{wallet}} ({{unit}}, ${state})`;
  return stats(
    translate,
    texts.balances,
    instant(`${balance} and ${status} == 0`, name(translate(states.below))),
    instant(`${balance} and ${status} == 1`, name(translate(states.fine))),
    instant(`${balance} unless ${status}`, name(translate(states.noThreshold))),
  )
    .unit('locale')
    .decimals(2)
    .overrideByQuery('A', [property.fixedColor('red')])
    .overrideByQuery('B', [property.fixedColor('green')])
    .overrideByQuery('C', [property.fixedColor('text')]);
}

/** One panel for each unit: amounts in different units share no axis. */
function trend(translate: Translate) {
  return timeSeries(
    translate,
    texts.trend,
    range(collapsed('max', 'balance_alert_balance', 'unit=~"$unit"'), '{{project}} {{window}} {{wallet}}'),
  )
    .unit('locale')
    .repeat('unit')
    .repeatDirection('h')
    .maxPerRow(4);
}

/** One query for each state, so that the colour follows each subscription's own reminder window. */
function countdown(translate: Translate) {
  const { days, state } = renewals;
  const name = (text: string) => `{{name}} (${text})`;
  const inState = (value: number) => `${days} and (\n${state}\n) == ${value}`;
  return stats(
    translate,
    texts.countdown,
    instant(inState(0), name(translate(states.overdue))),
    instant(inState(1), name(translate(states.due))),
    instant(inState(2), name(translate(states.fine))),
    instant(inState(3), name(translate(states.paid))),
  )
    .unit(translate(units.days))
    .decimals(0)
    .overrideByQuery('A', [property.fixedColor('red')])
    .overrideByQuery('B', [property.fixedColor('orange')])
    .overrideByQuery('C', [property.fixedColor('green')])
    .overrideByQuery('D', [property.fixedColor('blue')]);
}
