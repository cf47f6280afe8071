import type { Language } from '../../exporter/relay/words.ts';
import { field } from '../support/bots.ts';

/** Messages as the channels roughly show them, from the payloads that were sent. Pure. */

export interface Payload {
  readonly channel: string;
  /** The body of the request, or the decoded mail. */
  readonly firing: string;
  readonly resolved: string;
}

const titles: Readonly<Record<string, string>> = {
  email: 'E-mail',
  slack: 'Slack',
  telegram: 'Telegram',
  msteams: 'Microsoft Teams',
  discord: 'Discord',
  mattermost: 'Mattermost',
  pagerduty: 'PagerDuty',
  webhook: 'Webhook',
  wecom: 'WeCom app',
  feishu: 'Feishu',
  dingtalk: 'DingTalk',
  wecom_bot: 'WeCom group bot',
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const text = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = field(value, ...path);
  return typeof found === 'string' ? found : '';
};

const list = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = field(value, ...path);
  return Array.isArray(found) ? found : [];
};

const lines = (html: string): string => html.replaceAll('\n', '<br>');

const link = (label: string): string => `<a>${label}</a>`;

/** Bold, links and escapes, as Discord, Mattermost, Teams and DingTalk have them. */
const markdown = (source: string): string =>
  lines(
    escaped(source)
      .replaceAll(/^#+ (.*)$/gm, '<b>$1</b>')
      .replaceAll(/\*\*(.+?)\*\*/g, '<b>$1</b>')
      .replaceAll(/(?<!\\)\[([^\]]*)\]\([^)]*\)/g, (_, label: string) => link(label))
      .replaceAll(/\\([\\`*_~[\]()<>#|!{}+-])/g, '$1')
      .replaceAll(/ {2}\n|\n\n/g, '\n'),
  );

/** Slack's own: one asterisk, and links in angle brackets. */
const mrkdwn = (source: string): string =>
  lines(
    source
      .replaceAll(/<[^|>]*\|([^>]*)>/g, (_, label: string) => link(label))
      .replaceAll(/\*(.+?)\*/g, '<b>$1</b>'),
  );

const bar = (colour: string, title: string, body: string): string =>
  `<div class="bar" style="border-color:${escaped(colour)}"><b>${title}</b><p>${body}</p></div>`;

/** How each channel shows the body of a request. */
const drawings: Readonly<Record<string, (body: unknown) => string>> = {
  slack: (body) => {
    const one = field(body, 'attachments', 0);
    return bar(text(one, 'color'), link(mrkdwn(text(one, 'title'))), mrkdwn(text(one, 'text')));
  },
  telegram: (body) => lines(text(body, 'text').replaceAll(/<a [^>]*>/g, '<a>')),
  discord: (body) => {
    const one = field(body, 'embeds', 0);
    const colour = Number(field(one, 'color') ?? 0)
      .toString(16)
      .padStart(6, '0');
    return bar(`#${colour}`, markdown(text(one, 'title')), markdown(text(one, 'description')));
  },
  mattermost: (body) => {
    const one = field(body, 'attachments', 0);
    return bar(text(one, 'color'), markdown(text(one, 'title')), markdown(text(one, 'text')));
  },
  msteams: (body) =>
    list(body, 'attachments', 0, 'content', 'body')
      .map((block, index) => `<p>${index === 0 ? '<b>' : ''}${markdown(text(block, 'text'))}</b></p>`)
      .join(''),
  pagerduty: (body) =>
    `<b>${escaped(text(body, 'payload', 'summary') || text(body, 'event_action'))}</b><p class="plain">${escaped(text(body, 'event_action'))} · ${escaped(text(body, 'payload', 'severity'))}</p><p>${lines(escaped(text(body, 'payload', 'custom_details', 'text')))}</p>`,
  webhook: (body) => {
    const { annotations, labels, status }: { annotations?: unknown; labels?: unknown; status?: unknown } =
      Object(field(body, 'alerts', 0));
    return `<pre>${escaped(JSON.stringify({ status, labels, annotations }, null, 1))}</pre>`;
  },
  wecom: (body) => lines(escaped(text(body, 'text', 'content'))),
  feishu: (body) => {
    const elements = list(body, 'card', 'elements').map((element) => {
      const tag = text(element, 'tag');
      if (tag === 'div') return `<p>${lines(escaped(text(element, 'text', 'content')))}</p>`;
      if (tag === 'note') return `<p class="plain">${escaped(text(element, 'elements', 0, 'content'))}</p>`;
      return buttons(list(element, 'actions').map((one) => text(one, 'text', 'content')));
    });
    return `<div class="head ${escaped(text(body, 'card', 'header', 'template'))}">${escaped(text(body, 'card', 'header', 'title', 'content'))}</div>${elements.join('')}`;
  },
  dingtalk: (body) => {
    const card = field(body, 'actionCard') ?? field(body, 'markdown');
    return `${markdown(text(card, 'text'))}${buttons(list(card, 'btns').map((one) => text(one, 'title')))}`;
  },
  wecom_bot: (body) =>
    lines(
      text(body, 'markdown', 'content')
        .replaceAll(/<font color="(\w+)">/g, '<b class="$1">')
        .replaceAll('</font>', '</b>')
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, (_, label: string) => link(label))
        .replaceAll('\n\n', '\n'),
    ),
};

