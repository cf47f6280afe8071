import { daysLeft } from '../../history/days-left.ts';
import { historyDays } from '../../history/histories.ts';
import type { Content, Html } from '../../html.ts';
import { html, isolated } from '../../html.ts';
import type { AccountRow, Line } from '../../view/accounts.ts';
import type { Standing } from '../../view/standing.ts';
import { urgency } from '../../view/standing.ts';
import { countByStanding } from '../../view/status.ts';
import type { Paged } from '../paging.ts';
import { paged } from '../paging.ts';
import type { AccountOrder, PageQuery } from '../query.ts';
import { accountOrders, queryLink } from '../query.ts';
import { joined, lineAmount, lineFlag, lineLimit, lineNotes } from './amounts.ts';
import type { PageContext } from './context.ts';
import { ago, badge, cell, consoleLink, note, pager, tableHead } from './parts.ts';
import { sparkline } from './sparkline.ts';

const pageSize = 200;

/** With fewer accounts than this everything is in sight, and a form to find one would be in the way. */
const searchFrom = 12;

/** The accounts that the address asks for. Words are compared without regard to case and width. */
function wanted(
  accounts: readonly AccountRow[],
  { search, attentionOnly, standing }: PageQuery,
): readonly AccountRow[] {
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
  const word = plain(search);
  if (word === '' && !attentionOnly && standing === undefined) return accounts;
  return accounts.filter(
    ({ name, provider, owner, problems, standing: own }) =>
      (!attentionOnly || problems.length > 0) &&
      (standing === undefined || own === standing) &&
      (word === '' || [name, provider, owner ?? ''].some((text) => plain(text).includes(word))),
  );
}

/** Every account with what is left of it, by name, in pages; with a form to find one where there are many. */
export function accountsSection(context: PageContext, accounts: readonly AccountRow[]): Html {
  const { text, query } = context;
  const filtered = query.search !== '' || query.attentionOnly || query.standing !== undefined;
  const page = paged(ordered(context, wanted(accounts, query)), query.accountsPage, pageSize);
  return html`<section aria-labelledby="accounts">
<h2 id="accounts" tabindex="-1">${text.accounts}</h2>
${(accounts.length >= searchFrom || filtered) && searchForm(context)}
${filtered && outcome(context, page.total, accounts.length)}
${accounts.length === 0 && html`<p class="calm">${text.noAccounts}</p>`}
${accounts.length > 1 && html`${standingLinks(context, accounts)}${orderLinks(context)}`}
${page.total > 0 && table(context, page)}
${pager(context, page, 'accounts', text.accounts, (accountsPage) => ({ accountsPage }))}
</section>`;
}

