import type { Content, Html } from '../../html.ts';
import { html, isolated, safeUrl } from '../../html.ts';
import type { RenewalRow } from '../../view/renewals.ts';
import type { Standing } from '../../view/standing.ts';
import { tones } from '../../view/standing.ts';
import type { Paged } from '../paging.ts';
import { pageLinks } from '../paging.ts';
import type { PageQuery } from '../query.ts';
import { queryLink } from '../query.ts';
import type { PageContext } from './context.ts';
import { icon } from './icons.ts';

/** The latest moment that a date can hold. */
const latestMoment = 8.64e15;

function moment(context: PageContext, at: number, words: string): Html {
  if (!(Math.abs(at) <= latestMoment)) return html`?`;
  return html`<time datetime="${new Date(at).toISOString()}" title="${context.format.moment(at)}">${words}</time>`;
}

/** How long ago something was. What a clock that went back puts into the future was just now. */
export function ago(context: PageContext, at: number): Html {
  return moment(context, at, context.format.fromNow(Math.min(0, at - context.now)));
}

/** How long it is until something. */
export function until(context: PageContext, at: number): Html {
  return moment(context, at, context.format.fromNow(Math.max(0, at - context.now)));
}

/** The moment itself, by the clock. */
export function clock(context: PageContext, at: number): Html {
  return moment(context, at, context.format.moment(at));
}

/** A calendar date given as `YYYY-MM-DD`. */
export function date(context: PageContext, iso: string): Html {
  return html`<time datetime="${iso}">${context.format.date(iso)}</time>`;
}

/** Symbol, word and colour of a standing. */
export function badge(context: PageContext, standing: Standing): Html {
  return html`<span class="badge ${tones[standing]}">${icon(standing)}${context.text.standing[standing]}</span>`;
}

/** A link to the vendor's console, which says whose for those who hear it on its own; nothing where none is known. */
export function consoleLink(
  context: PageContext,
  row: { name: string; consoleUrl?: string | undefined },
): Content {
  const url = safeUrl(row.consoleUrl);
  if (url === undefined) return undefined;
  return html`<a href="${url}" rel="noreferrer noopener">${context.text.consoleOf(isolated(row.name))}</a>`;
}

/** Stands where a value is missing: a dash to see, a word to hear. */
function none({ text }: PageContext): Html {
  return html`<span class="none" aria-hidden="true">–</span>${hidden(text.none)}`;
}

/** A remark below or beside a value. */
export function note(content: Content): Html {
  return html`<span class="note">${content}</span>`;
}

/** Of the earliest renewal that is due or overdue; it says whose for those who hear it on its own. */
export function markPaidLink(
  { paidLink: linkOf, text }: PageContext,
  { name, problems }: RenewalRow,
): Html | undefined {
  const [first] = problems;
  if (linkOf === undefined || first === undefined) return undefined;
  const date = first.kind === 'overdue' ? first.since : first.next;
  return html`<a href="${linkOf({ name, date })}">${text.markPaid}${hidden(html`: ${isolated(name)}`)}</a>`;
}

/** Text that only those who listen to the page get. */
export function hidden(content: Content): Html {
  return html`<span class="hidden">${content}</span>`;
}

export interface CellOptions {
  /** Whether it holds a number, to stand right. */
  readonly number?: boolean;
  /** Whether it holds a name, which should not break where there is room. */
  readonly owner?: boolean;
  /** How many rows it spans. */
  readonly rows?: number;
}

/**
 * A cell of a table that becomes a card on narrow screens: there the column's heading stands before the value,
 * and a cell without one is left out.
 */
export function cell(
  context: PageContext,
  label: string,
  content: Content | undefined,
  options: CellOptions = {},
): Html {
  const { number = false, owner = false, rows = 1 } = options;
  const empty = content === undefined;
  const classes = [number && 'number', owner && 'owner', empty && 'empty']
    .filter((name) => name !== false)
    .join(' ');
  return html`<td role="cell" data-label="${label}"${classes !== '' && html` class="${classes}"`}${rows > 1 && html` rowspan="${rows}"`}><div class="value">${empty ? none(context) : content}</div></td>`;
}

/** The row of headings of a table. */
export function tableHead(labels: readonly (readonly [label: string, className?: string])[]): Html {
  return html`<thead role="rowgroup"><tr role="row">${labels.map(
    ([label, className]) =>
      html`<th role="columnheader" scope="col"${className === undefined ? undefined : html` class="${className}"`}>${label}</th>`,
  )}</tr></thead>`;
}

/** Links to the pages of a long table; nothing where one page holds it. */
export function pager(
  context: PageContext,
  page: Paged<unknown>,
  section: string,
  title: string,
  change: (number: number) => Partial<PageQuery>,
): Content {
  if (page.count === 1) return undefined;
  const { text, format, query } = context;
  const link = (number: number, words: Content, rel?: string): Html =>
    html`<a href="${queryLink(query, change(number), section)}"${rel === undefined ? undefined : html` rel="${rel}"`}>${words}</a>`;
  const numbers = pageLinks(page.number, page.count).map((number) => {
    if (number === undefined) return html`<li aria-hidden="true">…</li>`;
    const words = html`${hidden(text.page(format.count(number)))}<span aria-hidden="true">${format.count(number)}</span>`;
    return number === page.number
      ? html`<li><a href="${queryLink(query, change(number), section)}" aria-current="page">${words}</a></li>`
      : html`<li>${link(number, words)}</li>`;
  });
  return html`<nav class="pager" aria-label="${text.pages(title)}"><ul>
${page.number > 1 && html`<li>${link(page.number - 1, text.previous, 'prev')}</li>`}
${numbers}
${page.number < page.count && html`<li>${link(page.number + 1, text.next, 'next')}</li>`}
</ul></nav>`;
}
