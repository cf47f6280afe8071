import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { collapsed } from '../rules/expressions.ts';
import { dashboardUids } from '../rules/links.ts';
import type { DashboardParts } from './assemble.ts';
import {
  accountColumn,
  accountStates,
  consoleColumn,
  daysLeftColumn,
  renewalStates,
  severityWords,
  subscriptionColumn,
} from './columns.ts';
import { barGauge, instant, property, range, rows, stat, table, thresholds, timeSeries } from './common.ts';
import type { Say } from './language.ts';
import {
  columns,
  dashboardTexts,
  headings,
  states,
  overviewPanels as texts,
  variableLabels,
} from './messages.ts';
import * as query from './queries.ts';
import { labelVariable } from './variables.ts';

/** Days below which a runway is shown as short: those of the rules' warning. */
const shortRunway = 7;

/** What needs me now, and the five panels of the replaced system's dashboard, each in its own unit and by its own threshold. */
export function overview(say: Say, alertNames: readonly string[]): DashboardParts {
  const firing = `ALERTS{alertstate="firing", alertname=~"${alertNames.join('|')}"`;
  const mail = collapsed('max', 'balance_alert_email_last_alert_timestamp_seconds', 'topic!="top_up"');
  const zeroIsGood = thresholds('green', [1, 'orange']);
  return {
    uid: dashboardUids.overview,
    title: dashboardTexts.overview.title,
    description: dashboardTexts.overview.description,
    from: 'now-24h',
    variables: [labelVariable(say, 'unit', variableLabels.unit, 'balance_alert_balance', 'unit')],
    shelves: [
      {
        height: 4,
        panels: [
          [
            stat(say, texts.belowThreshold, instant(query.counted(`${query.status} == 0`)))
              .unit('none')
              .thresholds(zeroIsGood),
            4,
          ],
          [
            stat(say, texts.soonest, instant(`min(${query.runway}) / 86400`))
              .unit('d')
              .decimals(1)
              .thresholds(thresholds('red', [3, 'orange'], [shortRunway, 'green'])),
            4,
          ],
          [
            stat(say, texts.failing, instant(query.counted(`${query.accountUp} == 0`)))
              .unit('none')
              .thresholds(zeroIsGood),
            4,
          ],
          [
            stat(say, texts.renewalsDue, instant(query.counted(`${query.renewalStatus} == 0`)))
              .unit('none')
              .thresholds(zeroIsGood),
            4,
          ],
          [
            stat(say, texts.mail, instant(query.counted(`${mail} > time() - 86400`)))
              .unit('none')
              .thresholds(zeroIsGood),
            4,
          ],
          [
            stat(say, texts.firing, instant(`count(${firing}, severity!="none"}) or vector(0)`))
              .unit('none')
              .thresholds(zeroIsGood),
            4,
          ],
        ],
      },
      { height: 10, panels: [[accountsTable(say), 24]] },
      { height: 9, panels: [[renewalsTable(say), 24]] },
      {
        height: 8,
        panels: [
          [alertsTable(say, firing), 12],
          [failingTable(say), 12],
        ],
      },
      { height: 6, panels: [[mailTable(say, mail), 24]] },
      {
        heading: say(headings.balances),
        height: 8,
        panels: [
          [balances(say), 12],
          [
            barGauge(say, texts.ratio, instant(query.ratio, '{{project}} {{unit}} {{window}}'))
              .unit('percentunit')
              .decimals(0)
              .min(0)
              .max(3)
              .thresholds(thresholds('red', [1, 'orange'], [1.5, 'green'])),
            12,
          ],
        ],
      },
      { height: 9, panels: [[trend(say), 24]] },
      { heading: say(headings.renewals), height: 6, panels: [[countdown(say), 24]] },
    ],
  };
}

function accountsTable(say: Say) {
  return table(
    say,
    texts.accounts,
    [
      rows(query.withOwner(query.accountState(shortRunway))),
      rows(query.daysLeft),
      rows(query.balance),
      rows(query.threshold),
    ],
    [
      {
        field: 'Value #A',
        header: columns.state,
        properties: [property.mappings(accountStates(say)), property.colorText],
      },
      accountColumn(say),
      daysLeftColumn(say, 'Value #B', shortRunway),
      {
        field: 'Value #C',
        header: columns.balance,
        properties: [property.unit('locale'), property.decimals(2)],
      },
      { field: 'unit', header: columns.unit },
      {
        field: 'Value #D',
        header: columns.threshold,
        properties: [property.unit('locale'), property.decimals(2)],
      },
      { field: 'window', header: columns.window },
      { field: 'provider', header: columns.provider },
      { field: 'account_owner', header: columns.owner },
      consoleColumn(say),
    ],
    [{ by: columns.state }, { by: columns.daysLeft }],
    ['type'],
  ).unit('none');
}

