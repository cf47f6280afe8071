import test from 'ava';
import fc from 'fast-check';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import type { AccountConfig } from '../../../exporter/accounts/schema.ts';
import type { AccountState } from '../../../exporter/accounts/state.ts';
import { untried } from '../../../exporter/accounts/state.ts';
import { runRenewals } from '../../../exporter/commands/renewals.ts';
import { timezoneSchema } from '../../../exporter/config/fields.ts';
import { formatProblem } from '../../../exporter/config/located-yaml.ts';
import type { MailboxConfig } from '../../../exporter/mail/schema.ts';
import type { MailboxState } from '../../../exporter/mail/state.ts';
import { createTextRenderer } from '../../../exporter/web/metrics/text.ts';
import { statusPage } from '../../../exporter/web/status/page/status-page.ts';
import { readQuery } from '../../../exporter/web/status/query.ts';
import { formatterFor } from '../../../exporter/web/status/text/format.ts';
import { messages } from '../../../exporter/web/status/text/messages.ts';
import { statusView } from '../../../exporter/web/view/status.ts';
import {
  balance,
  configState,
  day,
  mailboxState,
  noAlerts,
  snapshot,
  spend,
} from '../../support/snapshots.ts';

/** Taken by `Intl` in Node 24; Temporal refuses them. */
const ambiguousZones = ['JST', 'IST', 'CST', 'BST', 'PST', 'AST', 'ACT', 'AET', 'NST', 'PRT', 'SST', 'VST'];

const zones = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...Intl.supportedValuesOf('timeZone')) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'UTC',
      'Etc/GMT+12',
      'EST5EDT',
      'Asia/Calcutta',
      '+08:00',
      '-03:30',
      'asia/tokyo',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...ambiguousZones) },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);

const dates = fc
  .date({ min: new Date('1969-12-30'), max: new Date('2099-12-30'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });

const cycle = fc.oneof(
  fc.record({ cycle: fc.constant('weekly'), day: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ cycle: fc.constant('monthly'), day: fc.integer({ min: 1, max: 32 }) }),
  fc.record({ cycle: fc.constant('yearly'), day: fc.constantFrom('02-29', '01-31', '12-31', '13-01') }),
  fc.record({ cycle: fc.constant('quarterly'), anchor: dates }),
  fc.record({
    cycle: fc.record({
      every: fc.integer({ min: 1, max: 1000 }),
      unit: fc.constantFrom('days', 'weeks', 'months'),
    }),
    anchor: dates,
  }),
);

const price = fc.oneof(
  fc.constant({}),
  fc.record({
    amount: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    currency: fc.stringMatching(/^[A-Z]{3}$/),
  }),
);

const extras = fc.record({
  timezone: sometimes(zones),
  ends: sometimes(dates),
  last_renewed: rarely(dates),
  paid_through: rarely(dates),
  alert_days_before: sometimes(fc.integer({ min: 0, max: 30 })),
  auto_renew: sometimes(fc.boolean()),
  owner: sometimes(text),
  console_url: sometimes(
    fc.oneof(
      { weight: 9, arbitrary: fc.webUrl({ withQueryParameters: true }) },
      { weight: 1, arbitrary: text },
    ),
  ),
});

const amount = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.dictionary(fc.constantFrom('USD', 'CNY', 'points', 'usd'), fc.double({ noNaN: true }), { maxKeys: 2 }),
);

const durations = fc.constantFrom('1s', '90s', '10m', '6h', '7d', '400d', '0s', '1.5h');

const account = fc.record({
  name: text,
  threshold: sometimes(amount),
  budget: sometimes(amount),
  owner: sometimes(text),
  interval: rarely(durations),
  max_age: sometimes(durations),
});

const mailbox = fc.record({
  name: text,
  host: fc.oneof(fc.domain(), fc.ipV6(), text),
  user: text,
  folders: sometimes(fc.array(text, { maxLength: 2 })),
  interval: sometimes(durations),
  lookback: rarely(durations),
  owner: sometimes(text),
  senders: sometimes(
    fc.record({
      allow: fc.array(fc.domain(), { maxLength: 2 }),
      names: fc.array(fc.record({ match: fc.domain(), name: text }), { maxLength: 2 }),
    }),
  ),
  terms: sometimes(fc.record({ extend: fc.record({ bill: fc.array(text, { maxLength: 2 }) }) })),
});