const buttons = (labels: readonly string[]): string =>
  labels.length === 0
    ? ''
    : `<div class="buttons">${labels.map((label) => `<span>${escaped(label)}</span>`).join('')}</div>`;

/** The HTML part of a mail. */
function mail(source: string): string {
  const [, html = ''] = /Content-Type: text\/html[^\n]*\r?\n\r?\n([\s\S]*?)\r?\n--/.exec(source) ?? [];
  return html.replaceAll(/<a [^>]*>/g, '<a>');
}

function drawn(channel: string, body: string): string {
  if (channel === 'email') return mail(body);
  if (channel === 'telegram' && !body.startsWith('{')) {
    return drawings['telegram']?.({ text: new URLSearchParams(body).get('text') }) ?? '';
  }
  return drawings[channel]?.(JSON.parse(body)) ?? '';
}

const style = `body{font:14px/1.45 "Noto Sans","Noto Sans CJK SC","DejaVu Sans",sans-serif;margin:16px;background:#f3f4f6;color:#1f2328;columns:2;column-gap:16px}
section{break-inside:avoid;margin:0 0 14px}h2{font-size:13px;margin:0 0 4px;color:#57606a}
.card{background:#fff;border:1px solid #d8dee4;border-radius:8px;padding:10px 12px;margin:0 0 6px;overflow-wrap:anywhere}
p{margin:4px 0}a{color:#0969da;text-decoration:none}.bar{border-left:4px solid;padding-left:10px}.plain{color:#57606a}
.head{margin:-10px -12px 6px;padding:8px 12px;border-radius:8px 8px 0 0;font-weight:600}
.orange{background:#fde3c8}.red{background:#fbd0cb}.blue{background:#d6e4ff}.green{background:#d3f2dc}
.warning{color:#d9730d}.info{color:#2da44e}.comment{color:#57606a}
.buttons span{display:inline-block;border:1px solid #0969da;color:#0969da;border-radius:6px;padding:2px 10px;margin:4px 6px 0 0}
pre{font-size:12px;margin:0;white-space:pre-wrap}`;

/** A page with a section for each channel. */
export function draw(payloads: readonly Payload[], language: Language): string {
  const sections = payloads.map(
    ({ channel, firing, resolved }) =>
      `<section><h2>${escaped(titles[channel] ?? channel)}</h2>${(channel === 'webhook'
        ? [firing]
        : [firing, resolved]
      )
        .map((body) => `<div class="card">${drawn(channel, body)}</div>`)
        .join('')}</section>`,
  );
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><style>${style}</style>${sections.join('\n')}</html>`;
}
