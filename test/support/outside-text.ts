import { loadAccountFile } from '../../exporter/account-file/load.ts';
import { parseDuration } from '../../exporter/config/duration.ts';
import { LocatedYaml } from '../../exporter/config/located-yaml.ts';
import { nearestWord } from '../../exporter/config/nearest-word.ts';
import { parse } from '../../exporter/config/parse.ts';
import { printable } from '../../exporter/config/printable.ts';
import { parseProxy } from '../../exporter/config/proxy.ts';
import { createRedactor } from '../../exporter/config/redact.ts';
import { Secret } from '../../exporter/config/secret.ts';
import { createLogger } from '../../exporter/log.ts';
import { createClassifier } from '../../exporter/mail/classify/classifier.ts';
import { linesOf, sentences, sentencesIn } from '../../exporter/mail/classify/lines.ts';
import { normalize } from '../../exporter/mail/classify/normalize.ts';
import { isForward, withoutMarks, withoutQuotes } from '../../exporter/mail/classify/quoted.ts';
import { unflow } from '../../exporter/mail/imap/bodies.ts';
import { htmlToText } from '../../exporter/mail/imap/html-to-text.ts';
import { parseMessage } from '../../exporter/mail/imap/message.ts';
import { decodePart, decodeText, parseHeaders } from '../../exporter/mail/imap/mime.ts';
import { defaultMailRules, judgeMailFile } from '../../exporter/mail/mail-file.ts';
import { nameOfSender } from '../../exporter/mail/senders.ts';
import { renderSample } from '../../exporter/metrics/exposition.ts';
import { baseUrlSchema } from '../../exporter/providers/base-url.ts';
import { parseHosts } from '../../exporter/providers/http/hosts-file.ts';
import { retryAfterSeconds, waitSeconds } from '../../exporter/providers/http/retry-after.ts';
import { vendorWords } from '../../exporter/providers/http/vendor-words.ts';
import { search } from '../../exporter/providers/json/expression.ts';
import { looksLikeSecret, maskText } from '../../exporter/providers/json/literal-secrets.ts';
import { placeholderFault } from '../../exporter/providers/json/placeholders.ts';
import { readTime } from '../../exporter/providers/json/time.ts';
import { valueSchema } from '../../exporter/providers/json/value-schema.ts';
import { readValues } from '../../exporter/providers/json/values.ts';
import { readXml } from '../../exporter/providers/json/xml.ts';
import { jsonShape } from '../../exporter/providers/json-shape.ts';
import { readAmount } from '../../exporter/providers/money.ts';
import { alertMessage } from '../../exporter/relay/alert-message.ts';
import { bots } from '../../exporter/relay/bots/registry.ts';
import { oneLine } from '../../exporter/relay/message.ts';
import { idOf, parseNotification } from '../../exporter/relay/payload.ts';
import { readLog } from '../../exporter/storage/log-format.ts';
import { credentialsIn } from '../../exporter/web/access/gate.ts';
import { webConfigSchema } from '../../exporter/web/access/schema.ts';
import { escapeHtml } from '../../exporter/web/html.ts';
import { readQuery } from '../../exporter/web/status/query.ts';
import { repeated } from './growth.ts';

/** A parser, or a set of patterns, that meets text from outside, and texts that such a text may consist of. */
export interface Reader {
  readonly name: string;
  readonly read: (text: string) => unknown;
  /** Repeated to whatever length; with what stands before and after them, if it matters. */
  readonly contents: readonly (string | Content)[];
  /** Characters up to which growth is measured; 64 Ki unless given. */
  readonly longest?: number;
}

interface Content {
  readonly start?: string;
  readonly item: string;
  readonly end?: string;
}

/** The text that a reader gets, of so many characters at least. */
export function textOf(content: Reader['contents'][number], length: number): string {
  if (typeof content === 'string') return repeated(content, length);
  // Each item differs where it has a number sign, as keys and names do.
  const count = Math.ceil(length / content.item.length);
  const items = content.item.includes('#')
    ? Array.from({ length: count }, (_, index) => content.item.replaceAll('#', String(index))).join('')
    : content.item.repeat(count);
  return `${content.start ?? ''}${items}${content.end ?? ''}`;
}

const words = [
  '1',
  '1,',
  'a',
  'a@',
  '<',
  '>',
  '> ',
  ' ',
  '\n',
  '.',
  '-',
  '--',
  '/',
  ':',
  '=',
  '&',
  '{',
  '"',
  '\\',
  '%',
  '\u00ff',
  '\u001b[',
  '您的账户',
  'your balance is low. ',
  'payment ',
];