function renewalsTable(say: Say) {
  return table(
    say,
    texts.renewals,
    [
      rows(query.withSubscriptionInfo(query.renewalState)),
      rows(query.renewalDays),
      rows(collapsed('max', 'balance_alert_subscription_amount')),
    ],
    [
      {
        field: 'Value #A',
        header: columns.state,
        properties: [property.mappings(renewalStates(say)), property.colorText],
      },
      subscriptionColumn(say),
      { field: 'Value #B', header: columns.days, properties: [property.decimals(0)] },
      {
        field: 'Value #C',
        header: columns.amount,
        properties: [property.unit('locale'), property.decimals(2)],
      },
      { field: 'currency', header: columns.currency },
      { field: 'cycle_type', header: columns.cycle },
      { field: 'auto_renew', header: columns.renews },
      { field: 'account_owner', header: columns.owner },
      consoleColumn(say),
    ],
    [{ by: columns.state }, { by: columns.days }],
  ).unit('none');
}

function alertsTable(say: Say, firing: string) {
  const kept = 'alertname, project, unit, name, mailbox, topic, instance';
  const graded = (['critical', 'warning', 'info'] as const)
    .map((severity, index) => `max by (${kept}) (${firing}, severity="${severity}"}) * ${index + 1}`)
    .join('\nor on (' + kept + ')\n');
  return table(
    say,
    texts.alerts,
    [rows(graded)],
    [
      {
        field: 'Value',
        header: columns.severity,
        properties: [property.mappings(severityWords(say)), property.colorText],
      },
      { field: 'alertname', header: columns.alert },
      { field: 'project', header: columns.account },
      { field: 'unit', header: columns.unit },
      { field: 'name', header: columns.subscription },
      { field: 'mailbox', header: columns.mailbox },
      { field: 'topic', header: columns.topic },
    ],
    [{ by: columns.severity }],
    ['instance'],
  ).unit('none');
}

function failingTable(say: Say) {
  const failing = `${query.accountUp} == 0`;
  return table(
    say,
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
      accountColumn(say, dashboardUids.exporter),
      { field: 'provider', header: columns.provider },
      { field: 'reason', header: columns.reason },
      { field: 'Value #C', header: columns.failures, properties: [property.decimals(0)] },
      { field: 'Value #B', header: columns.lastGood, properties: [property.unit('dateTimeFromNow')] },
    ],
    [{ by: columns.account }],
    ['Value #A'],
  ).unit('none');
}

function mailTable(say: Say, mail: string) {
  return table(
    say,
    texts.mails,
    [rows(`(${mail} > time() - 7 * 86400) * 1000`)],
    [
      { field: 'Value', header: columns.arrived, properties: [property.unit('dateTimeFromNow')] },
      { field: 'topic', header: columns.topic },
      { field: 'mailbox', header: columns.mailbox },
    ],
    [{ by: columns.arrived, descending: true }],
  ).unit('none');
}

/** One query for each state, so that an account has the colour of its own threshold and not one for all. */
function balances(say: Say) {
  const { status, balance } = query;
  const name = (state: string) => `{{project}} {{window}} ({{unit}}, ${state})`;
  return stat(
    say,
    texts.balances,
    instant(`${balance} and ${status} == 0`, name(say(states.below))),
    instant(`${balance} and ${status} == 1`, name(say(states.fine))),
    instant(`${balance} unless ${status}`, name(say(states.noThreshold))),
  )
    .unit('locale')
    .decimals(2)
    .textMode(BigValueTextMode.ValueAndName)
    .overrideByQuery('A', [property.fixedColor('red')])
    .overrideByQuery('B', [property.fixedColor('green')])
    .overrideByQuery('C', [property.fixedColor('text')]);
}

/** One panel for each unit: amounts in different units share no axis. */
function trend(say: Say) {
  return timeSeries(
    say,
    texts.trend,
    range(collapsed('max', 'balance_alert_balance', 'unit=~"$unit"'), '{{project}} {{window}}'),
  )
    .unit('locale')
    .repeat('unit')
    .repeatDirection('h')
    .maxPerRow(3);
}

/** One query for each state, so that the colour follows each subscription's own reminder window. */
function countdown(say: Say) {
  const { renewalDays: days, renewalState: state } = query;
  const name = (text: string) => `{{name}} (${text})`;
  const inState = (value: number) => `${days} and (\n${state}\n) == ${value}`;
  return stat(
    say,
    texts.countdown,
    instant(inState(0), name(say(states.overdue))),
    instant(inState(1), name(say(states.due))),
    instant(inState(2), name(say(states.fine))),
    instant(inState(3), name(say(states.paid))),
  )
    .unit('d')
    .decimals(0)
    .textMode(BigValueTextMode.ValueAndName)
    .overrideByQuery('A', [property.fixedColor('red')])
    .overrideByQuery('B', [property.fixedColor('orange')])
    .overrideByQuery('C', [property.fixedColor('green')])
    .overrideByQuery('D', [property.fixedColor('blue')]);
}
