import { MappingType, SpecialValueMatch, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardUids } from '../rules/links.ts';
import type { Text, Translate } from './language.ts';
import { columns, states } from './messages/common.ts';
import { property, thresholds, words } from './panels.ts';
import { unknownDays } from './queries.ts';
import type { RunwayDays } from './settings.ts';
import type { Column } from './table.ts';

/** Columns and words that several tables share. */

export function accountStates(translate: Translate): ValueMapping {
  return words({
    '0': { text: translate(states.usedUp), color: 'red', index: 0 },
    '1': { text: translate(states.below), color: 'red', index: 1 },
    '2': { text: translate(states.shortRunway), color: 'orange', index: 2 },
    '3': { text: translate(states.fine), color: 'green', index: 3 },
    '4': { text: translate(states.noThreshold), color: 'text', index: 4 },
  });
}

export function renewalStates(translate: Translate): ValueMapping {
  return words({
    '0': { text: translate(states.overdue), color: 'red', index: 0 },
    '1': { text: translate(states.due), color: 'orange', index: 1 },
    '2': { text: translate(states.fine), color: 'green', index: 2 },
    '3': { text: translate(states.paid), color: 'blue', index: 3 },
  });
}

export function severityWords(translate: Translate): ValueMapping {
  return words({
    '1': { text: translate(states.critical), color: 'red', index: 0 },
    '2': { text: translate(states.warning), color: 'orange', index: 1 },
    '3': { text: translate(states.info), color: 'blue', index: 2 },
  });
}

export function upWords(translate: Translate): ValueMapping {
  return words({
    '0': { text: translate(states.down), color: 'red', index: 0 },
    '1': { text: translate(states.up), color: 'green', index: 1 },
  });
}

/** A number shown as words in colours. */
export function wordColumn(field: string, header: Text, mapping: ValueMapping, width = 140): Column {
  return {
    field,
    header,
    width,
    properties: [property.left, property.mappings(mapping), ...property.colorText],
  };
}

/** An amount; its unit has a column of its own. */
export function amountColumn(field: string, header: Text): Column {
  return { field, header, width: 95, properties: [property.unit('locale'), property.decimals(2)] };
}

/** A share, coloured by steps where they are given. */
export function shareColumn(field: string, header: Text, steps?: ReturnType<typeof thresholds>): Column {
  const colored = steps === undefined ? [] : [property.thresholds(steps), ...property.colorText];
  return {
    field,
    header,
    width: 105,
    properties: [property.unit('percentunit'), property.decimals(0), ...colored],
  };
}

/** How long ago, or in how long; the query gives milliseconds since the epoch. */
export function whenColumn(field: string, header: Text): Column {
  return { field, header, width: 150, properties: [property.unit('dateTimeFromNow')] };
}

/** `true` and `false` in words. */
export function yesOrNo(translate: Translate): ValueMapping {
  return words({
    true: { text: translate(states.yes), index: 0 },
    false: { text: translate(states.no), index: 1 },
  });
}

/** The account's name, with a way to its details. */
export function accountColumn(translate: Translate, uid: string = dashboardUids.accounts): Column {
  return {
    field: 'project',
    header: columns.account,
    properties: [property.link(translate(states.showAccount), `/d/${uid}?var-project=\${__value.raw}`)],
  };
}

export function subscriptionColumn(translate: Translate): Column {
  const url = `/d/${dashboardUids.subscriptions}?var-subscription=\${__value.raw}`;
  return {
    field: 'name',
    header: columns.subscription,
    width: 140,
    properties: [property.link(translate(states.showSubscription), url)],
  };
}

/** The vendor's console as a short link. */
export function consoleColumn(translate: Translate): Column {
  const short: ValueMapping = {
    type: MappingType.RegexToText,
    options: { pattern: '.+', result: { text: translate(states.open), index: 0 } },
  };
  return {
    field: 'console_url',
    header: columns.console,
    width: 70,
    properties: [property.mappings(short), property.link(translate(states.open), `\${__value.raw}`, true)],
  };
}

/** Colours for days left, at the days of the alert. */
export function runwaySteps({ warning, critical }: RunwayDays, steps = thresholds) {
  return steps('red', [critical, 'orange'], [warning, 'green']);
}

/** Days left, in words where they are not known. */
export function daysLeftColumn(translate: Translate, field: string, runwayDays: RunwayDays): Column {
  const dash = { text: translate(states.notKnown), color: 'text', index: 0 };
  const unknown: ValueMapping = words({ [String(unknownDays)]: dash });
  const missing: ValueMapping = {
    type: MappingType.SpecialValue,
    options: { match: SpecialValueMatch.NullAndNan, result: { ...dash, index: 1 } },
  };
  return {
    field,
    header: columns.daysLeft,
    width: 95,
    properties: [
      property.decimals(1),
      property.mappings(unknown, missing),
      property.thresholds(runwaySteps(runwayDays)),
      ...property.colorText,
    ],
  };
}
