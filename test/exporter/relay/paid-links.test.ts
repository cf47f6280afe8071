import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import ava from 'ava';
import { digestMessage, digestText } from '../../../exporter/relay/digest/message.ts';
import type { PaidLink } from '../../../exporter/relay/paid-link.ts';
import { plausibleOnly } from '../../../exporter/relay/paid-link.ts';
import { markInFile } from '../../../exporter/subscriptions/mark-file.ts';
import { PaidLinks } from '../../../exporter/web/access/paid-links.ts';
import { createStatusApp } from '../../../exporter/web/status/app.ts';
import type { StandInType } from '../../support/bots.ts';
import { field, startBot, textsOf } from '../../support/bots.ts';
import { silentLogger } from '../../support/logger.ts';
import { serve } from '../../support/served.ts';
import { day, snapshot, testNow } from '../../support/snapshots.ts';
import type { TestAlert } from './support.ts';
import { low, payload, startRelay } from './support.ts';

const types: readonly StandInType[] = ['feishu', 'dingtalk', 'wecom_bot'];

const pageUrl = 'https://ops.example/balances';

const overdue = (name = 'Domain', changes: Readonly<Record<string, string>> = {}): TestAlert => ({
  labels: { alertname: 'SubscriptionOverdue', severity: 'critical', name, cycle_type: 'monthly' },
  annotations: { summary: 'Overdue.', amount: '12.00 EUR', due_date: '2026-11-17', ...changes },
});

/** Keys in a file, the first of which signs, and what signs with them. */
function keyFile(t: ExecutionContext, ...keys: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-paid-links-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key');
  writeFileSync(file, keys.map((key) => `${key}\n`).join(''));
  const links = new PaidLinks(file, pageUrl, silentLogger);
  const paidLink = plausibleOnly(
    (renewal) => links.url(renewal, testNow),
    () => testNow,
  );
  return { folder, links, paidLink };
}

const oldKey = 'k'.repeat(40);

/** Addresses that a message leads to, as the platform's app reads them. */
function urlsIn(type: StandInType, message: unknown): readonly string[] {
  if (type === 'feishu')
    return [...JSON.stringify(message).matchAll(/"url":("[^"]*")/g)].map(([, url = '""']) =>
      String(JSON.parse(url)),
    );
  return [...textsOf(message).matchAll(/\]\(([^()]*)\)/g)].map(([, url = '']) => url);
}

const signed = (urls: readonly string[]) => urls.filter((url) => url.startsWith(`${pageUrl}/renewals/paid?`));

