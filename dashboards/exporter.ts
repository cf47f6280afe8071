import { accountIdentity, collapsed, exporterSelector } from '../rules/expressions.ts';
import { dashboardUids } from '../rules/links.ts';
import type { RecordedName } from '../rules/series.ts';
import type { DashboardParts } from './assemble.ts';
import { upWords, whenColumn, wordColumn } from './columns.ts';
import type { Translate } from './language.ts';
import { figures } from './layout.ts';
import { columns, dashboardTexts, headings, states, variableLabels } from './messages/common.ts';
import { exporterPanels as texts } from './messages/exporter.ts';
import {
  bars,
  instant,
  labelStat,
  property,
  range,
  rows,
  stat,
  thresholdLines,
  thresholds,
  timeSeries,
  words,
  zeroIsGood,
} from './panels.ts';
import { accountUp, counted } from './queries.ts';
import { table } from './table.ts';
import { labelVariable } from './variables.ts';

const chosen = 'project=~"$project"';
const job = 'job="balance-alert"';
const groups = 'rule_group=~".*;balance-alert[.].*"';

/** By the group's own name, without the path of its file. */
const ruleDurations = `label_replace(prometheus_rule_group_last_duration_seconds{${groups}}, "group", "$1", "rule_group", ".*;(.*)")`;

const readingAge: RecordedName = 'account:balance_alert_reading_age_intervals:max';

const of = (metric: Parameters<typeof collapsed>[1]) => collapsed('max', metric, chosen);
const up = accountUp(chosen);
const lastSuccess = of('balance_alert_account_last_success_timestamp_seconds');
const interval = of('balance_alert_account_check_interval_seconds');
const duration = of('balance_alert_account_check_duration_seconds');

/** The worst within each step: an age that goes up and down between two checks would fill the panel. */
const oldest = `max by (${accountIdentity}) (max_over_time(${readingAge}{${chosen}}[$__rate_interval]))`;

/** Whether what the other dashboards show can be believed. */
export function exporter(translate: Translate): DashboardParts {
  return {
    uid: dashboardUids.exporter,
    title: dashboardTexts.exporter.title,
    description: dashboardTexts.exporter.description,
    from: 'now-24h',
    variables: [
      labelVariable(translate, 'project', variableLabels.account, 'balance_alert_account_info', 'project'),
    ],
    groups: [
      ...head(translate),
      { heading: translate(headings.checks), height: 10, panels: [[checksTable(translate), 24]] },
      {
        height: 9,
        panels: [
          [
            thresholdLines(
              timeSeries(translate, texts.age, range(oldest, '{{project}}')),
              thresholds('text', [3, 'orange']),
            )
              .unit('none')
              .decimals(1)
              .min(0),
            12,
          ],
          [
            bars(
              translate,
              texts.failures,
              range(
                `sum by (reason) (rate(balance_alert_account_check_failures_total{${chosen}}[$__rate_interval])) * 3600 > 0`,
                '{{reason}}',
              ),
            )
              .interval('1h')
              .unit('none')
              .decimals(1),
            12,
          ],
        ],
      },
      {
        height: 8,
        panels: [
          [timeSeries(translate, texts.durations, range(duration, '{{project}}')).unit('s').min(0), 24],
        ],
      },
      {
        heading: translate(headings.pipeline),
        height: 7,
        panels: [
          [
            timeSeries(translate, texts.scrape, range(`scrape_duration_seconds{${job}}`, '{{instance}}'))
              .unit('s')
              .min(0),
            8,
          ],
          [
            timeSeries(translate, texts.samples, range(`scrape_samples_scraped{${job}}`, '{{instance}}'))
              .unit('none')
              .min(0),
            8,
          ],
          [
            timeSeries(
              translate,
              texts.memory,
              range(`process_resident_memory_bytes{${job}}`, '{{instance}}'),
            )
              .unit('bytes')
              .min(0),
            8,
          ],
        ],
      },
      {
        height: 8,
        panels: [
          [timeSeries(translate, texts.rules, range(ruleDurations, '{{group}}')).unit('s').min(0), 12],
          [notifications(translate), 12],
        ],
      },
    ],
  };
}

function head(translate: Translate): DashboardParts['groups'] {
  const loaded = words({
    '0': { text: translate(states.refused), color: 'red', index: 0 },
    '1': { text: translate(states.loaded), color: 'green', index: 1 },
  });
  const reloaded = 'max(balance_alert_config_last_reload_success_timestamp_seconds) * 1000';
  return figures(
    stat(translate, texts.up, instant(`max(${exporterSelector})`))
      .unit('none')
      .mappings([upWords(translate)]),
    stat(
      translate,
      texts.accounts,
      instant(counted(`max by (project, provider) (balance_alert_account_info{${chosen}})`)),
    ).unit('none'),
    stat(translate, texts.failing, instant(counted(`${up} == 0`)))
      .unit('none')
      .thresholds(zeroIsGood),
    stat(translate, texts.config, instant('min(balance_alert_config_last_reload_successful)'))
      .unit('none')
      .mappings([loaded]),
    stat(translate, texts.reloaded, instant(reloaded)).unit('dateTimeFromNow'),
    labelStat(translate, texts.version, 'max by (version) (balance_alert_build_info)', 'version').unit(
      'none',
    ),
  );
}

function checksTable(translate: Translate) {
  return table(
    translate,
    texts.checks,
    [
      rows(up),
      rows(`${of('balance_alert_account_last_check_timestamp_seconds')} * 1000`),
      rows(`${lastSuccess} * 1000`),
      rows(interval),
      rows(duration),
      rows(`max by (project, provider) (increase(balance_alert_account_checks_total{${chosen}}[1d]))`),
      rows(
        `max by (project, provider) (sum without (reason) (increase(balance_alert_account_check_failures_total{${chosen}}[1d])))`,
      ),
    ],
    [
      wordColumn('Value #A', columns.state, upWords(translate)),
      { field: 'project', header: columns.account },
      { field: 'provider', header: columns.provider },
      whenColumn('Value #B', columns.lastCheck),
      whenColumn('Value #C', columns.lastGood),
      { field: 'Value #D', header: columns.interval, properties: [property.unit('s')] },
      { field: 'Value #E', header: columns.duration, properties: [property.unit('s'), property.decimals(2)] },
      { field: 'Value #F', header: columns.checks, width: 140, properties: [property.decimals(0)] },
      { field: 'Value #G', header: columns.failuresToday, width: 140, properties: [property.decimals(0)] },
    ],
    [{ by: columns.state }, { by: columns.account }],
  ).unit('none');
}

function notifications(translate: Translate) {
  const hourly = (metric: string) => `rate(${metric}[$__rate_interval])) * 3600`;
  return timeSeries(
    translate,
    texts.notifications,
    range(
      `sum by (alertmanager) (${hourly('prometheus_notifications_sent_total')}`,
      `{{alertmanager}}: ${translate(states.sent)}`,
    ),
    range(
      `sum by (alertmanager) (${hourly('prometheus_notifications_errors_total')}`,
      `{{alertmanager}}: ${translate(states.failed)}`,
    ),
    range(
      `sum by (integration) (${hourly('alertmanager_notifications_failed_total')} > 0`,
      `{{integration}}: ${translate(states.failed)}`,
    ),
  )
    .unit('none')
    .decimals(1)
    .min(0);
}