/** The accounts, which come by name, in the order that the address asks for; alike ones stay by name. */
function ordered(context: PageContext, accounts: readonly AccountRow[]): readonly AccountRow[] {
  const { order } = context.query;
  if (order === 'name') return accounts;
  const place = (row: AccountRow): number => {
    if (order === 'state') return urgency(row.standing);
    if (order === 'days') return daysLeft(row, context.histories) ?? Number.MAX_VALUE;
    return row.lastSuccessAt ?? 0;
  };
  return accounts
    .map((row) => ({ row, at: place(row) }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
}

/** Cuts the table down to the accounts in one state. */
function standingLinks({ text, format, query }: PageContext, accounts: readonly AccountRow[]): Content {
  const standings = countByStanding(accounts).map(([standing]) => standing);
  if (standings.length < 2) return undefined;
  // A link keeps what is searched for, so it says how many of those it leads to.
  const found = wanted(accounts, { ...query, standing: undefined });
  const counts = new Map(countByStanding(found));
  const all: readonly (readonly [Standing | undefined, number])[] = [
    [undefined, found.length],
    ...standings
      .map((standing) => [standing, counts.get(standing) ?? 0] as const)
      .filter(([standing, count]) => count > 0 || standing === query.standing),
  ];
  const link = ([standing, count]: readonly [Standing | undefined, number]): Html => {
    const current = standing === query.standing && html` aria-current="true"`;
    const words = standing === undefined ? text.all : text.standing[standing];
    return html`<li><a href="${queryLink(query, { standing, accountsPage: 1 }, 'accounts')}"${current}>${words} (${format.count(count)})</a></li>`;
  };
  return html`<nav class="order" aria-label="${text.showAccounts}"><span aria-hidden="true">${text.showOnly}</span><ul>${all.map(link)}</ul></nav>`;
}

function orderLinks(context: PageContext): Html {
  const { text, query, histories } = context;
  const offered = accountOrders.filter((order) => order !== 'days' || histories !== undefined);
  const link = (order: AccountOrder): Html => {
    const current = order === query.order && html` aria-current="true"`;
    return html`<li><a href="${queryLink(query, { order, accountsPage: 1 }, 'accounts')}"${current}>${text.order[order]}</a></li>`;
  };
  return html`<nav class="order" aria-label="${text.orderOfAccounts}"><span aria-hidden="true">${text.orderBy}</span><ul>${offered.map(link)}</ul></nav>`;
}

function searchForm({ text, query }: PageContext): Html {
  return html`<form class="search" method="get" action="./#accounts" role="search">
${query.language !== undefined && html`<input type="hidden" name="lang" value="${query.language}">`}
${query.refresh && html`<input type="hidden" name="refresh" value="on">`}
${query.standing !== undefined && html`<input type="hidden" name="state" value="${query.standing}">`}
${query.order !== accountOrders[0] && html`<input type="hidden" name="sort" value="${query.order}">`}
<label for="q">${text.search}</label>
<input id="q" type="search" name="q" value="${query.search}" placeholder="${text.searchHint}" maxlength="200" autocomplete="off" spellcheck="false">
<label class="choice"><input type="checkbox" name="show" value="attention"${query.attentionOnly && html` checked`}> ${text.showAttention}</label>
<button type="submit">${text.find}</button>
</form>`;
}

function outcome({ text, format, query }: PageContext, found: number, all: number): Html {
  const words = found === 0 ? text.noneFound : text.found(found, format.count(found), format.count(all));
  const clear = queryLink(
    query,
    { search: '', attentionOnly: false, standing: undefined, accountsPage: 1 },
    'accounts',
  );
  return html`<p role="status">${words} <a href="${clear}">${text.clear}</a></p>`;
}

function table(context: PageContext, page: Paged<AccountRow>): Html {
  const { text, format, query } = context;
  const { from, to, total } = page;
  const range = text.range(format.count(from), format.count(to), format.count(total), query.order);
  return html`<table role="table" class="cards accounts">
<caption>${range}</caption>
${tableHead([[text.account], [text.state], [text.left, 'number'], [text.limit, 'number'], [text.checked], [text.owner], [text.console]])}
${page.items.map((row) => accountBody(context, row))}
</table>`;
}

/** One account: a row for each of its amounts, the cells about the account itself spanning them all. */
function accountBody(context: PageContext, row: AccountRow): Html {
  const { text } = context;
  const lines: readonly (Line | undefined)[] = row.lines.length > 0 ? row.lines : [undefined];
  const rows = lines.length;
  const [first, ...others] = lines;
  const span = rows > 1 ? html` rowspan="${rows}"` : undefined;
  return html`<tbody role="rowgroup">
<tr role="row"><th role="rowheader" scope="rowgroup"${span}>${isolated(row.name)}${note(isolated(row.provider))}</th>
${cell(context, text.state, states(context, row), { rows })}
${amountCells(context, row, first)}
${cell(context, text.checked, checked(context, row), { rows })}
${cell(context, text.owner, row.owner === undefined ? undefined : isolated(row.owner), { owner: true, rows })}
${cell(context, text.console, consoleLink(context, row), { rows })}</tr>
${others.map((line) => html`<tr role="row">${amountCells(context, row, line)}</tr>`)}
</tbody>`;
}

function states(context: PageContext, row: AccountRow): Content {
  const kinds = new Set([row.standing, ...row.problems.map(({ kind }) => kind)]);
  return [...kinds].map((kind) => badge(context, kind));
}

function amountCells(context: PageContext, row: AccountRow, line: Line | undefined): Html {
  const { text } = context;
  const limit = line === undefined ? undefined : lineLimit(context, line);
  return html`${cell(context, text.left, left(context, row, line), { number: true })}${cell(context, text.limit, limit, { number: true })}`;
}

/** An amount that is so now; else that there is none, and what was last known. */
function left(context: PageContext, row: AccountRow, line: Line | undefined): Content {
  const { text } = context;
  if (line === undefined) return row.standing === 'unchecked' ? undefined : note(text.noCurrentValue);
  if (!row.current && row.lastSuccessAt !== undefined) {
    const known = text.lastKnown(lineAmount(context, line), ago(context, row.lastSuccessAt));
    return html`${note(text.noCurrentValue)}${note(known)}`;
  }
  const notes = lineNotes(context, line);
  return html`<span class="amount">${lineAmount(context, line)}</span>${lineFlag(context, line)}${notes.length > 0 && note(joined(notes))}${history(context, row, line)}`;
}

/** How the balance went over the last days, and how long it lasts, where Prometheus knows. */
function history({ text, format, histories }: PageContext, { name }: AccountRow, line: Line): Content {
  if (line.kind !== 'left') return undefined;
  const known = histories?.(name, line.reading);
  if (known === undefined) return undefined;
  const values = known.points.filter((point) => point !== undefined);
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) =>
    format.amount(value, line.reading.unit),
  );
  const drawing = sparkline(known.points, text.lastDays(String(historyDays), low ?? '', high ?? ''));
  const days = known.daysLeft === undefined ? undefined : Math.floor(known.daysLeft);
  if (drawing === undefined && days === undefined) return undefined;
  return html`<span class="history">${drawing}${days !== undefined && note(text.lasts(days, format.count(days)))}</span>`;
}

/** The age of what is shown, and of the last attempt where that failed since. */
function checked(context: PageContext, row: AccountRow): Content {
  const { text } = context;
  const { lastCheckAt, lastSuccessAt } = row;
  if (lastSuccessAt === undefined) {
    return lastCheckAt === undefined ? undefined : ago(context, lastCheckAt);
  }
  const failed = row.problems.some(({ kind }) => kind === 'failing');
  if (!row.current || lastCheckAt === undefined || !failed) return ago(context, lastCheckAt ?? lastSuccessAt);
  return html`${text.valueFrom(ago(context, lastSuccessAt))}${note(text.lastAttempt(ago(context, lastCheckAt)))}`;
}
