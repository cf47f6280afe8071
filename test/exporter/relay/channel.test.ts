import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava from 'ava';
import type { Outcome } from '../../../exporter/metrics/relay-outcome.ts';
import { delivered, failed } from '../../../exporter/metrics/relay-outcome.ts';
import type { ChannelOptions } from '../../../exporter/relay/channel.ts';
import { Channel } from '../../../exporter/relay/channel.ts';
import type { Notification } from '../../../exporter/relay/payload.ts';
import { parseNotification } from '../../../exporter/relay/payload.ts';
import { startBot, textsOf } from '../../support/bots.ts';
import { until } from '../../support/until.ts';
import { low, payload, startRelay } from './support.ts';

function note(name: string): Notification {
  const parsed = parseNotification(payload([{ ...low, labels: { alertname: 'A', project: name } }], name));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.notification;
}

const never = new AbortController().signal;
const forgetful = { has: () => false, add: () => Promise.resolve() };

/** A channel that keeps what it was told to send, by the names of the groups. */
function channelOf(
  answer: (groups: readonly string[]) => Outcome | Promise<Outcome>,
  options: Partial<ChannelOptions> = {},
) {
  const sent: string[][] = [];
  const channel = new Channel({
    limits: [],
    memory: forgetful,
    patienceMs: 5000,
    send: async (notifications) => {
      const groups = notifications.map(({ groupKey }) => groupKey);
      sent.push(groups);
      return answer(groups);
    },
    ...options,
  });
  return { channel, sent };
}

const limit = { messages: 2, periodMs: 300 };

ava('what waits for its turn goes out in one message, and no limit is passed', async (t) => {
  const times: number[] = [];
  const { channel, sent } = channelOf(
    () => {
      times.push(performance.now());
      return delivered;
    },
    { limits: [limit] },
  );
  for (const name of ['1', '2']) t.is((await channel.deliver(note(name), never)).result, 'delivered');
  const rest = ['3', '4', '5'].map((name) => channel.deliver(note(name), never));
  t.deepEqual(await Promise.all(rest), [delivered, delivered, delivered]);
  t.deepEqual(sent, [['1'], ['2'], ['3', '4', '5']]);
  t.true((times[2] ?? 0) - (times[0] ?? 0) >= limit.periodMs);
});

// By itself: what starts the relays of the other tests can keep a busy machine longer than the limit lasts.
ava.serial(
  'a notification that cannot be sent in time is handed back, and is in no later message',
  async (t) => {
    const { channel, sent } = channelOf(() => delivered, {
      // A busy machine must not let both pass at once.
      limits: [{ messages: 1, periodMs: 2000 }],
      patienceMs: 200,
    });
    await channel.deliver(note('1'), never);
    t.like(await channel.deliver(note('2'), never), { result: 'retry', reason: 'rate_limit' });
    await until(async () => (await channel.deliver(note('3'), never)).result === 'delivered');
    t.deepEqual(sent, [['1'], ['3']]);
  },
);

ava('when Alertmanager hangs up, its notification leaves the queue', async (t) => {
  const { channel, sent } = channelOf(() => delivered, { limits: [{ messages: 1, periodMs: 300 }] });
  await channel.deliver(note('1'), never);
  const gone = new AbortController();
  const abandoned = channel.deliver(note('2'), gone.signal);
  const kept = channel.deliver(note('3'), never);
  gone.abort();
  t.like(await abandoned, { result: 'retry', reason: 'timeout' });
  t.is((await kept).result, 'delivered');
  t.deepEqual(sent, [['1'], ['3']]);
});

ava('the pause that a bot asks for is kept, and what came meanwhile is handed back', async (t) => {
  let answers = 0;
  const { channel, sent } = channelOf(
    () => {
      answers += 1;
      return answers === 1 ? failed('rate_limit', 'slow down', 10_000) : delivered;
    },
    { patienceMs: 500 },
  );
  t.like(await channel.deliver(note('1'), never), { result: 'retry', words: 'slow down' });
  t.like(await channel.deliver(note('2'), never), { result: 'retry', reason: 'rate_limit' });
  t.deepEqual(sent, [['1']]);
});

ava('a notification whose content is refused takes none of those down that it was merged with', async (t) => {
  const { channel, sent } = channelOf((groups) =>
    groups.includes('bad') ? failed('content', 'no') : delivered,
  );
  const outcomes = await Promise.all(['1', 'bad', '2'].map((name) => channel.deliver(note(name), never)));
  t.deepEqual(
    outcomes.map(({ result }) => result),
    ['delivered', 'rejected', 'delivered'],
  );
  t.deepEqual(sent, [['1', 'bad', '2'], ['1'], ['bad'], ['2']]);
});

ava(
  'a notification delivered twice concurrently is sent once, and both requests get the result',
  async (t) => {
    const { channel, sent } = channelOf(() => delivered);
    t.deepEqual(await Promise.all([channel.deliver(note('1'), never), channel.deliver(note('1'), never)]), [
      delivered,
      delivered,
    ]);
    t.deepEqual(sent, [['1']]);
  },
);

ava('at the end, what waits is handed back, and what is being sent is waited for', async (t) => {
  let finish: (outcome: Outcome) => void = () => undefined;
  const { channel, sent } = channelOf(
    () =>
      new Promise<Outcome>((resolve) => {
        finish = resolve;
      }),
  );
  const sending = channel.deliver(note('1'), never);
  await until(() => sent.length === 1);
  const waiting = channel.deliver(note('2'), never);
  const closed = channel.close();
  t.like(await waiting, { result: 'retry', reason: 'shutdown' });
  t.like(await channel.deliver(note('3'), never), { result: 'retry', reason: 'shutdown' });
  finish(delivered);
  t.is((await sending).result, 'delivered');
  await closed;
  t.deepEqual(sent, [['1']]);
});

