import type { AccountRow, Line } from '../view/accounts.ts';
import type { MailboxRow } from '../view/mailboxes.ts';
import type { RenewalRow } from '../view/renewals.ts';
import type { StatusView } from '../view/status.ts';
import type { ApiAccount, ApiMailbox, ApiReading, ApiRenewal, ApiStatus } from './schema.ts';

/** The latest moment that a date can hold, in milliseconds since the epoch. */
const latestMomentMs = 8.64e15;

/** A moment in ISO 8601; undefined where there is none, or none that a date can hold. */
function iso(milliseconds: number | undefined): string | undefined {
  if (milliseconds === undefined || !(Math.abs(milliseconds) <= latestMomentMs)) return undefined;
  const text = new Date(milliseconds).toISOString();
  // Years beyond 9999 have another form, which readers of ISO 8601 do not expect.
  return text.length === 24 ? text : undefined;
}

const isoOfSeconds = (seconds: number | undefined): string | undefined =>
  iso(seconds === undefined ? undefined : seconds * 1000);

function failureOf(
  problems: readonly (AccountRow | MailboxRow)['problems'][number][],
): ApiAccount['failure'] {
  for (const problem of problems) {
    if (problem.kind === 'failing') return { reason: problem.reason, message: problem.message };
  }
  return undefined;
}

function readingBody(line: Line): ApiReading {
  if (line.kind === 'spend') {
    const { unit, value, period, periodStart, periodEnd, asOf } = line.reading;
    return {
      type: 'spend',
      unit,
      value,
      period,
      period_start: isoOfSeconds(periodStart),
      period_end: isoOfSeconds(periodEnd),
      as_of: isoOfSeconds(asOf),
      budget: line.budget,
      state: line.standing,
    };
  }
  if (line.kind === 'unlimited') {
    const { type, unit, window, wallet } = line.reading;
    return { type, unit, window, wallet, unlimited: true, state: line.standing };
  }
  const { type, unit, value, window, wallet, limit, resetAt, asOf } = line.reading;
  return {
    type,
    unit,
    value,
    window,
    wallet,
    limit,
    resets_at: isoOfSeconds(resetAt),
    as_of: isoOfSeconds(asOf),
    threshold: line.threshold,
    state: line.standing,
  };
}

export function accountBody(row: AccountRow): ApiAccount {
  return {
    name: row.name,
    provider: row.provider,
    owner: row.owner,
    console_url: row.consoleUrl,
    state: row.standing,
    current: row.current,
    readings: row.lines.map(readingBody),
    last_check_at: iso(row.lastCheckAt),
    last_success_at: iso(row.lastSuccessAt),
    failure: failureOf(row.problems),
  };
}

function renewalBody(row: RenewalRow): ApiRenewal {
  const overdue = row.problems.find((problem) => problem.kind === 'overdue');
  return {
    name: row.name,
    cycle: row.cycleType,
    auto_renew: row.autoRenew,
    amount: row.price?.amount,
    currency: row.price?.currency,
    owner: row.owner,
    console_url: row.consoleUrl,
    state: row.standing,
    next: row.next,
    days: row.days,
    overdue_since: overdue?.since,
  };
}

export function mailboxBody(row: MailboxRow): ApiMailbox {
  return {
    name: row.name,
    owner: row.owner,
    state: row.standing,
    scanned: row.examined,
    topics: row.topics.map(({ topic, count, lastAt }) => ({ topic, count, last_at: iso(lastAt) })),
    last_scan_at: iso(row.lastScanAt),
    last_success_at: iso(row.lastSuccessAt),
    failure: failureOf(row.problems),
  };
}

/** What the page shows, as data. It holds no present moment, so that it stays the same until something changes. */
export function statusBody(view: StatusView, version: string): ApiStatus {
  const { config } = view;
  return {
    version,
    timezone: view.timezone,
    attention_count: view.attentionCount,
    config: {
      last_reload_successful: config.lastReloadSuccessful,
      last_reload_success_at: iso(config.lastReloadSuccessAtMs) ?? new Date(0).toISOString(),
      errors: [...config.errors],
    },
    accounts: view.accounts.map(accountBody),
    renewals: view.renewals.map(renewalBody),
    mailboxes: view.mailboxes.map(mailboxBody),
    broken: view.broken.map(({ subject, name }) => ({ kind: subject, name })),
  };
}