const mails = [
  ...words,
  '=?',
  '=?utf-8?B?5aa=?= ',
  'on ',
  're: ',
  '(',
  '"',
  '<a@',
  '\r\n',
  '\r\n ',
  '\n> ',
  '<div hidden>',
  '<p>',
  '<td>',
  '</b>',
  '<!--',
  '&#',
  'http://a.b/',
  '\u200b',
  '\t',
  '=\n',
  '=3D',
];

/** The same work whether the text is good or refused. */
function orFault(read: (text: string) => unknown): (text: string) => unknown {
  return (text) => {
    try {
      return read(text);
    } catch {
      return undefined;
    }
  };
}

function redactor(): (text: string) => string {
  return createRedactor([new Secret('TOKEN', 'planted-token'), new Secret('PASSWORD', 'another one')]);
}

function logger() {
  return createLogger({ level: 'info', format: 'logfmt', redact: redactor(), write: () => undefined });
}

function accountFile(text: string): unknown {
  return loadAccountFile({ file: 'a.yaml', text, now: 0, resolveSecret: () => 'planted-password' });
}

/** Documents by size: reading them is not what is measured. */
const documents = new Map<string, unknown>();

function kept<Document>(key: string, make: () => Document): unknown {
  if (!documents.has(key)) documents.set(key, make());
  return documents.get(key);
}

function documentOf(length: number): unknown {
  const count = Math.ceil(length / 32);
  return kept(`list ${count}`, () => ({
    items: Array.from({ length: count }, (_, n) => ({ v: '1.5', n, s: `s${n}`, l: [n] })),
  }));
}

const classifier = createClassifier({ extend: { arrears: ['dunning step'] }, replace: {} });

const mailReaders: readonly Reader[] = [
  {
    name: 'header fields',
    contents: mails,
    read: (text) =>
      parseHeaders(
        Buffer.from(`Subject: ${text}\r\nFrom: ${text}\r\nDate: ${text}\r\nMessage-ID: ${text}\r\n`),
      ),
  },
  {
    name: 'header fields, many',
    contents: ['A: b\r\n', { item: 'X-#: b\r\n' }, ':', '\r\n', 'a\r\n\t'],
    read: (text) => parseHeaders(Buffer.from(text)),
  },
  { name: 'subject, as a whole', contents: mails, read: (text) => classifier.isOpen(text) },
  {
    name: 'classifier, subject and text',
    contents: mails,
    read: (text) => classifier.judge({ subject: text, text }),
  },
  { name: 'normalising and sentences', contents: mails, read: (text) => sentences(normalize(text)) },
  {
    name: 'older mails in an answer',
    contents: mails,
    read: (text) => {
      const lines = linesOf(text);
      return [withoutQuotes(lines), withoutMarks(lines), isForward('', lines)].map((found) =>
        typeof found === 'boolean' ? found : sentencesIn(found),
      );
    },
  },
  { name: 'flowed text', contents: [...mails, ' \n'], read: (text) => unflow(text, true) },
  {
    name: 'HTML to text',
    contents: [
      ...mails,
      '<b><p>',
      '<table><tr>',
      '<a href="',
      '<div hidden>x</div>',
      '<blockquote type="cite">',
      '<![if !mso]>',
      '<style>',
      '<p style="display:none">',
      '&nbsp;',
      'a b ',
      '<br>',
    ],
    read: htmlToText,
  },
  { name: 'MIME, one part', contents: mails, read: (text) => parseMessage(Buffer.from(text, 'latin1')) },
  {
    name: 'MIME, header',
    contents: [...words, 'a=b; ', 'a*0=b; ', { item: ' a*#=b;' }, { item: ' p#="b";' }, '; ', '\r\n '],
    read: (text) => parseMessage(Buffer.from(`Content-Type: text/plain; ${text}\r\n\r\n`, 'latin1')),
  },
  {
    name: 'MIME, parts',
    contents: [
      ...words,
      '--a\r\n',
      '--a\r\n\r\nx\r\n',
      '--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n',
      '\r\n',
    ],
    read: (text) =>
      parseMessage(Buffer.from(`Content-Type: multipart/mixed; boundary=a\r\n\r\n${text}`, 'latin1')),
  },
  {
    name: 'base64',
    contents: mails,
    read: (text) => decodePart(Buffer.from(text, 'latin1'), { encoding: 'base64', charset: 'utf-8' }),
  },
  {
    name: 'quoted-printable',
    contents: [...mails, '=E5=AA', '='],
    read: (text) =>
      decodePart(Buffer.from(text, 'latin1'), { encoding: 'quoted-printable', charset: 'gb18030' }),
  },
  {
    name: 'charset that nobody named',
    contents: [...mails, '\u00b2\u00e9'],
    read: (text) => decodeText(Buffer.from(text, 'latin1'), undefined),
  },
  {
    name: 'whole mail, cut as a scan cuts it',
    contents: mails,
    read: (text) =>
      judgeMailFile(Buffer.from(`Subject: ${text}\r\nFrom: ${text}\r\n\r\n${text}`), defaultMailRules),
  },
  {
    name: 'sender',
    contents: ['a', '@', '.', 'a.'],
    read: (text) => nameOfSender(text, [{ match: '@vendor.example', name: 'vendor' }]),
  },
];

