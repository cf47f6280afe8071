import { isWebUrl } from '../config/address.ts';
import type { Block, Button, Message, Tone } from './message.ts';
import { oneLine } from './message.ts';
import type { PaidLink } from './paid-link.ts';
import type { Alert, Notification } from './payload.ts';
import { mergedAlerts } from './payload.ts';
import type { Language } from './words.ts';
import { alertWords, topicWords, words } from './words.ts';

/** Longer links are left out: they would take the room of the text. */
const longestUrl = 800;

const icons: Readonly<Record<Tone, string>> = { critical: '🔴', warning: '🟠', info: '🔵', resolved: '✅' };

const order: readonly Tone[] = ['critical', 'warning', 'info', 'resolved'];

type Say = (word: keyof typeof words, ...values: readonly (string | number)[]) => string;

function sayIn(language: Language): Say {
  return (word, ...values) => {
    let index = 0;
    return words[word][language].replaceAll('%s', () => String(values[index++] ?? ''));
  };
}

/** One message for several notifications: those that fire first, the worst of them at the top, then those that are resolved. */
export function alertMessage(
  notifications: readonly Notification[],
  language: Language,
  paidLink?: PaidLink,
): Message {
  const say = sayIn(language);
  const alerts = mergedAlerts(notifications).toSorted(
    (a, b) => order.indexOf(toneOf(a)) - order.indexOf(toneOf(b)),
  );
  const [first] = alerts;
  const tone = first === undefined ? 'info' : toneOf(first);
  const firing = alerts.filter(({ status }) => status === 'firing');
  const omitted = notifications.reduce((sum, { truncatedAlerts }) => sum + truncatedAlerts, 0);
  return {
    title: titleOf(alerts, omitted, tone, language, say),
    tone,
    omitted,
    blocks: alerts.map((alert): Block => {
      const heading = headingOf(alert, language, say);
      const lines = alert.status === 'firing' ? linesOf(alert, language, say) : [];
      // The title says it already.
      const isTitled = alerts.length === 1 && omitted === 0;
      const links = alert.status === 'firing' ? paidLinksOf(alert, say, paidLink) : [];
      return { heading: isTitled ? undefined : heading, lines, links, weight: 1 };
    }),
    buttons: buttonsOf(firing.length > 0 ? firing : alerts, say),
    more: (count) => say('moreAlerts', count),
  };
}

function toneOf({ status, labels }: Alert): Tone {
  if (status === 'resolved') return 'resolved';
  const severity = labels['severity'];
  return severity === 'critical' || severity === 'warning' ? severity : 'info';
}

function what({ labels, annotations }: Alert, language: Language): string {
  const name = labels['alertname'] ?? '';
  const known = Object.hasOwn(alertWords, name) ? alertWords[name] : undefined;
  return oneLine(known?.what[language] ?? annotations['summary'] ?? name);
}

function subject({ labels }: Alert): string {
  const { project, provider, name, mailbox, channel } = labels;
  if (project !== undefined) return oneLine(provider === undefined ? project : `${project} (${provider})`);
  return oneLine(name ?? mailbox ?? channel ?? '');
}

function headingOf(alert: Alert, language: Language, say: Say): string {
  const about = subject(alert);
  const tone = toneOf(alert);
  const resolved = tone === 'resolved' ? `${say('resolved')}${say('colon')}` : '';
  return `${icons[tone]} ${resolved}${what(alert, language)}${about === '' ? '' : ` · ${about}`}`;
}

function titleOf(
  alerts: readonly Alert[],
  omitted: number,
  tone: Tone,
  language: Language,
  say: Say,
): string {
  const [first] = alerts;
  const count = alerts.length + omitted;
  if (first === undefined) return '';
  if (count === 1) return headingOf(first, language, say);
  const resolved = tone === 'resolved' ? `${say('resolved')}${say('colon')}` : '';
  const whats = new Set(alerts.map((alert) => what(alert, language)));
  return whats.size === 1
    ? `${icons[tone]} ${resolved}${what(first, language)} (${count})`
    : `${icons[tone]} ${resolved}${say('alerts', count)}`;
}

/** What is known of an alert that fires, in the order of what people ask. */
function linesOf({ labels, annotations }: Alert, language: Language, say: Say): readonly string[] {
  const label = (word: keyof typeof words, text: string): string => `${say(word)}${say('colon')}${text}`;
  const { left, threshold, days_left: daysLeft, runs_dry: runsDry, amount } = annotations;
  const { renews_in_days: renewsInDays, due_date: dueDate } = annotations;
  const { topic, unit, account_owner: owner, alertname = '' } = labels;
  const lines: string[] = [];
  if (left !== undefined) {
    const of = threshold === undefined ? '' : ` (${say('threshold')} ${threshold})`;
    lines.push(label('left', `${left}${unit === undefined ? '' : ` ${unit}`}${of}`));
  }
  if (daysLeft !== undefined) {
    const date = runsDry === undefined ? '' : ` (${say('runsDry')} ${runsDry})`;
    lines.push(label('lasts', `${daysLeft} ${say('days')}${date}`));
  }
  if (amount !== undefined) lines.push(label('amount', amount));
  if (renewsInDays !== undefined) {
    const date = dueDate === undefined ? '' : ` (${dueDate})`;
    lines.push(label('renews', `${renewsInDays} ${say('days')}${date}`));
  } else if (dueDate !== undefined) lines.push(label('overdueSince', dueDate));
  if (topic !== undefined) {
    const known = Object.hasOwn(topicWords, topic) ? topicWords[topic] : undefined;
    lines.push(label('topic', known?.[language] ?? topic));
  }
  const { description } = annotations;
  if (lines.length === 0 && description !== undefined) lines.push(oneLine(description, 300));
  if (owner !== undefined) lines.push(label('owner', owner));
  const known = Object.hasOwn(alertWords, alertname) ? alertWords[alertname] : undefined;
  if (known !== undefined) lines.push(label('action', known.action[language]));
  return lines.map((line) => oneLine(line, 300));
}

const renewalAlerts: ReadonlySet<string> = new Set(['SubscriptionExpiring', 'SubscriptionOverdue']);

/** The link that marks the renewal of a reminder as paid, where the alert says which one that is. */
function paidLinksOf(
  { labels: { alertname = '', name }, annotations: { due_date: date } }: Alert,
  say: Say,
  paidLink: PaidLink | undefined,
): readonly Button[] {
  if (paidLink === undefined || name === undefined || date === undefined) return [];
  if (!renewalAlerts.has(alertname)) return [];
  const url = paidLink({ name, date });
  return url === undefined ? [] : [{ label: `${say('markPaid')} (${date})`, url }];
}

/** Links that hold for all alerts of the message; the dashboard of the first one otherwise. */
function buttonsOf(alerts: readonly Alert[], say: Say): readonly Button[] {
  return (['dashboard', 'runbook', 'console', 'status'] as const).flatMap((word) => {
    const urls = new Set(alerts.map(({ annotations }) => annotations[`${word}_url`] ?? ''));
    const [url = ''] = urls;
    const isCommon = urls.size === 1 || word === 'dashboard';
    const isLink = isWebUrl(url) && url.length <= longestUrl;
    return isCommon && isLink ? [{ label: say(word), url }] : [];
  });
}
