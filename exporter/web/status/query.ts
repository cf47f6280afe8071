import type { Standing } from '../view/standing.ts';
import { standings } from '../view/standing.ts';
import type { Language } from './text/language.ts';
import { isLanguage } from './text/language.ts';

/** Orders of the table of accounts, the default first. */
export const accountOrders = ['name', 'state', 'days', 'checked'] as const;
export type AccountOrder = (typeof accountOrders)[number];

/** What the address asks for after its `?`. Everything has a default, and what cannot be read is taken as not said. */
export interface PageQuery {
  /** Only where it was said; else the browser's language counts. */
  readonly language: Language | undefined;
  /** Text that an account's name, provider or owner must hold; empty for all. */
  readonly search: string;
  /** Only accounts that need attention. */
  readonly attentionOnly: boolean;
  /** Only accounts in this state; undefined for all. */
  readonly standing: Standing | undefined;
  readonly order: AccountOrder;
  /** Pages of the three tables, from 1. */
  readonly accountsPage: number;
  readonly renewalsPage: number;
  readonly mailboxesPage: number;
  /** Whether the page refreshes itself; off unless asked for. */
  readonly refresh: boolean;
}

const longestSearch = 200;

/** Reads the values of a query string; a value that is given twice is none. */
export function readQuery(values: Readonly<Record<string, unknown>>): PageQuery {
  const text = (key: string): string => {
    const value = values[key];
    return typeof value === 'string' ? value : '';
  };
  const page = (key: string): number => {
    const value = text(key);
    return /^[1-9]\d{0,6}$/.test(value) ? Number(value) : 1;
  };
  const language = text('lang');
  return {
    language: isLanguage(language) ? language : undefined,
    search: text('q').trim().slice(0, longestSearch).toWellFormed(),
    attentionOnly: text('show') === 'attention',
    standing: standings.find((standing) => standing === text('state')),
    order: accountOrders.find((order) => order === text('sort')) ?? accountOrders[0],
    accountsPage: page('page'),
    renewalsPage: page('renewals'),
    mailboxesPage: page('mailboxes'),
    refresh: text('refresh') === 'on',
  };
}

/**
 * A link to the status page that keeps what the present address asks for but for the changes. It is relative,
 * so that the page also works under a path of a reverse proxy.
 */
export function queryLink(query: PageQuery, changes: Partial<PageQuery>, section = ''): string {
  const wanted = { ...query, ...changes };
  const values = new URLSearchParams();
  if (wanted.language !== undefined) values.set('lang', wanted.language);
  if (wanted.search !== '') values.set('q', wanted.search);
  if (wanted.attentionOnly) values.set('show', 'attention');
  if (wanted.standing !== undefined) values.set('state', wanted.standing);
  if (wanted.order !== accountOrders[0]) values.set('sort', wanted.order);
  if (wanted.accountsPage > 1) values.set('page', String(wanted.accountsPage));
  if (wanted.renewalsPage > 1) values.set('renewals', String(wanted.renewalsPage));
  if (wanted.mailboxesPage > 1) values.set('mailboxes', String(wanted.mailboxesPage));
  if (wanted.refresh) values.set('refresh', 'on');
  const text = values.toString();
  return `./${text === '' ? '' : `?${text}`}${section === '' ? '' : `#${section}`}`;
}