const values = [
  valueSchema.parse({ type: 'balance', expr: 'v', unit: 'USD', regex: '(\\d+(?:\\.\\d+)?) left' }),
];

const answerReaders: readonly Reader[] = [
  {
    name: 'JSON',
    contents: [
      { start: '[', item: '1,', end: '1]' },
      { start: '{', item: '"a#":1,', end: '"a":1}' },
      { start: '"', item: 'a', end: '"' },
      '{',
      '[',
    ],
    read: orFault((text) => JSON.parse(text)),
  },
  ...[
    'sum(items[*].v)',
    'items[?n > `3`].v | [0]',
    'sort_by(items, &n)[0].v',
    'max_by(items, &n).v',
    "join(',', items[*].s)",
    'items[].l[]',
    'length(items)',
    'reverse(items)',
    'items[-1]',
    'group_by(items, &s)',
    'zip(items[*].s, items[*].n)',
    'keys(items[0])',
    'map(&s, items)',
    "contains(items[*].s, 'x')",
    'merge(items[0], items[1])',
    'to_number(items[0].v)',
    'from_items(items[*].[s, n])',
  ].map(
    (expression): Reader => ({
      name: `JMESPath ${expression}`,
      contents: [{ item: '#' }],
      read: (text) => search(documentOf(text.length), expression, { sumOfNothing: 0 }),
    }),
  ),
  {
    name: 'XML',
    contents: [
      { start: '<?xml version="1.0"?><r>', item: '<a>1</a>', end: '</r>' },
      { start: '<?xml version="1.0"?><r>', item: '<a#>1</a#>', end: '</r>' },
      { start: '<?xml version="1.0"?><r ', item: 'a#="1" ', end: '/>' },
      { start: '<?xml version="1.0"?><r>', item: '&amp;', end: '</r>' },
      { start: '<?xml version="1.0"?><r>', item: 'a ', end: '</r>' },
      { start: '<?xml version="1.0"?><r>', item: '<![CDATA[a]]>', end: '</r>' },
      { start: '<?xml version="1.0"?><r>', item: '<!-- a -->', end: '</r>' },
      { start: '<?xml version="1.0"?>', item: '<a>' },
      { start: '<?xml version="1.0"?><r>', item: '<' },
      { start: '<?xml version="1.0"?><r>', item: 'x:', end: '</r>' },
      { start: '<?xml version="1.0"?><r a="', item: ' ', end: '"/>' },
      { start: '<?xml', item: ' ' },
      { start: '<?xml version="1.0"?><r>', item: '<?a?>', end: '</r>' },
    ],
    read: orFault(readXml),
  },
  {
    name: "users' regex, over items",
    contents: ['a'],
    read: (text) =>
      readValues(
        { content: Array.from({ length: text.length / 16 }, () => ({ v: '12.5 left' })), isXml: false },
        '@',
        values,
        { now: new Date(0), timezone: 'UTC' },
      ),
  },
  {
    name: "users' regex, one text",
    contents: ['1', '1 ', '1 234 ', '1.', '-', 'a', ' left', '12 left '],
    read: orFault((text) =>
      readValues({ content: { v: text }, isXml: false }, undefined, values, {
        now: new Date(0),
        timezone: 'UTC',
      }),
    ),
  },
  { name: 'amount in a text', contents: [...words, '1,234', ',234', '.1', 'e'], read: readAmount },
  {
    name: 'time in a text',
    contents: [
      ...words,
      '2026-',
      '2026-11-27 ',
      ' +08',
      '+0800',
      { start: '2026-11-27', item: ' ', end: 'x' },
      { start: 'Tue, ', item: ' GMT', end: '!' },
      { start: '2026-11-27T', item: '1' },
    ],
    read: (text) => readTime(text, 'Asia/Shanghai'),
  },
  {
    name: 'Retry-After and waits',
    contents: [
      ...words,
      '1h',
      '1.1',
      '1m1',
      { start: 'Tue, ', item: '01:01:01', end: '\u00e4' },
      { start: '2026-11-27T10:00', item: 'Z', end: ' ' },
    ],
    read: (text) => [retryAfterSeconds(text), waitSeconds('x', text, 0)],
  },
  {
    name: "the vendor's words",
    contents: [
      ...words,
      '<title>',
      '<title ',
      '<error>a',
      { start: '<', item: '<message ' },
      { start: '<title>', item: 'a' },
      { start: '{"a":"', item: 'a', end: '"}' },
      { start: '<title', item: ' ' },
    ],
    read: vendorWords,
  },
  {
    name: 'the shape of an answer',
    contents: [
      { start: '[', item: '{"a":1},', end: '1]' },
      { start: '{', item: '"a#":1,', end: '"a":1}' },
    ],
    read: jsonShape,
  },
  {
    name: 'text made printable',
    contents: [...words, '\u001b[31m', '\u001b]', '\u001b]8;;', '\u009b', '\u200b'],
    read: printable,
  },
  {
    name: 'secrets taken out of a text',
    contents: [...words, 'planted-', 'planted-token'],
    read: redactor(),
  },
  {
    name: 'hosts file',
    contents: ['127.0.0.1 a\n', { item: '127.0.0.1 a#\n' }, '#', ' ', { start: '127.0.0.1', item: ' a#' }],
    read: parseHosts,
  },
];

