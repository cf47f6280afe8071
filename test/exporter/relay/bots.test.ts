import ava from 'ava';
import { retryReasons } from '../../../exporter/metrics/relay-outcome.ts';
import { dingtalkCodes, signDingtalk } from '../../../exporter/relay/bots/dingtalk.ts';
import { feishuCodes, signFeishu } from '../../../exporter/relay/bots/feishu.ts';
import { wecomCodes } from '../../../exporter/relay/bots/wecom.ts';
import type { StandInType } from '../../support/bots.ts';
import { botSecret, botToken, field, startBot, textsOf } from '../../support/bots.ts';
import { low, payload, startRelay } from './support.ts';

const types: readonly StandInType[] = ['feishu', 'dingtalk', 'wecom_bot'];

ava('signatures are those of the platforms’ documents, which differ in key, text and unit of time', (t) => {
  // Made with Python's hmac.
  t.is(signFeishu(1_599_360_473, 'demo-secret'), '3/MaVZ8JLIy4TUG+7KSFJqvUkTKd+HWY8g+56DZWq8s=');
  t.is(signDingtalk(1_599_360_473_123, 'demo-secret'), 'xRbLIaPS6DdEctU76yBT2Wr845Q3Gnhr9KURaQuCGoM=');
});

for (const type of types) {
  ava(`${type}: a signed message contains all details and links, then the resolution`, async (t) => {
    await using bot = await startBot(type, { signed: true, keyword: 'balance-alert' });
    const relay = await startRelay(t, [bot]);
    t.deepEqual(await relay.post(payload([low])), { status: 200, text: 'delivered\n' });
    const said = textsOf(bot.messages[0]);
    for (const part of [
      'Balance is below its threshold · llm-gateway',
      'Left: 42.50 USD',
      'Lasts: 3.2 days',
      'Owner: platform',
      'To do: Top up, or adjust the threshold.',
      'https://grafana.example/d/balance-alert-accounts?var-project=llm-gateway&x=(1',
      'https://status.example/runbooks/BalanceLow',
      'https://console.example/credits?a=1&b=2',
    ]) {
      t.true(said.replaceAll('\\', '').replaceAll('%29', ')').includes(part), `${part}\n${said}`);
    }
    t.is((await relay.post(payload([{ ...low, status: 'resolved' }]))).status, 200);
    const resolved = textsOf(bot.messages[1]);
    t.true(resolved.includes('✅ Resolved: Balance is below its threshold'), resolved);
    t.false(resolved.includes('42.50'), 'an old balance is repeated');
    t.deepEqual(await relay.counted(), [`{channel="${type}",result="delivered",reason="none"} 2`]);
  });

  ava(`${type}: in Chinese`, async (t) => {
    await using bot = await startBot(type, { signed: true });
    const relay = await startRelay(t, [bot], { language: 'zh' });
    await relay.post(payload([low]));
    const said = textsOf(bot.messages[0]).replaceAll('\\', '');
    for (const part of [
      '余额低于阈值 · llm-gateway',
      '剩余：42.50 USD (阈值 100.00)',
      '预计可用：3.2 天',
      '负责人：platform',
      '仪表盘',
    ])
      t.true(said.includes(part), `${part}\n${said}`);
  });

  ava(`${type}: markup, mentions and line breaks in names are plain text of one line`, async (t) => {
    await using bot = await startBot(type);
    const relay = await startRelay(t, [bot]);
    const project = 'a <b>*x*</b>\n# head [l](http://e.example) <at id=all></at> <@all> @all `c` \u202Eabc';
    await relay.post(
      payload([
        { ...low, labels: { ...low.labels, project } },
        { ...low, labels: { ...low.labels, project: 'other' } },
      ]),
    );
    const said = textsOf(bot.messages[0]);
    t.false(said.includes('\n# head'), said);
    t.false(said.includes('\u202E'), said);
    if (type === 'feishu') {
      // Nothing but plain text and links: there is no markup to escape.
      t.false(/lark_md|"markdown"/.test(JSON.stringify(bot.messages[0])));
    } else {
      t.notRegex(said, /(?<!\\)<(?!\/?font)[b@a/]|(?<!\\)\*x|(?<!\\)\[l\](?!\\)\(|(?<!\\)`/, said);
      if (type === 'dingtalk') t.false(/@(all|\w)/.test(said), said);
    }
  });

  ava(`${type}: a message longer than the bot takes ends at a line, with how many more`, async (t) => {
    await using bot = await startBot(type, { signed: true });
    const relay = await startRelay(t, [bot]);
    const alerts = Array.from({ length: 300 }, (_, index) => ({
      ...low,
      labels: { ...low.labels, project: `account-${index}-${'名'.repeat(90)}` },
      startsAt: `2026-11-27T01:00:${String(index % 60).padStart(2, '0')}Z`,
    }));
    t.is((await relay.post(payload(alerts))).status, 200);
    t.is(bot.messages.length, 1);
    const said = textsOf(bot.messages[0]);
    const shown = [...said.matchAll(/· account\\?-\d+\\?-/g)].length;
    const [, more = ''] = /… and (\d+) more/.exec(said) ?? [];
    t.true(shown > 1, said);
    t.is(shown + Number(more), 300, said);
    t.true(said.includes('(300)') || said.includes('\\(300\\)'), said.slice(0, 200));
    t.is([...said.matchAll(/To do: /g)].length, shown, 'an alert is cut within');
  });

  ava(`${type}: a single alert that is too long ends at a line`, async (t) => {
    await using bot = await startBot(type);
    const relay = await startRelay(t, [bot]);
    const long = '名'.repeat(400);
    const alert = {
      ...low,
      labels: { ...low.labels, project: long, account_owner: long, topic: long },
      annotations: {
        ...low.annotations,
        amount: long,
        renews_in_days: long,
        due_date: long,
        runs_dry: long,
        threshold: long,
      },
    };
    t.is((await relay.post(payload([alert]))).status, 200);
    t.is(bot.messages.length, 1);
    t.notRegex(textsOf(bot.messages[0]), /\uFFFD/);
  });
}

const codes = { feishu: feishuCodes, dingtalk: dingtalkCodes, wecom_bot: wecomCodes };

/** What the platforms' documents and their users say of each code, in short, and what that means for a notification. */
const documented: Readonly<Record<(typeof types)[number], readonly (readonly [number, string, string])[]>> = {
  feishu: [
    [9499, 'Bad Request', 'content'],
    [11232, 'frequency limited', 'rate_limit'],
    [11233, 'frequency limited by chat', 'rate_limit'],
    [11246, 'card content is wrong', 'content'],
    [19001, 'param invalid: incoming webhook access token invalid', 'auth'],
    [19002, 'param invalid', 'content'],
    [19003, 'param invalid: message type', 'content'],
    [19005, 'bot is not in the group', 'permission'],
    [19006, 'bot is disabled', 'permission'],
    [19021, 'sign match fail or timestamp is not within one hour from current time', 'auth'],
    [19022, 'Ip Not Allowed', 'permission'],
    [19024, 'Key Words Not Found', 'keyword'],
    [99991400, 'request trigger frequency limit', 'rate_limit'],
  ],
  dingtalk: [
    [-1, 'system busy', 'busy'],
    [40035, 'invalid parameter: json is missing', 'content'],
    [43004, 'invalid HTTP header Content-Type', 'content'],
    [90030, 'webhook over limit', 'rate_limit'],
    [101002, 'message is too long', 'content'],
    [130101, 'send too fast, exceed 20 times per minute', 'rate_limit'],
    [130102, 'send too fast', 'rate_limit'],
    [300001, 'token is not exist', 'auth'],
    [302033, 'send too fast', 'rate_limit'],
    [310000, 'sign not match', 'auth'],
    [310000, 'keywords not in content', 'keyword'],
    [310000, 'ip 203.0.113.7 not in whitelist', 'permission'],
    [400013, 'the group is dissolved', 'permission'],
    [400101, 'access_token does not exist', 'auth'],
    [400102, 'the robot is disabled', 'permission'],
    [400105, 'unsupported message type', 'content'],
    [400106, 'the robot does not exist', 'auth'],
    [410100, 'sent too fast, limited', 'rate_limit'],
    [430101, 'contains an unsafe link', 'content'],
    [430102, 'contains an inappropriate text', 'content'],
    [430103, 'contains an inappropriate picture', 'content'],
    [430104, 'contains inappropriate content', 'content'],
    [460101, 'message too long, exceed 20000 bytes', 'content'],
    [660026, 'send too fast', 'rate_limit'],
  ],
  wecom_bot: [
    [-1, 'system busy', 'busy'],
    [40008, 'invalid message type', 'content'],
    [40033, 'invalid characters', 'content'],
    [40035, 'invalid parameter', 'content'],
    [40058, 'markdown.content exceed max length 4096', 'content'],
    [44004, 'text content is empty', 'content'],
    [45002, 'content size out of limit', 'content'],
    [45009, 'api freq out of limit', 'rate_limit'],
    [45033, 'api concurrent out of limit', 'rate_limit'],
    [60020, 'not allow to access from your ip', 'permission'],
    [93000, 'invalid webhook url', 'auth'],
    [93004, 'the robot is disabled', 'permission'],
    [93008, 'the robot is not in the group', 'permission'],
  ],
};

for (const type of types) {
  ava(
    `${type}: every documented code in a 200 is a failure with its reason; Alertmanager is told to retry only what can be`,
    async (t) => {
      const numbers = new Set(documented[type].map(([code]) => String(code)));
      t.deepEqual([...numbers].toSorted(), Object.keys(codes[type]).toSorted());
      for (const [code, words, reason] of documented[type]) {
        await using bot = await startBot(type);
        const relay = await startRelay(t, [bot]);
        bot.answer({ body: type === 'feishu' ? { code, msg: words } : { errcode: code, errmsg: words } });
        const { status, text } = await relay.post(payload([low]));
        const isRetried = (retryReasons as readonly string[]).includes(reason);
        t.is(status, isRetried ? 503 : 422, `${code}: ${text}`);
        t.true(text.includes(`${code}: ${words}`), text);
        t.deepEqual(await relay.counted(), [
          `{channel="${type}",result="${isRetried ? 'retry' : 'rejected'}",reason="${reason}"} 1`,
        ]);
      }
    },
  );

  ava(`${type}: an undocumented code is retried, and reported with the message of the bot`, async (t) => {
    await using bot = await startBot(type);
    const relay = await startRelay(t, [bot]);
    bot.answer({ body: type === 'feishu' ? { code: 777, msg: 'odd' } : { errcode: 777, errmsg: 'odd' } });
    const { status, text } = await relay.post(payload([low]));
    t.is(status, 503);
    t.true(text.includes('777: odd'), text);
  });

  for (const [what, answer, status, reason] of [
    ['a page of a proxy with 200', { body: '<html>login</html>' }, 503, 'schema'],
    ['JSON of somebody else with 200', { body: { hello: 1 } }, 503, 'schema'],
    ['status 500', { body: 'oops', status: 500 }, 503, 'busy'],
    ['status 404', { body: 'not found', status: 404 }, 422, 'http'],
    ['status 401', { body: '', status: 401 }, 422, 'auth'],
    ['status 403', { body: '', status: 403 }, 422, 'permission'],
    ['status 429', { body: '', status: 429, headers: { 'retry-after': '1' } }, 503, 'rate_limit'],
    ['a redirect', { body: '', status: 302, headers: { location: 'https://login.example/?x' } }, 422, 'http'],
    ['a connection that is dropped', 'drop', 503, 'network'],
    ['silence', 'silent', 503, 'timeout'],
  ] as const) {
    ava(`${type}: ${what} is ${reason}, ${status}`, async (t) => {
      await using bot = await startBot(type);
      const relay = await startRelay(t, [bot], { timeoutMs: what === 'silence' ? 300 : 5000 });
      bot.answer(answer);
      const answered = await relay.post(payload([low]));
      t.is(answered.status, status, answered.text);
      t.deepEqual(await relay.counted(), [
        `{channel="${type}",result="${status === 503 ? 'retry' : 'rejected'}",reason="${reason}"} 1`,
      ]);
      const told = answered.text + JSON.stringify(relay.lines);
      t.false(told.includes(botToken), told);
      t.false(told.includes(botSecret), told);
    });
  }
}

for (const type of ['feishu', 'dingtalk'] as const) {
  ava(`${type}: a wrong secret is rejected as auth, and appears in no message`, async (t) => {
    await using bot = await startBot(type, { signed: true });
    const relay = await startRelay(t, [bot], { secret: 'SEC-of-somebody-else' });
    const { status, text } = await relay.post(payload([low]));
    t.is(status, 422, text);
    t.regex(text, /sign/);
    t.deepEqual(await relay.counted(), [`{channel="${type}",result="rejected",reason="auth"} 1`]);
    const told = text + JSON.stringify(relay.lines);
    t.false(told.includes('SEC-of-somebody-else') || told.includes(botToken), told);
  });

  ava(`${type}: a keyword that no message has is rejected as keyword`, async (t) => {
    await using bot = await startBot(type, { keyword: 'something else' });
    const relay = await startRelay(t, [bot]);
    t.is((await relay.post(payload([low]))).status, 422);
    t.deepEqual(await relay.counted(), [`{channel="${type}",result="rejected",reason="keyword"} 1`]);
  });

  ava(`${type}: a clock ten minutes off is within the documented hour`, async (t) => {
    for (const minutes of [-10, 10]) {
      await using bot = await startBot(type, { signed: true });
      const relay = await startRelay(t, [bot], { now: () => Date.now() + minutes * 60_000 });
      t.is((await relay.post(payload([low]))).status, 200);
      t.is(bot.requests(), 1);
    }
  });

  ava(
    `${type}: a clock that is outside the window is told from a wrong secret, and the bot's own clock used`,
    async (t) => {
      for (const hours of [-3, 3]) {
        await using bot = await startBot(type, { signed: true });
        const relay = await startRelay(t, [bot], { now: () => Date.now() + hours * 3_600_000 });
        t.is((await relay.post(payload([low]))).status, 200);
        t.is(bot.messages.length, 1);
        t.regex(JSON.stringify(relay.lines), /clock of this machine differs/);
        const wrong = await startRelay(t, [bot], {
          now: () => Date.now() + hours * 3_600_000,
          secret: 'SEC-of-somebody-else',
        });
        const { status, text } = await wrong.post(payload([low]));
        t.is(status, 503);
        t.regex(text, /clocks differ by/);
      }
    },
  );
}

ava('empty annotations add no lines', async (t) => {
  await using bot = await startBot('feishu');
  const relay = await startRelay(t, [bot]);
  const annotations = { ...low.annotations, days_left: '', runs_dry: '', threshold: '', console_url: '' };
  await relay.post(payload([{ ...low, annotations }]));
  const said = textsOf(bot.messages[0]);
  t.notRegex(said, /Lasts|\(threshold|Console/);
  t.regex(said, /^Left: 42.50 USD$/m);
});

ava('DingTalk: the address list is permission, whatever the language of the sentence', async (t) => {
  await using bot = await startBot('dingtalk');
  const relay = await startRelay(t, [bot]);
  bot.answer({ body: { errcode: 310_000, errmsg: 'ip 203.0.113.7 not in whitelist' } });
  t.is((await relay.post(payload([low]))).status, 422);
  t.deepEqual(await relay.counted(), ['{channel="dingtalk",result="rejected",reason="permission"} 1']);
});

ava('Feishu: older answers have the code under another name', async (t) => {
  await using bot = await startBot('feishu');
  const relay = await startRelay(t, [bot]);
  bot.answer({ body: { StatusCode: 0, StatusMessage: 'success', Extra: null } });
  t.is((await relay.post(payload([low]))).status, 200);
  bot.answer({ body: { StatusCode: 19_024, StatusMessage: 'Key Words Not Found' } });
  t.is((await relay.post(payload([low], 'other'))).status, 422);
});

ava('cards have the buttons of their platform', async (t) => {
  await using feishu = await startBot('feishu');
  await using dingtalk = await startBot('dingtalk');
  const relay = await startRelay(t, [feishu, dingtalk]);
  await relay.post(payload([low]), 'feishu');
  await relay.post(payload([low]), 'dingtalk');
  const elements = field(feishu.messages[0], 'card', 'elements');
  const actions = Array.isArray(elements)
    ? elements.find((one) => field(one, 'tag') === 'action')
    : undefined;
  t.is(field(actions, 'actions', 0, 'url'), low.annotations?.['dashboard_url']);
  t.is(field(feishu.messages[0], 'card', 'header', 'template'), 'orange');
  t.is(field(dingtalk.messages[0], 'msgtype'), 'actionCard');
  t.is(field(dingtalk.messages[0], 'actionCard', 'btns', 1, 'actionURL'), low.annotations?.['runbook_url']);
});
