import { Temporal } from 'temporal-polyfill';
import type { Block, Button, Message } from '../message.ts';
import { oneLine } from '../message.ts';
import type { PaidLink } from '../paid-link.ts';
import type { Language } from '../words.ts';
import { topicWords, words } from '../words.ts';
import type { Figures } from './figures.ts';

type Text = Readonly<Record<Language, string>>;

/** More would not be read on a phone; the dashboards have all. */
const longestList = 10;

const digestWords = {
  title: { en: '📊 Weekly digest', zh: '📊 每周简报' },
  runsDry: { en: 'Next to run out', zh: '最先用尽' },
  days: { en: '%s days', zh: '%s 天' },
  spend: { en: 'Spend of the last 7 days (the 7 days before)', zh: '近 7 天支出（前 7 天）' },
  unknown: { en: 'unknown', zh: '未知' },
  renewals: { en: 'Overdue renewals and those of the next 30 days', zh: '逾期及未来 30 天续费' },
  overdue: { en: 'overdue', zh: '已逾期' },
  sum: { en: 'Total: %s', zh: '合计：%s' },
  failed: { en: 'Failed checks of the last 7 days', zh: '近 7 天检查失败' },
  failures: { en: '%s failures', zh: '失败 %s 次' },
  isDown: { en: 'failing now', zh: '当前失败' },
  mail: { en: 'Billing mail of the last 7 days', zh: '近 7 天账单邮件' },
  nothing: {
    en: 'No renewals, failed checks or billing mail, and no known runway or spend.',
    zh: '近期无续费、检查失败或账单邮件，暂无可用天数与支出数据。',
  },
} as const satisfies Readonly<Record<string, Text>>;

/** The digest as a message. @param timeZone of the dates @param paidLink signs links for what is due; without it there are none */
export function digestMessage(
  figures: Figures,
  language: Language,
  nowMs: number,
  timeZone: string,
  paidLink?: PaidLink,
): Message {
  const say = (word: keyof typeof digestWords, value = ''): string =>
    digestWords[word][language].replace('%s', () => value);
  const colon = words.colon[language];
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const money = (amount: number, unit: string): string => `${number.format(amount)} ${unit}`;
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate();

  const section = (
    word: keyof typeof digestWords,
    lines: readonly string[],
    last: readonly string[] = [],
    links: readonly Button[] = [],
  ): Block[] => {
    if (lines.length === 0) return [];
    const left = lines.length - longestList;
    const more = left > 0 ? [words.moreLines[language].replace('%s', () => String(left))] : [];
    const all = [...lines.slice(0, longestList), ...more, ...last].map((line) => oneLine(line, 200));
    return [{ heading: say(word), lines: all, links, weight: all.length }];
  };

  const blocks = [
    ...section(
      'runsDry',
      figures.runsDry.map(({ account, unit, left, days }) => {
        const rest = left === undefined ? '' : ` · ${money(left, unit)}`;
        return `${oneLine(account)}${colon}${say('days', days.toFixed(1))}${rest}`;
      }),
    ),
    ...section(
      'spend',
      figures.spend.map(({ account, unit, week, weekBefore }) => {
        const before = weekBefore === undefined ? say('unknown') : number.format(weekBefore);
        return `${oneLine(account)}${colon}${money(week, unit)} (${before}${trend(week, weekBefore)})`;
      }),
    ),
    ...section(
      'renewals',
      figures.renewals.map(({ name, date, days, state, times, amount, currency }) => {
        const day = date ?? (days === undefined ? undefined : today.add({ days }).toString());
        const price = amount === undefined || currency === undefined ? '' : ` · ${money(amount, currency)}`;
        return [
          ...(day === undefined ? [] : [day]),
          ...(state === 'overdue' ? [`(${say('overdue')})`] : []),
          `${oneLine(name)}${price}${times === 1 ? '' : ` × ${times}`}`,
        ].join(' ');
      }),
      figures.renewalSums.size === 0
        ? []
        : [say('sum', [...figures.renewalSums].map(([currency, sum]) => money(sum, currency)).join(' + '))],
      paidLinksOf(figures, language, paidLink),
    ),
    ...section(
      'failed',
      figures.failed.map(({ name, isDown, failures, reason }) => {
        const parts = [
          ...(isDown ? [say('isDown')] : []),
          ...(failures === 0 ? [] : [say('failures', String(failures))]),
          ...(reason === undefined ? [] : [reason]),
        ];
        return `${oneLine(name)}${colon}${parts.join(' · ')}`;
      }),
    ),
    ...section(
      'mail',
      figures.mail.map(({ topic, count }) => {
        const known = Object.hasOwn(topicWords, topic) ? topicWords[topic] : undefined;
        return `${known?.[language] ?? topic}${colon}${count}`;
      }),
    ),
  ];
  return {
    title: `${say('title')} · ${today.toString()}`,
    tone: 'info',
    blocks:
      blocks.length > 0 ? blocks : [{ heading: undefined, lines: [say('nothing')], links: [], weight: 1 }],
    buttons: [],
    omitted: 0,
    more: (count) => words.moreLines[language].replace('%s', () => String(count)),
  };
}

/** Of the renewals that are due or overdue and on the list. */
function paidLinksOf(
  { renewals }: Figures,
  language: Language,
  paidLink: PaidLink | undefined,
): readonly Button[] {
  if (paidLink === undefined) return [];
  return renewals.slice(0, longestList).flatMap(({ name, date, state }) => {
    const url = state === 'later' || date === undefined ? undefined : paidLink({ name, date });
    if (url === undefined) return [];
    return [{ label: `${words.markPaid[language]}${words.colon[language]}${oneLine(name)} (${date})`, url }];
  });
}

/** By how much more or less, where that says something. */
function trend(week: number, before: number | undefined): string {
  if (before === undefined || before <= 0) return '';
  const percent = Math.round((week / before - 1) * 100);
  return `, ${percent > 0 ? '+' : ''}${percent}%`;
}

/** The digest as people read it on a terminal, without its links: a terminal's output is kept in logs of jobs. */
export function digestText({ title, blocks }: Message): string {
  const parts = blocks.map(({ heading, lines }) =>
    [...(heading === undefined ? [] : [heading]), ...lines].join('\n'),
  );
  return `${[title, ...parts].join('\n\n')}\n`;
}
