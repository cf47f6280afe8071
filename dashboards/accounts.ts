import type { AnnotationQuery } from '@grafana/grafana-foundation-sdk/dashboard';
import { collapsed } from '../rules/expressions.ts';
import { dashboardUids } from '../rules/links.ts';
import { quotaRecords } from '../rules/quota.ts';
import { recorded } from '../rules/series.ts';
import type { DashboardParts } from './assemble.ts';
import {
  accountStates,
  amountColumn,
  consoleColumn,
  daysLeftColumn,
  runwaySteps,
  shareColumn,
  whenColumn,
  wordColumn,
} from './columns.ts';
import type { Translate } from './language.ts';
import { accountsPanels as texts } from './messages/accounts.ts';
import { columns, dashboardTexts, headings, states, units, variableLabels } from './messages/common.ts';
import {
  dataSource,
  property,
  range,
  rows,
  thresholdLines,
  thresholds,
  timeSeries,
  words,
} from './panels.ts';
import { balanceQueries, withOwner } from './queries.ts';
import type { DashboardSettings, RunwayDays } from './settings.ts';
import { type Column, table } from './table.ts';
import { labelVariable } from './variables.ts';

const chosen = 'project=~"$project"';
const inUnit = `${chosen}, unit=~"$unit"`;
const balances = balanceQueries(inUnit);
const name = '{{project}} {{window}} {{wallet}}';

/** How one account stands and how it got there. */
export function accounts(translate: Translate, { runwayDays }: DashboardSettings): DashboardParts {
  return {
    uid: dashboardUids.accounts,
    title: dashboardTexts.accounts.title,
    description: dashboardTexts.accounts.description,
    from: 'now-30d',
    variables: [
      labelVariable(translate, 'project', variableLabels.account, 'balance_alert_account_info', 'project'),
      labelVariable(translate, 'unit', variableLabels.unit, 'balance_alert_balance', 'unit'),
    ],
    annotations: [topUps(translate)],
    groups: [
      { height: 9, panels: [[accountsTable(translate, runwayDays), 24]] },
      { height: 10, panels: [[balanceTrend(translate), 24]] },
      { height: 8, panels: [[burn(translate), 24]] },
      { height: 9, panels: [[runway(translate, runwayDays), 24]] },
      {
        heading: translate(headings.spend),
        height: 8,
        panels: [
          [spendTable(translate), 16],
          [spendTrend(translate), 8],
        ],
      },
      {
        heading: translate(headings.quotas),
        height: 8,
        panels: [[quotaTable(translate), 24]],
      },
      {
        height: 8,
        panels: [
          [quotaTrend(translate), 12],
          [quotaPace(translate), 12],
        ],
      },
    ],
  };
}

/** Marks on all panels, in the step in which a balance rose. */
function topUps(translate: Translate): AnnotationQuery {
  return {
    name: translate(states.topUp),
    datasource: dataSource,
    enable: true,
    iconColor: 'blue',
    expr: balances.topUp,
    step: '10m',
    titleFormat: `${translate(states.topUp)}: {{project}}`,
    textFormat: '{{unit}}',
    tagKeys: '',
    useValueForTime: false,
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
      rows(balances.ratio),
      rows(balances.burnPerDay('7d')),
    ],
    [
      wordColumn('Value #A', columns.state, accountStates(translate)),
      { field: 'project', header: columns.account },
      daysLeftColumn(translate, 'Value #B', runwayDays),
      amountColumn('Value #C', columns.balance),
      { field: 'unit', header: columns.unit, width: 85 },
      amountColumn('Value #F', columns.burnPerDay),
      amountColumn('Value #D', columns.threshold),
      shareColumn('Value #E', columns.ratio),
      { field: 'type', header: columns.type, width: 80 },
      { field: 'window', header: columns.window, width: 80 },
      { field: 'wallet', header: columns.wallet, width: 80 },
      { field: 'provider', header: columns.provider },
      { field: 'account_owner', header: columns.owner },
      consoleColumn(translate),
    ],
    [{ by: columns.state }, { by: columns.daysLeft }],
  ).unit('none');
}

/** One panel for each unit: amounts in different units share no axis. */
function balanceTrend(translate: Translate) {
  return timeSeries(
    translate,
    texts.balance,
    range(balances.balance, name),
    range(balances.threshold, `${name} (${translate(states.threshold)})`),
  )
    .unit('locale')
    .overrideByQuery('B', [property.dashed, property.lineWidth(1)])
    .repeat('unit')
    .repeatDirection('h')
    .maxPerRow(4);
}

