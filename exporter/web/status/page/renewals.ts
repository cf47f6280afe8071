import type { Html } from '../../html.ts';
import { html, isolated } from '../../html.ts';
import type { RenewalRow } from '../../view/renewals.ts';
import { paged } from '../paging.ts';
import { priceText } from './attention.ts';
import type { PageContext } from './context.ts';
import { badge, cell, consoleLink, date, markPaidLink, note, pager, tableHead } from './parts.ts';

const pageSize = 200;

/** Every subscription with its next renewal, the nearest first. */
export function renewalsSection(context: PageContext, renewals: readonly RenewalRow[]): Html {
  const { text, format, query } = context;
  const page = paged(renewals, query.renewalsPage, pageSize);
  const range = text.rangeByDate(format.count(page.from), format.count(page.to), format.count(page.total));
  return html`<section aria-labelledby="renewals">
<h2 id="renewals" tabindex="-1">${text.renewals}</h2>
${
  page.total === 0
    ? html`<p class="calm">${text.noRenewals}</p>`
    : html`<table role="table" class="cards renewals">
<caption>${range}</caption>
${tableHead([[text.subscription], [text.state], [text.nextRenewal], [text.amount, 'number'], [text.owner], [text.console]])}
<tbody role="rowgroup">${page.items.map((row) => renewal(context, row))}</tbody>
</table>`
}
${pager(context, page, 'renewals', text.renewals, (renewalsPage) => ({ renewalsPage }))}
</section>`;
}

function renewal(context: PageContext, row: RenewalRow): Html {
  const { text, format } = context;
  const cycle = row.autoRenew
    ? `${text.cycle(row.cycleType)} · ${text.renewsAutomatically}`
    : text.cycle(row.cycleType);
  const next =
    row.next === undefined || row.days === undefined
      ? note(text.noFurtherRenewal)
      : html`${date(context, row.next)}${note(format.days(row.days))}`;
  const overdue = row.problems
    .filter((problem) => problem.kind === 'overdue')
    .map(({ since }) => note(text.overdueSince(date(context, since))));
  const paid = markPaidLink(context, row);
  return html`<tr role="row"><th role="rowheader" scope="row">${isolated(row.name)}${note(cycle)}</th>
${cell(context, text.state, html`${badge(context, row.standing)}${overdue}${paid !== undefined && html`<span class="note mark-paid">${paid}</span>`}`)}
${cell(context, text.nextRenewal, next)}
${cell(context, text.amount, priceText(context, row.price), { number: true })}
${cell(context, text.owner, row.owner === undefined ? undefined : isolated(row.owner), { owner: true })}
${cell(context, text.console, consoleLink(context, row))}</tr>
`;
}