ava(
  '300 alerts at once in as many groups are a few messages within the bot’s limit, and each is answered',
  async (t) => {
    await using bot = await startBot('feishu', { signed: true, limit: { messages: 5, periodMs: 1000 } });
    const relay = await startRelay(t, [bot]);
    const bodies = Array.from({ length: 300 }, (_, index) =>
      payload(
        [{ ...low, labels: { alertname: 'BalanceLow', severity: 'warning', project: `account-${index}` } }],
        `g${index}`,
      ),
    );
    const startedMs = performance.now();
    const answers = await Promise.all(bodies.map((body) => relay.post(body)));
    const seconds = Math.ceil((performance.now() - startedMs) / 1000);
    t.true(answers.every(({ status }) => status === 200));
    t.true(
      bot.messages.length <= 5 * seconds && bot.messages.length < 150,
      `${bot.messages.length} messages`,
    );
    const counts = bot.messages.map((message) => {
      const said = textsOf(message);
      const shown = [...said.matchAll(/· account-\d+/g)].length;
      return Math.max(1, shown) + Number(/… and (\d+) more/.exec(said)?.[1] ?? 0);
    });
    t.true(counts.reduce((sum, count) => sum + count, 0) >= 300);
    t.deepEqual(await relay.counted(), ['{channel="feishu",result="delivered",reason="none"} 300']);
  },
);

ava(
  'a notification that was delivered before a restart is not sent again; what changed is, and a reminder hours later',
  async (t) => {
    const storage = await mkdtemp(join(tmpdir(), 'balance-alert-relay-'));
    t.teardown(() => rm(storage, { recursive: true }));
    await using bot = await startBot('dingtalk', { signed: true });
    const first = await startRelay(t, [bot], { storage });
    t.is((await first.post(payload([low]))).status, 200);
    await first.relay.close();
    const second = await startRelay(t, [bot], { storage });
    t.is((await second.post(payload([low]))).status, 200);
    t.is(bot.messages.length, 1);
    t.is((await second.post(payload([{ ...low, status: 'resolved' }]))).status, 200);
    t.is(bot.messages.length, 2);
    await second.relay.close();
    bot.answer({ body: { errcode: 0, errmsg: 'ok' } });
    const before = bot.requests();
    const later = await startRelay(t, [bot], { storage, now: () => Date.now() + 4 * 3_600_000 });
    t.is((await later.post(payload([low]))).status, 200);
    t.is(bot.requests(), before + 1);
  },
);

ava(
  'two relays share a bot: what its limit refuses is answered so that Alertmanager retries it',
  async (t) => {
    await using bot = await startBot('feishu', { limit: { messages: 1, periodMs: 60_000 } });
    const relays = [await startRelay(t, [bot]), await startRelay(t, [bot])];
    const statuses = await Promise.all(relays.map((relay, index) => relay.post(payload([low], `g${index}`))));
    t.deepEqual(statuses.map(({ status }) => status).toSorted(), [200, 503]);
  },
);

ava('storage that is damaged or gone is reported, and costs no delivery', async (t) => {
  const storage = await mkdtemp(join(tmpdir(), 'balance-alert-relay-'));
  t.teardown(() => rm(storage, { recursive: true, force: true }));
  await using bot = await startBot('feishu');
  const first = await startRelay(t, [bot], { storage });
  await first.post(payload([low]));
  await first.relay.close();
  for (const file of await readdir(storage)) await writeFile(join(storage, file), '{');
  const second = await startRelay(t, [bot], { storage });
  t.is((await second.post(payload([low]))).status, 200);
  t.regex(JSON.stringify(second.lines), /starting without it/);
  await rm(storage, { recursive: true });
  t.is((await second.post(payload([low], 'other'))).status, 200);
  t.regex(JSON.stringify(second.lines), /could not be stored/);
});

ava('an invalid notification or an unknown channel is rejected permanently', async (t) => {
  await using bot = await startBot('feishu');
  const relay = await startRelay(t, [bot]);
  for (const [body, status] of [
    ['no JSON', 400],
    [{}, 400],
    [{ version: '3', groupKey: 'x', alerts: [] }, 400],
    [payload([]), 400],
  ] as const)
    t.is((await relay.post(body)).status, status);
  t.is((await relay.post(payload([low]), 'nobody')).status, 404);
  t.is((await fetch(`${relay.url}/notify/feishu`)).status, 405);
  t.is((await fetch(`${relay.url}/-/healthy`)).status, 200);
  t.is(bot.requests(), 0);
});

ava('a web page cannot have its reader send notifications', async (t) => {
  await using bot = await startBot('feishu');
  const relay = await startRelay(t, [bot]);
  for (const headers of [
    { Origin: 'https://evil.example' },
    { Origin: relay.url },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'same-origin' },
  ]) {
    const response = await fetch(`${relay.url}/notify/feishu`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(payload([low])),
    });
    t.deepEqual(
      [response.status, await response.text()],
      [403, 'requests of browsers are refused\n'],
      JSON.stringify(headers),
    );
  }
  t.is(bot.requests(), 0);
});

ava('every series is there at 0 before anything happened', async (t) => {
  await using bot = await startBot('feishu');
  const relay = await startRelay(t, [bot]);
  const text = await (await fetch(`${relay.url}/metrics`)).text();
  for (const labels of [
    'result="delivered",reason="none"',
    'result="retry",reason="rate_limit"',
    'result="rejected",reason="keyword"',
  ])
    t.true(text.includes(`balance_alert_relay_notifications_total{channel="feishu",${labels}} 0`), labels);
});