for (const type of types) {
  ava(`${type}: the reminder of a renewal has a link that marks it as paid, in both languages`, async (t) => {
    const { links, paidLink } = keyFile(t, oldKey);
    for (const [language, label] of [
      ['en', 'Mark as paid (2026-11-17)'],
      ['zh', '标记为已付款 (2026-11-17)'],
    ] as const) {
      await using bot = await startBot(type, { signed: true });
      const relay = await startRelay(t, [bot], { paidLink, language });
      t.is((await relay.post(payload([overdue()]))).status, 200);
      t.true(textsOf(bot.messages[0]).replaceAll('\\', '').includes(label), textsOf(bot.messages[0]));
      t.deepEqual(signed(urlsIn(type, bot.messages[0])), [
        links.url({ name: 'Domain', date: '2026-11-17' }, testNow),
      ]);
    }
  });

  ava(
    `${type}: without a key there is no link, nor in other alerts, in the end of one, or for a date that is none`,
    async (t) => {
      const { paidLink } = keyFile(t, oldKey);
      for (const [alert, link] of [
        [overdue(), undefined],
        [{ ...overdue(), status: 'resolved' }, paidLink],
        [{ ...low, annotations: { ...low.annotations, due_date: '2026-11-17' } }, paidLink],
        [overdue('Domain', { due_date: '' }), paidLink],
        [overdue('Domain', { due_date: '17 November' }), paidLink],
        [overdue('Domain', { due_date: '2026-13-45' }), paidLink],
        [overdue('Domain', { due_date: '2046-11-17' }), paidLink],
        [overdue('Domain', { due_date: '1970-01-01' }), paidLink],
      ] as const) {
        await using bot = await startBot(type);
        const relay = await startRelay(t, [bot], { paidLink: link });
        t.is((await relay.post(payload([alert]))).status, 200);
        t.false(JSON.stringify(bot.messages[0]).includes('signature'), JSON.stringify(alert));
      }
    },
  );

  ava(
    `${type}: each of several reminders has its own link, whatever characters are in the name`,
    async (t) => {
      const { links, paidLink } = keyFile(t, oldKey);
      const names = [
        'Domain',
        'a (b) [c] <i>d</i> & "e"+%20',
        '订阅 团队',
        'اشتراك \u202Eabc',
        `n${'名'.repeat(63)}`,
      ];
      await using bot = await startBot(type);
      const relay = await startRelay(t, [bot], { paidLink });
      t.is((await relay.post(payload(names.map((name) => overdue(name))))).status, 200);
      t.deepEqual(
        signed(urlsIn(type, bot.messages[0])),
        names.map((name) => links.url({ name, date: '2026-11-17' }, testNow)),
      );
    },
  );

  ava(`${type}: where there is no room for all, texts go before links`, async (t) => {
    const { paidLink } = keyFile(t, oldKey);
    const alerts = Array.from({ length: 300 }, (_, index) => overdue(`renewal-${index}-${'名'.repeat(40)}`));
    const shown = async (link: PaidLink | undefined) => {
      await using bot = await startBot(type, { signed: true });
      const relay = await startRelay(t, [bot], { paidLink: link });
      t.is((await relay.post(payload(alerts))).status, 200);
      const said = textsOf(bot.messages[0]).replaceAll('\\', '');
      return {
        alerts: [...said.matchAll(/· renewal-\d+-/g)].length,
        tail: /… and (\d+) more/.exec(said)?.[1],
        links: signed(urlsIn(type, bot.messages[0])).length,
      };
    };
    const [without, withLinks] = [await shown(undefined), await shown(paidLink)];
    t.deepEqual({ ...withLinks, links: 0 }, without);
    t.true(withLinks.links <= withLinks.alerts);
    t.is(without.alerts + Number(without.tail), 300);
    await using bot = await startBot(type);
    const relay = await startRelay(t, [bot], { paidLink });
    await relay.post(payload(alerts.slice(0, 5)));
    t.is(signed(urlsIn(type, bot.messages[0])).length, 5);
  });

  ava(
    `${type}: a bot that quotes the link in its refusal brings it neither into the log nor to Alertmanager`,
    async (t) => {
      const { links, paidLink } = keyFile(t, oldKey);
      const url = links.url({ name: 'Domain', date: '2026-11-17' }, testNow);
      const signature = new URL(url).searchParams.get('signature') ?? '';
      for (const words of [
        `invalid url: ${url}`,
        `invalid: ${encodeURIComponent(url)}`,
        JSON.stringify({ url }),
      ]) {
        await using bot = await startBot(type);
        const relay = await startRelay(t, [bot], { paidLink });
        bot.answer({
          body: type === 'feishu' ? { code: 19002, msg: words } : { errcode: 40_035, errmsg: words },
        });
        const { status, text: answer } = await relay.post(payload([overdue()]));
        t.is(status, 422);
        t.regex(answer, /invalid|url/);
        t.false((answer + JSON.stringify(relay.lines)).includes(signature), answer);
      }
    },
  );

  ava(
    `${type}: the weekly digest has a link for each renewal that is due or overdue, and prints none on a terminal`,
    async (t) => {
      const { links, paidLink } = keyFile(t, oldKey);
      const renewal = { days: 3, times: 1, amount: 12, currency: 'EUR' };
      const figures = {
        runsDry: [],
        spend: [],
        renewals: [
          { ...renewal, name: 'Domain', date: '2026-11-17', days: undefined, state: 'overdue' },
          { ...renewal, name: 'Cursor (Team)', date: '2026-11-27', state: 'due' },
          { ...renewal, name: 'Later', date: '2026-12-20', days: 26, state: 'later' },
          { ...renewal, name: 'Undated', date: undefined, state: 'due' },
        ],
        renewalSums: new Map(),
        failed: [],
        mail: [],
      } as const;
      await using bot = await startBot(type, { signed: true });
      const relay = await startRelay(t, [bot]);
      const message = digestMessage(figures, 'en', testNow, 'UTC', paidLink);
      t.is((await relay.relay.sendDirectly(type, message)).result, 'delivered');
      t.deepEqual(
        signed(urlsIn(type, bot.messages[0])),
        [
          { name: 'Domain', date: '2026-11-17' },
          { name: 'Cursor (Team)', date: '2026-11-27' },
        ].map((one) => links.url(one, testNow)),
      );
      t.true(
        textsOf(bot.messages[0]).replaceAll('\\', '').includes('Mark as paid: Cursor (Team) (2026-11-27)'),
        textsOf(bot.messages[0]),
      );
      t.false(digestText(message).includes('signature'));
      const plain = digestMessage(figures, 'en', testNow, 'UTC');
      t.false(JSON.stringify(plain).includes('signature'));
    },
  );
}