function burn(translate: Translate) {
  return timeSeries(
    translate,
    texts.burn,
    range(balances.burnPerDay('1d'), `${name} (${translate(states.day)})`),
    range(balances.burnPerDay('7d'), `${name} (${translate(states.week)})`),
  )
    .unit('locale')
    .min(0)
    .overrideByQuery('B', [property.dashed])
    .repeat('unit')
    .repeatDirection('h')
    .maxPerRow(4);
}

function runway(translate: Translate, runwayDays: RunwayDays) {
  const days = `clamp_max(${balances.runway} / 86400, 60)`;
  return thresholdLines(
    timeSeries(translate, texts.runway, range(days, '{{project}} ({{unit}})')),
    runwaySteps(runwayDays),
  )
    .unit(translate(units.days))
    .min(0);
}

const spend = (metric: Parameters<typeof collapsed>[1]) => collapsed('max', metric, chosen);
const amount = spend('balance_alert_spend');
const budget = spend('balance_alert_spend_budget');
const start = spend('balance_alert_spend_period_start_timestamp_seconds');
const end = spend('balance_alert_spend_period_end_timestamp_seconds');
const spentShare = `${amount} / (${budget} > 0)`;

function spendTable(translate: Translate) {
  const full = thresholds('green', [0.9, 'orange'], [1, 'red']);
  return table(
    translate,
    texts.spend,
    [
      rows(amount),
      rows(budget),
      rows(spentShare),
      rows(`clamp_max((time() - ${start}) / (${end} - ${start} > 0), 1)`),
      rows(recorded('account:balance_alert_spend_projected:ratio', { matchers: chosen })),
    ],
    [
      { field: 'project', header: columns.account },
      { field: 'period', header: columns.period },
      amountColumn('Value #A', columns.spend),
      amountColumn('Value #B', columns.budget),
      { field: 'unit', header: columns.unit, width: 85 },
      shareColumn('Value #C', columns.spentShare),
      shareColumn('Value #D', columns.elapsed),
      shareColumn('Value #E', columns.projected, full),
    ],
    [{ by: columns.projected, descending: true }],
    ['provider'],
  ).unit('none');
}

function spendTrend(translate: Translate) {
  return thresholdLines(
    timeSeries(translate, texts.spendTrend, range(spentShare, '{{project}} {{period}} ({{unit}})')),
    thresholds('text', [1, 'red']),
  )
    .unit('percentunit')
    .min(0);
}

const pace = recorded(quotaRecords.pace, { matchers: chosen });
const quotaShare = `${balances.balance} / (${balances.quotaLimit} > 0)`;

function quotaTable(translate: Translate) {
  const low = thresholds('red', [0.1, 'orange'], [0.25, 'green']);
  return table(
    translate,
    texts.quotas,
    [
      rows(`${balances.balance} and ${balances.quotaLimit}`),
      rows(balances.quotaLimit),
      rows(quotaShare),
      rows(`(${balances.quotaReset} and ${balances.quotaLimit}) * 1000`),
      rows(recorded(quotaRecords.elapsed, { matchers: chosen })),
      rows(`${balances.quotaWindow} * (1 - 1 / clamp_min(${pace}, 1))`),
    ],
    [
      { field: 'project', header: columns.account },
      { field: 'window', header: columns.window, width: 80 },
      { field: 'wallet', header: columns.wallet, width: 80 },
      amountColumn('Value #A', columns.left),
      amountColumn('Value #B', columns.limit),
      { field: 'unit', header: columns.unit, width: 85 },
      shareColumn('Value #C', columns.share, low),
      shareColumn('Value #E', columns.windowElapsed),
      earlyColumn(translate, 'Value #F'),
      whenColumn('Value #D', columns.resets),
    ],
    [{ by: columns.share }],
    ['provider', 'type'],
  ).unit('none');
}

/** How long before the reset it runs out, or that it does not. */
function earlyColumn(translate: Translate, field: string): Column {
  const lasts = words({ '0': { text: translate(states.lasts), color: 'green', index: 0 } });
  return {
    field,
    header: columns.runsOutEarly,
    width: 130,
    properties: [
      property.unit('s'),
      property.decimals(1),
      property.mappings(lasts),
      property.thresholds(thresholds('orange')),
      ...property.colorText,
    ],
  };
}

function quotaPace(translate: Translate) {
  return thresholdLines(
    timeSeries(translate, texts.quotaPace, range(pace, `${name} ({{unit}})`)),
    thresholds('text', [1, 'red']),
  )
    .unit('none')
    .decimals(2)
    .min(0);
}

function quotaTrend(translate: Translate) {
  return timeSeries(translate, texts.quotaTrend, range(quotaShare, `${name} ({{unit}})`))
    .unit('percentunit')
    .min(0)
    .max(1);
}