const file = fc
  .record({
    timezone: sometimes(zones),
    name: text,
    cycle,
    price,
    extras,
    account,
    mailboxes: fc.array(mailbox, { maxLength: 1 }),
  })
  .map(
    ({
      timezone,
      name,
      cycle: rhythm,
      price: amountAndCurrency,
      extras: rest,
      account: asked,
      mailboxes,
    }) => ({
      ...(timezone === undefined ? {} : { timezone }),
      accounts: [{ ...asked, provider: 'demo' }],
      subscriptions: [{ name, ...rhythm, ...amountAndCurrency, ...rest }],
      mailboxes: mailboxes.map((one) => ({ ...one, password: { secret: 'MAIL_PASSWORD' } })),
    }),
  );

/** What checks and scans may have found so far. */
const found = fc.record({
  value: fc.double({ noNaN: true, noDefaultInfinity: true }),
  agoMs: fc.integer({ min: 0, max: 400 * day }),
  isFailing: fc.boolean(),
  examined: fc.nat(),
});

type Found = typeof found extends fc.Arbitrary<infer Value> ? Value : never;

function accountWith(config: AccountConfig, { value, agoMs, isFailing }: Found, now: number): AccountState {
  return {
    ...untried(config),
    readings: [
      balance(value),
      spend(value),
      balance(value, {
        type: 'quota',
        unit: 'percent',
        window: '5h',
        limit: 100,
        resetAt: now / 1000,
        asOf: 0,
      }),
    ],
    lastCheckAtMs: now - agoMs,
    lastSuccessAtMs: now - agoMs,
    failure: isFailing ? { reason: 'auth', message: 'no' } : undefined,
  };
}

function mailboxWith(
  config: MailboxConfig,
  { agoMs, isFailing, examined }: Found,
  now: number,
): MailboxState {
  const counts = { alerts: noAlerts({ bill: examined }), lastAlertAtMs: { bill: now - agoMs } };
  return {
    ...mailboxState({}, { ...counts, examined, lastScanAtMs: now, lastSuccessAtMs: now - agoMs }),
    mailbox: config,
    failure: isFailing ? { reason: 'auth', message: 'no' } : undefined,
    senders: (config.senders.names ?? []).map(({ name }) => ({
      name,
      alerts: counts.alerts,
      lastAlertAt: counts.lastAlertAtMs,
    })),
  };
}

test('any account file that the check accepts renders on /metrics, the page, and as renewals', (t) => {
  const moments = fc.date({ min: new Date('2020-01-01'), max: new Date('2060-12-31'), noInvalidDate: true });
  let accepted = 0;
  let withMail = 0;
  fc.assert(
    fc.property(file, moments, found, (document, moment, state) => {
      const now = moment.getTime();
      const loaded = loadAccountFile({
        file: 'a.yaml',
        text: JSON.stringify(document),
        resolveSecret: () => 'planted-password',
        now,
      });
      if (!loaded.ok) return;
      accepted += 1;
      withMail += loaded.config.mailboxes.length;
      const { config } = loaded;
      const current = snapshot({
        timezone: config.timezone,
        accounts: config.accounts.flatMap((one) => [untried(one), accountWith(one, state, now)]),
        subscriptions: config.subscriptions,
        mailboxes: config.mailboxes.map((one) => mailboxWith(one, state, now)),
        config: configState(),
      });
      createTextRenderer(({ error }) => t.fail(String(error)))(current, now);
      const view = statusView(current, now);
      t.deepEqual(view.broken, []);
      for (const language of ['en', 'zh'] as const) {
        const format = formatterFor(language, view.timezone);
        const context = {
          language,
          text: messages[language],
          format,
          now,
          query: readQuery({}),
          links: {},
          runbooks: new Map(),
        };
        statusPage(context, view, '1').toString();
      }
      for (const format of ['table', 'ics', 'json'] as const) {
        t.is(runRenewals({ subscriptions: config.subscriptions, now, write: () => undefined, format }), 0);
      }
    }),
    { numRuns: 500 },
  );
  t.true(accepted > 40, `${accepted} files were accepted`);
  t.true(withMail > 10, `${withMail} of them had a mailbox`);
});

test('a time zone that only one of two libraries accepts is rejected with its line and name', (t) => {
  for (const zone of ambiguousZones) t.false(timezoneSchema.safeParse(zone).success, zone);
  const loaded = loadAccountFile({
    file: 'a.yaml',
    text: 'timezone: CST\nsubscriptions:\n  - { name: A, cycle: monthly, day: 31, timezone: JST, last_renewed: 2026-10-31 }\n',
    resolveSecret: () => undefined,
    now: 0,
  });
  t.deepEqual(loaded.ok ? [] : loaded.problems.map(formatProblem), [
    'a.yaml:1:1: timezone: expected an IANA time zone such as Europe/Berlin, got "CST"',
    'a.yaml:3:41: subscriptions[0].timezone: expected an IANA time zone such as Europe/Berlin, got "JST"',
  ]);
});