/** An exporter whose account file has one subscription, overdue since 17 November. */
async function exporter(t: ExecutionContext, folder: string, links: PaidLinks, now: () => number) {
  const file = join(folder, 'accounts.yaml');
  writeFileSync(
    file,
    'subscriptions:\n  - { name: Domain, cycle: monthly, day: 17, paid_through: 2026-10-17 }\n',
  );
  const served = await serve(
    createStatusApp({
      snapshot: () => snapshot({}),
      now,
      version: '1.2.3',
      links: {},
      paid: {
        links,
        allowedHosts: [],
        mark: (name, date) => markInFile({ file, name, date, now: now() }),
        onMarked: () => undefined,
        onNotMarked: () => undefined,
      },
    }),
  );
  t.teardown(served.close);
  const ask = (method: 'GET' | 'POST', url: string, headers: Readonly<Record<string, string>> = {}) =>
    new Promise<number>((resolve, reject) => {
      const sent = request(`${served.url}${url.slice(pageUrl.length)}`, { method, headers }, (response) => {
        text(response).then(() => resolve(response.statusCode ?? 0), reject);
      });
      sent.on('error', reject);
      sent.end();
    });
  return { ask, paidThrough: () => /paid_through: (\S+)/.exec(readFileSync(file, 'utf8'))?.[1] };
}

ava(
  'the exporter takes the link of a reminder once, and none that is changed, expired, of another key or sent from another site',
  async (t) => {
    const { folder, paidLink } = keyFile(t, oldKey);
    await using bot = await startBot('feishu');
    const relay = await startRelay(t, [bot], { paidLink });
    await relay.post(payload([overdue()]));
    const [url = ''] = signed(urlsIn('feishu', bot.messages[0]));
    // The exporter has a newer key already, with the old one in the second line.
    writeFileSync(join(folder, 'exporter-key'), `${'n'.repeat(40)}\n${oldKey}\n`);
    const links = new PaidLinks(join(folder, 'exporter-key'), pageUrl, silentLogger);
    let nowMs = testNow;
    const { ask, paidThrough } = await exporter(t, folder, links, () => nowMs);
    const confirmed = `${url}&confirm=yes`;

    t.is(await ask('GET', url), 200);
    t.is(await ask('GET', confirmed), 200);
    t.is(await ask('POST', url), 200, 'asks again');
    t.is(await ask('POST', confirmed, { origin: 'https://evil.example' }), 403);
    t.is(await ask('POST', confirmed, { 'sec-fetch-site': 'cross-site' }), 403);
    t.is(await ask('POST', confirmed.replace('2026-11-17', '2026-12-17')), 403);
    t.is(await ask('POST', confirmed.replace('name=Domain', 'name=Other')), 403);
    const other = keyFile(t, 'x'.repeat(40)).paidLink({ name: 'Domain', date: '2026-11-17' }) ?? '';
    t.is(await ask('POST', `${other}&confirm=yes`), 403);
    nowMs = testNow + 31 * day;
    t.is(await ask('POST', confirmed), 410);
    nowMs = testNow;
    t.is(paidThrough(), '2026-10-17', 'nothing so far has written');
    t.is(await ask('POST', confirmed), 200);
    t.is(paidThrough(), '2026-11-17');
    t.is(await ask('POST', confirmed), 200);
    t.is(paidThrough(), '2026-11-17');
  },
);

ava('what anybody who can post alerts makes up is no due date for the exporter', async (t) => {
  const { folder, links, paidLink } = keyFile(t, oldKey);
  await using bot = await startBot('feishu');
  const relay = await startRelay(t, [bot], { paidLink });
  await relay.post(payload([overdue('Domain', { due_date: '2026-11-18' }), overdue('No such entry')]));
  const { ask, paidThrough } = await exporter(t, folder, links, () => testNow);
  const urls = signed(urlsIn('feishu', bot.messages[0]));
  t.is(urls.length, 2);
  for (const url of urls) t.is(await ask('POST', `${url}&confirm=yes`), 409);
  t.is(paidThrough(), '2026-10-17');
  t.is(field(bot.messages[0], 'msg_type'), 'interactive');
});