const fileReaders: readonly Reader[] = [
  {
    name: 'account file, accounts',
    contents: [
      { start: 'accounts:\n', item: '  - { name: account-#, provider: demo, options: { unit: USD } }\n' },
      { start: 'accounts:\n', item: '  - name: account-#\n    provider: demo\n    colour: red\n' },
      { start: 'accounts:\n', item: '  - { name: a, provider: demo }\n' },
    ],
    read: accountFile,
  },
  {
    name: 'account file, subscriptions',
    contents: [
      {
        start: 'subscriptions:\n',
        item: '  - { name: S#, cycle: monthly, day: 31, timezone: Asia/Tokyo }\n',
      },
    ],
    read: accountFile,
  },
  {
    name: 'account file, mailboxes',
    contents: [
      {
        start: 'mailboxes:\n',
        item: '  - { name: M#, host: imap.vendor.example, user: a, password: { secret: PASSWORD } }\n',
      },
    ],
    read: accountFile,
  },
  {
    name: 'account file, keys that are unknown',
    contents: [
      { item: 'key#: 1\n' },
      { start: '{', item: 'key#: 1, ', end: '}' },
      { start: 'accounts:\n  - name: a\n', item: '    key#: 1\n' },
      { start: 'defaults:\n', item: '  key#: 1\n' },
    ],
    read: accountFile,
  },
  {
    name: 'account file, a threshold with many units',
    contents: [
      { start: 'accounts:\n  - name: a\n    provider: demo\n    threshold:\n', item: '      U#: 1\n' },
    ],
    read: accountFile,
  },
  {
    name: 'account file, a body with many keys',
    contents: [
      {
        start:
          'accounts:\n  - name: a\n    provider: json\n    options:\n      url: https://vendor.example\n      method: POST\n      values: [{ type: balance, expr: a, unit: USD }]\n      body:\n',
        item: '        k#: v#\n',
      },
    ],
    read: accountFile,
  },
  {
    name: 'YAML',
    contents: [
      ...words,
      '- ',
      '- a\n',
      'a: ',
      'a: b\n',
      '# a\n',
      '? ',
      '&a ',
      '*a ',
      '!a ',
      '|\n',
      '>\n',
      "'",
      "''",
      '"\\x',
      '[',
      ']',
      '[], ',
      '{}, ',
      ',',
      '---\n',
      '...\n',
      '%a\n',
      '\t',
      '  ',
      '\r\n',
      { item: '- &a# b\n' },
      { start: 'a: |\n', item: '  b\n' },
      { start: 'a: >\n', item: '  b\n\n' },
      { start: 'a: "', item: 'b ', end: '"' },
      { start: 'a: "', item: '\\n', end: '"' },
      { start: 'a: ', item: 'b ' },
      { start: 'a:\n', item: '  b\n' },
      { start: '- &a b\n', item: '- *a\n' },
      { start: '- &a { b: c }\n', item: '- { <<: *a }\n' },
      { start: '[', item: 'a, ', end: ']' },
      { start: '{', item: 'a#: b, ', end: '}' },
      { item: 'a#: b\n' },
      { start: '[', item: '\n', end: ']' },
      { start: '"', item: '\n' },
      { start: '- ', item: ' # a\n' },
    ],
    read: (text) => new LocatedYaml('a.yaml', text).read(),
  },
  {
    name: 'web configuration',
    contents: [
      { start: 'basic_auth_users:\n', item: `  user#: $2y$10$${'a'.repeat(53)}\n` },
      { start: 'basic_auth_users:\n', item: '  user#: plain\n' },
      { start: 'tls_server_config:\n  client_allowed_sans:\n', item: '  - a#\n' },
      { item: 'key#: 1\n' },
    ],
    read: (text) => {
      const yaml = new LocatedYaml('web.yaml', text);
      const read = yaml.read();
      if (read.ok) parse(webConfigSchema, read.plain, [], (path, message) => yaml.problem(path, message));
    },
  },
  { name: 'duration', contents: ['1', '1s', '1s1m', 's'], read: parseDuration },
  { name: 'proxy', contents: words.map((item) => ({ start: 'http://', item })), read: parseProxy },
  {
    name: 'base URL',
    contents: [...words, '@', '?', '#'].map((item) => ({ start: 'https://a/', item, end: 'x' })),
    read: (text) => baseUrlSchema('https://vendor.example').safeParse(text),
  },
  {
    name: 'literal that may be a secret',
    contents: [...words, 'a=b&', 'a=', '{"a":', '[1,'],
    read: (text) => [maskText('name', text), looksLikeSecret('token', text)],
  },
  {
    name: 'placeholders',
    contents: ['{', '}', '{a', '{a}', '{month_begin}', '{_', '{today}'],
    read: placeholderFault,
  },
  {
    name: 'a key that nobody knows',
    contents: ['a', '_', 'threshold'],
    read: (text) => nearestWord(text, ['threshold', 'budget', 'interval']),
  },
  { name: 'state log', contents: ['a', '\n', ' ', '00000000 {}\n', { item: '00000000 #\n' }], read: readLog },
];

