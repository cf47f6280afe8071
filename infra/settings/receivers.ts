import * as z from 'zod';
import { expecting } from '../../exporter/config/describe-issue.ts';
import { timezoneSchema } from '../../exporter/config/fields.ts';
import { weekdays } from '../../exporter/relay/words.ts';
import type { Severity } from '../../rules/types.ts';
import { booleanText, numeric, oneOf, port, shown, text, wholeNumber } from './values.ts';

/**
 * Where notifications go, by type. URLs of incoming webhooks are credentials, so no message repeats one.
 */

/** Severities that people are notified of. */
const notified = ['critical', 'warning', 'info'] as const satisfies readonly Severity[];

/** Without template actions: Alertmanager expands `{{` in these fields. */
const word = (what: string) =>
  text(what).regex(/^(?!.*\{\{)\P{Cc}+$/u, `expected ${what}, without {{ and control characters`);

const secretUrl = (what: string) =>
  z
    .url({ protocol: /^https?$/, error: `expected ${what}, an http or https URL` })
    .refine((url) => !URL.canParse(url) || !/\/services\/?$/.test(new URL(url).pathname), {
      error: `expected ${what} with everything after /services/`,
    });

/** A token: one word without white space. */
const token = (what: string, pattern = /^\S+$/) =>
  z.string(`expected ${what}`).regex(pattern, `expected ${what}`);

const list = <Item extends z.ZodType<string>>(item: Item, what: string) =>
  z
    .union([z.array(item), item.transform((one) => [one])], { error: `expected ${what}` })
    .refine((items) => items.length > 0, { error: `expected ${what}` });

/** What every receiver has. */
const common = {
  /** Only alerts of these severities. */
  severities: list(
    z.enum(notified, { error: (issue) => `expected ${notified.join(', ')}, got ${shown(issue.input)}` }),
    `severities: ${notified.join(', ')}`,
  ).default([...notified]),
  /** Only alerts on accounts and subscriptions of these owners; all alerts when unset. */
  owners: list(word('the name of an owner'), 'owners').optional(),
  /** Whether it is notified when an alert is resolved. */
  sendResolved: booleanText.default(true),
};

const mailAddress = z.string(expecting('a mail address')).regex(/^[^\s@{}<>,;]+@[^\s@{}<>,;]+$/, {
  error: (issue) => `expected a mail address such as ops@example.com, got ${shown(issue.input)}`,
});

const hostAndPort = z
  .string('expected HOST:PORT of the mail server')
  .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, {
    abort: true,
    error: (issue) =>
      `expected HOST:PORT of the mail server, such as smtp.example.com:587, got ${shown(issue.input)}`,
  })
  .refine((address) => port.safeParse(address.replace(/^.*:/, '')).success, {
    error: (issue) => `expected a port from 1 to 65535, got ${shown(issue.input)}`,
  });

const email = z
  .strictObject({
    ...common,
    type: z.literal('email'),
    to: list(mailAddress, 'mail addresses'),
    from: mailAddress,
    smarthost: hostAndPort,
    username: word('the user name').optional(),
    password: token('the password, without line breaks', /^\P{Cc}+$/u).optional(),
    /** STARTTLS; port 465 uses TLS from the start anyway. */
    requireTls: booleanText.default(true),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    error: 'expected username and password together',
  });

const slack = z.strictObject({
  ...common,
  type: z.literal('slack'),
  url: secretUrl('the URL of an incoming webhook'),
  channel: z
    .string('expected a channel such as #ops')
    .regex(/^[#@]?[^\s{}]+$/, {
      error: (issue) => `expected a channel such as #ops, got ${shown(issue.input)}`,
    })
    .optional(),
});

const telegram = z.strictObject({
  ...common,
  type: z.literal('telegram'),
  botToken: token('a bot token such as 123456:ABC-DEF', /^\d+:[A-Za-z0-9_-]+$/),
  /** Negative for groups. */
  chatId: numeric('expected the numeric id of a chat', /^-?\d{1,16}$/).refine(
    (id) => Number.isSafeInteger(id) && id !== 0,
    {
      error: (issue) =>
        `expected the numeric id of a chat, such as -1001234567890, got ${shown(issue.input)}`,
    },
  ),
  /** Of a Bot API server of one's own. */
  apiUrl: secretUrl('the URL of a Bot API server').optional(),
});

const webhookOf = <const Type extends string>(type: Type, what: string) =>
  z.strictObject({ ...common, type: z.literal(type), url: secretUrl(what) });

const pagerduty = z.strictObject({
  ...common,
  type: z.literal('pagerduty'),
  routingKey: token('an integration key (Events API v2) of 32 characters', /^[A-Za-z0-9]{32}$/),
  /** Such as https://events.eu.pagerduty.com/v2/enqueue. */
  apiUrl: secretUrl('the URL of the Events API').optional(),
});

/** How an HTTP server is told who asks: a name and a password, a token, or nothing. */
export const httpCredentials = {
  username: token('the user name').optional(),
  password: token('the password', /^\P{Cc}+$/u).optional(),
  bearerToken: token('a bearer token, without white space').optional(),
};

export type HttpCredentials = z.output<z.ZodObject<typeof httpCredentials>>;

/** What is wrong with a combination of credentials; undefined where nothing is. */
export function credentialsProblem({ username, password, bearerToken }: HttpCredentials): string | undefined {
  if ((username === undefined) !== (password === undefined)) return 'expected username and password together';
  return username === undefined || bearerToken === undefined
    ? undefined
    : 'expected either username and password or bearerToken, not both';
}

const webhook = z
  .strictObject({
    ...common,
    ...httpCredentials,
    type: z.literal('webhook'),
    url: secretUrl('the URL of the webhook'),
  })
  .superRefine((value, context) => {
    const message = credentialsProblem(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const wecom = z
  .strictObject({
    ...common,
    type: z.literal('wecom'),
    corpId: token('the corp id, such as ww1234567890abcdef', /^[A-Za-z0-9_-]+$/),
    agentId: z
      .union([z.string(), z.number().transform(String)], 'expected the numeric agent id')
      .refine((id) => /^\d{1,12}$/.test(id), {
        error: (issue) => `expected the numeric agent id, such as 1000002, got ${shown(issue.input)}`,
      }),
    secret: token('the secret of the app'),
    toUser: word('users, separated by |').optional(),
    toParty: word('departments, separated by |').optional(),
    toTag: word('tags, separated by |').optional(),
    /** Of a proxy of one's own; `https://qyapi.weixin.qq.com/cgi-bin/` when unset. */
    apiUrl: secretUrl('the URL of the API').optional(),
  })
  .refine(({ toUser, toParty, toTag }) => (toUser ?? toParty ?? toTag) !== undefined, {
    error: 'expected at least one of toUser, toParty and toTag; toUser "@all" means everybody',
  });

/** Group bots: the relay signs their messages and reads the result in their answers. */
const bot = <const Type extends string>(type: Type, what: string) =>
  z.strictObject({
    ...common,
    type: z.literal(type),
    url: secretUrl(what),
    /** For signed messages, where the bot demands them. */
    secret: token('the secret of the bot, of 6 characters or more', /^\S{6,}$/).optional(),
  });

const receiver = z.discriminatedUnion(
  'type',
  [
    email,
    slack,
    telegram,
    webhookOf('msteams', 'the URL of a Teams workflow'),
    webhookOf('discord', 'the URL of a Discord webhook'),
    webhookOf('mattermost', 'the URL of an incoming webhook'),
    pagerduty,
    webhook,
    wecom,
    bot('feishu', 'the URL of a Feishu bot'),
    bot('dingtalk', 'the URL of a DingTalk bot'),
    // WeCom's group bots know no signature.
    webhookOf('wecom_bot', 'the URL of a WeCom group bot'),
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? 'expected a type: email, slack, telegram, msteams, discord, mattermost, pagerduty, webhook, wecom, feishu, dingtalk or wecom_bot'
        : 'expected a receiver: an object with a type',
  },
);

/** Fields of receivers that are credentials, URLs of incoming webhooks among them. */
export const credentialFields: ReadonlySet<string> = new Set([
  'url',
  'password',
  'botToken',
  'routingKey',
  'bearerToken',
  'secret',
]);

export type Receiver = z.output<typeof receiver>;

/** A group bot, which is reached through the relay. */
export type BotReceiver = Extract<Receiver, { type: 'feishu' | 'dingtalk' | 'wecom_bot' }>;

export function isBot(receiver: Receiver): receiver is BotReceiver {
  return receiver.type === 'feishu' || receiver.type === 'dingtalk' || receiver.type === 'wecom_bot';
}

/** By name; a name is part of metrics' labels and of the relay's paths. */
export const receivers = z.record(
  z
    .string()
    .regex(
      /^(?!(?:null|heartbeat)$)[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
      'expected a name of 1 to 63 letters, digits, "_" and "-", other than null and heartbeat',
    ),
  receiver,
);

const timeOfDay = z.string(expecting('a time of day')).regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
  error: (issue) => `expected a time of day such as 22:00, got ${shown(issue.input)}`,
});

const timeZone = z.string(expecting('a time zone')).refine(
  (zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return !/^[+-]/.test(zone);
    } catch {
      return false;
    }
  },
  { error: (issue) => `expected a time zone such as Asia/Shanghai, got ${shown(issue.input)}` },
);

export const quietHours = z
  .strictObject({
    timeZone,
    start: timeOfDay,
    /** At or before `start`, it is on the next day. */
    end: timeOfDay,
    /** Saturdays and Sundays are quiet all day. */
    weekends: booleanText.default(false),
  })
  .refine(({ start, end }) => start !== end, { error: 'expected start and end to differ' });

export type QuietHours = z.output<typeof quietHours>;

/** When the weekly digest is sent, and where to. */
export const digest = z.strictObject({
  day: z.enum(weekdays, {
    error: (issue) => `expected a day of the week such as monday, got ${shown(issue.input)}`,
  }),
  hour: wholeNumber(0, 23),
  timeZone: timezoneSchema,
  /** Names of receivers that are group bots. */
  channels: list(word('the name of a receiver'), 'the names of receivers that are group bots'),
});

export type DigestSettings = z.output<typeof digest>;

export const heartbeatUrl = secretUrl('the URL of a heartbeat check');

export const alertmanagerModes = ['managed', 'external', 'none'] as const;
export const mode = oneOf(alertmanagerModes);
