import { collapsed } from '../rules/expressions.ts';
import { dashboardUids } from '../rules/links.ts';
import type { DashboardParts } from './assemble.ts';
import {
  amountColumn,
  consoleColumn,
  renewalStates,
  upWords,
  whenColumn,
  wordColumn,
  yesOrNo,
} from './columns.ts';
import type { Translate } from './language.ts';
import { columns, dashboardTexts, headings, units, variableLabels } from './messages/common.ts';
import { subscriptionsPanels as texts } from './messages/subscriptions.ts';
import {
  barGauge,
  bars,
  instant,
  property,
  range,
  rows,
  stateTimeline,
  stats,
  valueThresholds,
} from './panels.ts';
import { renewalQueries, withSubscriptionInfo } from './queries.ts';
import { table } from './table.ts';
import { labelVariable } from './variables.ts';

const chosen = 'name=~"$subscription"';
const renewals = renewalQueries(chosen);
const inMailbox = 'mailbox=~"$mailbox"';

/** Price spread over months, for the cycles whose length in months is known. */
const monthlyCost = Object.entries({ weekly: '* 52 / 12', monthly: '', quarterly: '/ 3', yearly: '/ 12' })
  .map(([cycle, share]) =>
    `${collapsed('max', 'balance_alert_subscription_amount', `${chosen}, cycle_type="${cycle}"`)} ${share}`.trim(),
  )
  .join('\nor\n');

const dueSoon = `sum by (currency) (
  ${renewals.amount}
  and on (name, cycle_type)
  (${renewals.days} <= 30 unless on (name, cycle_type) ${renewals.status} == -1)
)`;

/** When renewals are due and what they cost, and what vendors wrote. */
export function subscriptions(translate: Translate): DashboardParts {
  return {
    uid: dashboardUids.subscriptions,
    title: dashboardTexts.subscriptions.title,
    description: dashboardTexts.subscriptions.description,
    from: 'now-30d',
    variables: [
      labelVariable(
        translate,
        'subscription',
        variableLabels.subscription,
        'balance_alert_subscription_info',
        'name',
      ),
      labelVariable(
        translate,
        'mailbox',
        variableLabels.mailbox,
        'balance_alert_mailbox_scan_interval_seconds',
        'mailbox',
      ),
    ],
    groups: [
      { height: 9, panels: [[subscriptionsTable(translate), 24]] },
      {
        height: 9,
        panels: [
          [coming(translate), 10],
          [
            stateTimeline(translate, texts.timeline, range(renewals.state, '{{name}}')).mappings([
              renewalStates(translate),
            ]),
            14,
          ],
        ],
      },
      {
        heading: translate(headings.cost),
        height: 8,
        panels: [
          [stats(translate, texts.dueSoon, instant(dueSoon, '{{currency}}')).unit('locale').decimals(2), 6],
          [
            stats(translate, texts.monthly, instant(`sum by (currency) (\n${monthlyCost}\n)`, '{{currency}}'))
              .unit('locale')
              .decimals(2),
            6,
          ],
          [costTable(translate), 12],
        ],
      },
      {
        heading: translate(headings.mail),
        height: 7,
        panels: [
          [mailboxTable(translate), 14],
          [lastMails(translate), 10],
        ],
      },
      {
        height: 8,
        panels: [
          [
            bars(
              translate,
              texts.byTopic,
              range(
                `sum by (topic) (increase(balance_alert_email_alerts_total{${inMailbox}}[$__interval]))`,
                '{{topic}}',
              ),
            )
              .interval('1d')
              .unit('none')
              .decimals(0),
            14,
          ],
          [
            bars(
              translate,
              texts.scanFailures,
              range(
                `sum by (reason) (rate(balance_alert_mailbox_scan_failures_total{${inMailbox}}[$__rate_interval])) * 3600 > 0`,
                '{{reason}}',
              ),
            )
              .interval('1h')
              .unit('none')
              .decimals(1),
            10,
          ],
        ],
      },
    ],
  };
}

function costTable(translate: Translate) {
  return table(
    translate,
    texts.costs,
    [rows(monthlyCost)],
    [
      { field: 'name', header: columns.subscription },
      amountColumn('Value', columns.perMonth),
      { field: 'currency', header: columns.currency, width: 85 },
      { field: 'cycle_type', header: columns.cycle },
    ],
    [{ by: columns.currency }, { by: columns.perMonth, descending: true }],
  ).unit('none');
}

function subscriptionsTable(translate: Translate) {
  return table(
    translate,
    texts.subscriptions,
    [
      rows(withSubscriptionInfo(renewals.state)),
      rows(renewals.days),
      rows(`${renewals.nextRenewal} * 1000`),
      rows(renewals.amount),
    ],
    [
      wordColumn('Value #A', columns.state, renewalStates(translate)),
      { field: 'name', header: columns.subscription },
      { field: 'Value #B', header: columns.days, width: 80, properties: [property.decimals(0)] },
      { field: 'Value #C', header: columns.nextRenewal, properties: [property.unit('time:YYYY-MM-DD')] },
      amountColumn('Value #D', columns.amount),
      { field: 'currency', header: columns.currency, width: 85 },
      { field: 'cycle_type', header: columns.cycle },
      {
        field: 'auto_renew',
        header: columns.renews,
        width: 100,
        properties: [property.mappings(yesOrNo(translate))],
      },
      { field: 'account_owner', header: columns.owner },
      consoleColumn(translate),
    ],
    [{ by: columns.state }, { by: columns.days }],
  ).unit('none');
}

function coming(translate: Translate) {
  return barGauge(translate, texts.coming, instant(`sort(${renewals.days} <= 90)`, '{{name}}'))
    .unit(translate(units.days))
    .decimals(0)
    .min(0)
    .max(90)
    .thresholds(valueThresholds('red', [4, 'orange'], [15, 'green']));
}

function mailboxTable(translate: Translate) {
  const of = (metric: Parameters<typeof collapsed>[1]) => collapsed('max', metric, inMailbox);
  return table(
    translate,
    texts.mailboxes,
    [
      rows(of('balance_alert_mailbox_up')),
      rows(`${of('balance_alert_mailbox_last_success_timestamp_seconds')} * 1000`),
      rows(`sum by (mailbox) (increase(balance_alert_email_scan_total{${inMailbox}}[1d]))`),
      rows(of('balance_alert_mailbox_scan_duration_seconds')),
    ],
    [
      wordColumn('Value #A', columns.state, upWords(translate)),
      { field: 'mailbox', header: columns.mailbox },
      whenColumn('Value #B', columns.lastScan),
      {
        field: 'Value #C',
        header: columns.examined,
        width: 110,
        properties: [property.unit('locale'), property.decimals(0)],
      },
      { field: 'Value #D', header: columns.duration, properties: [property.unit('s'), property.decimals(1)] },
    ],
    [{ by: columns.state }],
  ).unit('none');
}

function lastMails(translate: Translate) {
  const arrived = collapsed('max', 'balance_alert_email_last_alert_timestamp_seconds', inMailbox);
  return table(
    translate,
    texts.lastMails,
    [rows(`${arrived} * 1000`)],
    [
      whenColumn('Value', columns.arrived),
      { field: 'topic', header: columns.topic },
      { field: 'mailbox', header: columns.mailbox },
    ],
    [{ by: columns.arrived, descending: true }],
  ).unit('none');
}
