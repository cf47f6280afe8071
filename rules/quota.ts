import { account, collapsed } from './expressions.ts';
import { dashboardPath } from './links.ts';
import { recorded } from './series.ts';
import type { AlertRule, RuleGroup } from './types.ts';

/**
 * Pace of quota windows: used share against elapsed share. Requires that the vendor reports size and reset, and a window of
 * known length.
 */

const balance = collapsed('max', 'balance_alert_balance', 'type="quota"');
const limit = `(${collapsed('max', 'balance_alert_quota_limit', 'type="quota"')} > 0)`;
const window = `(${collapsed('max', 'balance_alert_quota_window_seconds', 'type="quota"')} > 0)`;

/** Seconds until the reset; nothing once it has passed, when the last reading is of the window before. */
const untilReset = `(${collapsed('max', 'balance_alert_quota_reset_timestamp_seconds', 'type="quota"')} - time() > 0)`;

/** Before this share of a window has passed, a single request looks like a fast pace. */
const leastElapsed = 0.03;

const used = `clamp_min(1 - ${balance} / ${limit}, 0)`;
const elapsed = `(1 - ${untilReset} / ${window} >= ${leastElapsed})`;

/** As the panels name them. */
export const quotaRecords = {
  used: 'account:balance_alert_quota_used:ratio',
  elapsed: 'account:balance_alert_quota_elapsed:ratio',
  pace: 'account:balance_alert_quota_pace',
} as const;

/** So far ahead of the window a pace is worth a message, as a share of the quota. */
const leastAhead = 0.1;

/** With less than this left, QuotaLowBeforeReset takes over. */
const low = 0.1;

const quotaPace: AlertRule = {
  alert: 'QuotaPace',
  severity: 'warning',
  // Rounded to minutes, for the message.
  expr: `round(${window} * (1 - 1 / (${recorded(quotaRecords.pace)} > 0)), 60)
and (${recorded(quotaRecords.used)} <= ${1 - low})
and (${recorded(quotaRecords.used)} - ${recorded(quotaRecords.elapsed)} > ${leastAhead})`,
  for: '30m',
  keepFiringFor: '15m',
  why: `A warning: a quota resets by itself. The used share must exceed the elapsed share by ${leastAhead * 100} percentage points, so that a burst at the beginning of a window needs a much higher pace. 30m, since usage is bursty. Below a tenth left, QuotaLowBeforeReset takes over.`,
  summary: 'A quota is on pace to run out before it resets.',
  description: `${account} runs out of quota {{ $value | humanizeDuration }} before the reset at the current pace.`,
  dashboard: dashboardPath('accounts', 'project'),
};

/** Reads series of quotas only: the cost does not depend on the number of other accounts. */
export const quotaGroup: RuleGroup = {
  name: 'balance-alert.quota',
  rules: [
    {
      record: quotaRecords.used,
      expr: used,
      why: 'Used share of a quota; 0 if more is left than its size, as with carried-over units.',
    },
    {
      record: quotaRecords.elapsed,
      expr: elapsed,
      why: `Elapsed share of the window. Absent below ${leastElapsed * 100} %, when a single request looks like a fast pace, and between the reset and the first reading after it.`,
    },
    {
      record: quotaRecords.pace,
      expr: `${used}\n/ (${elapsed} > 0)`,
      why: 'Used share divided by elapsed share: above 1, the quota runs out before it resets.',
    },
    quotaPace,
  ],
};
