import type { AccountConfig } from '../../exporter/accounts/schema.ts';
import type { AccountState } from '../../exporter/accounts/state.ts';
import { Secret } from '../../exporter/config/secret.ts';
import type { MailboxConfig } from '../../exporter/mail/schema.ts';
import type { MailboxState } from '../../exporter/mail/state.ts';
import type { MailTopic } from '../../exporter/mail/topics.ts';
import { failureReasons } from '../../exporter/readings/check-error.ts';
import type { BalanceReading, SpendReading } from '../../exporter/readings/reading.ts';
import { zeros } from '../../exporter/readings/zeros.ts';
import type { ConfigState, Snapshot } from '../../exporter/snapshot/snapshot.ts';
import { everyMonth } from '../../exporter/subscriptions/cycle.ts';
import type { SubscriptionConfig } from '../../exporter/subscriptions/schema.ts';

/** Snapshots made by hand, for tests of what is done with them. Each maker fills in what a test doesn't care about. */

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A moment to test at: a Tuesday, 16:20 in Shanghai, 08:20 in UTC. */
export const testNow = Date.UTC(2026, 10, 24, 8, 20);

export function accountConfig(changes: Partial<AccountConfig> = {}): AccountConfig {
  return {
    name: 'openrouter-prod',
    provider: 'openrouter',
    options: {},
    threshold: undefined,
    budget: undefined,
    owner: undefined,
    consoleUrl: undefined,
    intervalSeconds: 600,
    maxAgeSeconds: 3600,
    timeoutSeconds: 30,
    proxy: undefined,
    caFile: undefined,
    ...changes,
  };
}

export function balance(value: number, changes: Partial<BalanceReading> = {}): BalanceReading {
  return { kind: 'balance', type: 'balance', unit: 'USD', value, ...changes };
}

export function spend(value: number, changes: Partial<SpendReading> = {}): SpendReading {
  return {
    kind: 'spend',
    unit: 'USD',
    period: 'month',
    value,
    periodStart: Date.UTC(2026, 10, 1) / 1000,
    periodEnd: Date.UTC(2026, 11, 1) / 1000,
    ...changes,
  };
}

/** An account that was checked well five minutes before `testNow`, with plenty left. */
export function accountState(
  account: Partial<AccountConfig> = {},
  changes: Partial<Omit<AccountState, 'account'>> = {},
): AccountState {
  return {
    account: accountConfig(account),
    readings: [balance(1000)],
    lastCheckAtMs: testNow - 5 * minute,
    lastSuccessAtMs: testNow - 5 * minute,
    lastDurationSeconds: 0.4,
    failure: undefined,
    checks: 12,
    failures: zeros(failureReasons),
    ...changes,
  };
}

/** What an account has that no check was made of yet. */
export const untried = {
  readings: [],
  lastCheckAtMs: undefined,
  lastSuccessAtMs: undefined,
  lastDurationSeconds: undefined,
  checks: 0,
} as const;

/** A monthly subscription on the 17th, three days of reminder, never marked. */
export function subscription(changes: Partial<SubscriptionConfig> = {}): SubscriptionConfig {
  return {
    name: 'Cursor Team',
    cycleType: 'monthly',
    rhythm: everyMonth(17),
    alertDaysBefore: 3,
    price: { amount: 200, currency: 'USD' },
    paidThrough: undefined,
    autoRenew: false,
    ends: undefined,
    enabled: true,
    owner: undefined,
    consoleUrl: undefined,
    timezone: 'Asia/Shanghai',
    ...changes,
  };
}

export function mailboxConfig(changes: Partial<MailboxConfig> = {}): MailboxConfig {
  return {
    name: 'billing',
    host: 'imap.example.com',
    port: 993,
    starttls: false,
    user: 'billing@example.com',
    password: new Secret('BILLING_IMAP', 'not shown anywhere'),
    oauth2: undefined,
    folders: ['INBOX'],
    intervalSeconds: 900,
    lookbackSeconds: 604_800,
    timeoutSeconds: 120,
    caFile: undefined,
    senders: { allow: [], mute: [] },
    terms: { extend: {}, replace: {} },
    owner: undefined,
    ...changes,
  };
}

/** A mailbox that was scanned well five minutes before `testNow`, with nothing found. */
export function mailboxState(
  mailbox: Partial<MailboxConfig> = {},
  changes: Partial<Omit<MailboxState, 'mailbox'>> = {},
): MailboxState {
  return {
    mailbox: mailboxConfig(mailbox),
    lastScanAtMs: testNow - 5 * minute,
    lastSuccessAtMs: testNow - 5 * minute,
    lastDurationSeconds: 1.2,
    failure: undefined,
    failures: zeros(failureReasons),
    examined: 0,
    unreadable: 0,
    alerts: noAlerts(),
    lastAlertAtMs: {},
    ...changes,
  };
}

/** Mails by topic, none unless said. */
export function noAlerts(counts: Partial<Record<MailTopic, number>> = {}): Record<MailTopic, number> {
  return {
    suspension: 0,
    arrears: 0,
    low_balance: 0,
    expiry: 0,
    bill: 0,
    renewal: 0,
    top_up: 0,
    ...counts,
  };
}

export function configState(changes: Partial<ConfigState> = {}): ConfigState {
  return { lastReloadSuccessful: true, lastReloadSuccessAtMs: testNow - 2 * day, errors: [], ...changes };
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    accounts: [],
    subscriptions: [],
    mailboxes: [],
    timezone: 'Asia/Shanghai',
    config: configState(),
    ...changes,
  };
}