const requestReaders: readonly Reader[] = [
  ...Object.entries(bots).map(
    ([type, bot]): Reader => ({
      name: `notification to a message of ${type}`,
      contents: [
        {
          item: '{"status":"firing","labels":{"alertname":"A#","project":"p"},"annotations":{"summary":"s","description":"d"}},',
        },
        { item: '{"status":"firing","labels":{"alertname":"A"},"annotations":{}},' },
        {
          start: '{"status":"firing","labels":{"alertname":"A"},"annotations":{"description":"',
          item: '*',
          end: '"}},',
        },
        {
          start: '{"status":"firing","labels":{"alertname":"A"},"annotations":{"description":"',
          item: '\\u00e4\\n',
          end: '"}},',
        },
        {
          start: '{"status":"firing","labels":{',
          item: '"l#":"a",',
          end: '"alertname":"A"},"annotations":{}},',
        },
      ],
      read: (text) => {
        const body: unknown = JSON.parse(`{"version":"4","groupKey":"g","alerts":[${text.slice(0, -1)}]}`);
        const parsed = parseNotification(body);
        if (!parsed.ok) throw new Error(parsed.message);
        return [
          idOf(parsed.notification),
          bot.request(
            alertMessage([parsed.notification], 'en'),
            { url: new Secret('URL', 'https://bot.example/hook'), secret: undefined },
            0,
          ),
        ];
      },
    }),
  ),
  {
    name: 'notification that is none',
    contents: [{ item: '{"status":"x"},' }, { item: '1,' }],
    read: (text) =>
      parseNotification(JSON.parse(`{"version":"4","groupKey":"g","alerts":[${text.slice(0, -1)}]}`)),
  },
  { name: 'one line of a message', contents: [...words, '\u200b', '\u0007', '😀'], read: oneLine },
  {
    name: 'query of the page',
    contents: words,
    read: (text) => readQuery({ q: text, page: text, lang: text, show: text }),
  },
  {
    name: 'Authorization',
    contents: ['a', '=', 'a=', ' '].map((item) => ({ start: 'Basic ', item })),
    read: (text) => credentialsIn(text),
  },
  { name: 'text in HTML', contents: [...words, '&', '\r', '\u0007', '\u0085', '\ud800'], read: escapeHtml },
  {
    name: 'label value',
    contents: [...words, '\\', '"\n'],
    read: (text) => renderSample({ metric: 'balance_alert_mailbox_up', labels: { mailbox: text }, value: 1 }),
  },
  { name: 'line of the log', contents: words, read: (text) => logger().info('message', { error: text }) },
];

/** Everything that reads text which others write. */
export const readers: readonly Reader[] = [
  ...mailReaders,
  ...answerReaders,
  // A parser that gives every word its place takes long for each.
  ...fileReaders.map((reader) => ({ ...reader, longest: 16_384 })),
  ...requestReaders,
];
