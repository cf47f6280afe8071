import { Temporal } from 'temporal-polyfill';
import type { Snapshot } from '../../exporter/snapshot/snapshot.ts';
import { everyDays, everyYear } from '../../exporter/subscriptions/cycle.ts';
import type { Histories } from '../../exporter/web/history/histories.ts';
import {
  accountState,
  balance,
  configState,
  day,
  hour,
  mailboxState,
  minute,
  noAlerts,
  snapshot,
  spend,
  subscription,
  testNow,
  untried,
} from '../support/snapshots.ts';

/** Names as an enemy, or another alphabet, would choose them. */
export const hostileNames = [
  '<script>document.title = "taken"</script>',
  '"><img src=x onerror="document.title=1">',
  'quotes \' and " and `',
  'two\nlines',
  'שלום עולם (עברית)',
  '\u202Edetrever si siht',
  'Zoë · 账户一号 · 🎈',
  '&lt;already&amp;escaped&gt;',
  'long-' + 'unbroken'.repeat(20),
] as const;

/** A team's accounts on a bad day: there is a case of nearly everything that the page can say. */
export function fullSnapshot(): Snapshot {
  return snapshot({
    accounts: [
      accountState(
        {
          name: 'openrouter-prod',
          threshold: 100,
          owner: 'platform',
          consoleUrl: 'https://openrouter.example/credits',
        },
        { readings: [balance(12.4, { type: 'credits' })] },
      ),
      accountState(
        {
          name: 'deepseek-batch',
          provider: 'deepseek',
          threshold: { CNY: 500, USD: 20 },
          owner: 'data science',
          consoleUrl: 'https://platform.deepseek.example/usage',
        },
        { readings: [balance(1840.55, { unit: 'CNY' }), balance(3.2)] },
      ),
      accountState(
        {
          name: 'aliyun-main',
          provider: 'aliyun',
          threshold: 2000,
          owner: 'platform',
          consoleUrl: 'https://usercenter.aliyun.example',
        },
        {
          readings: [balance(10_523.1, { unit: 'CNY' })],
          lastSuccessAtMs: testNow - 9 * hour,
          lastCheckAtMs: testNow - 2 * minute,
          failure: {
            reason: 'permission',
            message: 'HTTP 400 NotAuthorized: the RAM user lacks bss:DescribeAcccount',
          },
        },
      ),
      accountState(
        { name: 'sms-gateway', provider: 'json', threshold: 1000, owner: 'growth' },
        { readings: [balance(-3, { type: 'credits', unit: 'messages' })] },
      ),
      accountState(
        {
          name: 'glm-coding-plan',
          provider: 'glm',
          threshold: 15,
          consoleUrl: 'https://bigmodel.example/plan',
        },
        {
          readings: [
            balance(82, {
              type: 'quota',
              unit: 'percent',
              window: '5h',
              limit: 100,
              resetAt: (testNow + 2.4 * hour) / 1000,
            }),
            balance(34.5, {
              type: 'quota',
              unit: 'percent',
              window: 'week',
              limit: 100,
              resetAt: (testNow + 3.2 * day) / 1000,
            }),
          ],
        },
      ),
      accountState(
        { name: 'tavily-search', provider: 'tavily', threshold: 200 },
        {
          readings: [balance(741, { type: 'quota', unit: 'credits', window: 'month', limit: 1000 })],
          lastCheckAtMs: testNow - minute,
          lastSuccessAtMs: testNow - 11 * minute,
          failure: { reason: 'timeout', message: 'no answer within 10 s of sending the request' },
        },
      ),
      accountState(
        { name: 'openai-org', provider: 'openai', budget: 4000, owner: 'finance' },
        { readings: [spend(4120.18)] },
      ),
      accountState(
        { name: 'anthropic-org', provider: 'anthropic', budget: 2500, owner: 'finance' },
        { readings: [spend(812.06)] },
      ),
      accountState(
        { name: 'stripe', provider: 'stripe', owner: 'finance' },
        {
          readings: [
            balance(0, { type: 'merchant', unit: 'EUR' }),
            balance(15_200, { type: 'merchant', unit: 'JPY' }),
          ],
        },
      ),
      accountState(
        { name: 'elevenlabs', provider: 'elevenlabs', threshold: 50_000, owner: 'media' },
        {
          readings: [
            balance(188_402, {
              type: 'quota',
              unit: 'characters',
              limit: 500_000,
              resetAt: (testNow + 6 * day) / 1000,
            }),
          ],
        },
      ),
      accountState({ name: 'new-vendor', provider: 'json', threshold: 10, owner: 'platform' }, untried),
      accountState(
        { name: 'mistyped-key', provider: 'openrouter' },
        {
          readings: [],
          lastSuccessAtMs: undefined,
          failure: { reason: 'auth', message: 'HTTP 401 from openrouter.example' },
        },
      ),
    ],
    subscriptions: [
      subscription({
        paidThrough: '2026-10-17',
        owner: 'platform',
        consoleUrl: 'https://cursor.example/billing',
      }),
      subscription({
        name: 'example.com',
        cycleType: 'yearly',
        rhythm: everyYear(11, 26),
        price: { amount: 12, currency: 'EUR' },
        owner: 'platform',
        consoleUrl: 'https://registrar.example',
      }),
      subscription({
        name: 'CDN',
        cycleType: 'every-10-weeks',
        rhythm: everyDays(Temporal.PlainDate.from('2026-01-05'), 70),
        price: { amount: 90, currency: 'CNY' },
        autoRenew: true,
      }),
      subscription({ name: 'Team wiki', paidThrough: '2026-11-17', price: undefined }),
    ],
    mailboxes: [
      mailboxState(
        { name: 'billing', owner: 'finance' },
        {
          examined: 1284,
          alerts: noAlerts({ arrears: 2, bill: 14, renewal: 1 }),
          lastAlertAtMs: {
            arrears: testNow - 7 * hour,
            bill: testNow - 4 * day,
            renewal: testNow - 30 * day,
          },
        },
      ),
      mailboxState(
        { name: 'old-accounts' },
        {
          examined: 31,
          lastSuccessAtMs: testNow - 3 * day,
          failure: { reason: 'auth', message: 'the server answered NO to LOGIN' },
        },
      ),
      mailboxState({ name: 'new' }, { lastScanAtMs: undefined, lastSuccessAtMs: undefined }),
    ],
    config: configState({
      lastReloadSuccessful: false,
      errors: [
        'balance-alert.yaml:14:16: accounts[2].threshold: expected a number',
        'balance-alert.yaml:31:5: accounts[5].treshold: unknown key; did you mean threshold?',
      ],
    }),
  });
}

/** One of everything for each of the hostile names. */
export function hostileSnapshot(): Snapshot {
  return snapshot({
    accounts: hostileNames.map((name) =>
      accountState(
        { name, provider: 'json', owner: name, threshold: 5, consoleUrl: 'https://console.example' },
        { readings: [balance(61.25, { unit: name })], failure: { reason: 'business', message: name } },
      ),
    ),
    subscriptions: hostileNames.map((name) => subscription({ name, owner: name, paidThrough: '2026-10-17' })),
    mailboxes: hostileNames.map((name) =>
      mailboxState({ name, owner: name }, { failure: { reason: 'business', message: name } }),
    ),
    config: configState({ lastReloadSuccessful: false, errors: hostileNames }),
  });
}

/** A month of each balance as Prometheus would have it: falling to what is left, topped up on the way, with a gap. */
export const sampleHistories: Histories = (account, { type, value }) =>
  type === 'quota' || account === 'aliyun-main'
    ? undefined
    : {
        daysLeft: account === 'sms-gateway' ? undefined : (account.length * 7) % 40,
        points: Array.from({ length: 31 }, (_, index) =>
          index === 12 ? undefined : value + ((30 - index) % 17) * (Math.abs(value) / 10 + 1),
        ),
      };
