import type { Content, Html } from '../../html.ts';
import { html, isolated } from '../../html.ts';
import type { MailboxRow } from '../../view/mailboxes.ts';
import { paged } from '../paging.ts';
import type { PageContext } from './context.ts';
import { ago, badge, cell, note, pager, tableHead } from './parts.ts';

const pageSize = 200;

/** Every mailbox with what was found in it: topic, count and time, and nothing of any mail. */
export function mailboxesSection(context: PageContext, mailboxes: readonly MailboxRow[]): Html {
  const { text, format, query } = context;
  const page = paged(mailboxes, query.mailboxesPage, pageSize);
  const range = text.range(format.count(page.from), format.count(page.to), format.count(page.total), 'name');
  return html`<section aria-labelledby="mailboxes">
<h2 id="mailboxes" tabindex="-1">${text.mailboxes}</h2>
${
  page.total === 0
    ? html`<p class="calm">${text.noMailboxes}</p>`
    : html`<table role="table" class="cards mailboxes">
<caption>${range}</caption>
${tableHead([[text.mailbox], [text.state], [text.lastScan], [text.examined, 'number'], [text.mailFound], [text.owner]])}
<tbody role="rowgroup">${page.items.map((row) => mailbox(context, row))}</tbody>
</table>`
}
${pager(context, page, 'mailboxes', text.mailboxes, (mailboxesPage) => ({ mailboxesPage }))}
</section>`;
}

function mailbox(context: PageContext, row: MailboxRow): Html {
  const { text, format } = context;
  const kinds = new Set([row.standing, ...row.problems.map(({ kind }) => kind)]);
  const scanned = row.lastScanAt ?? row.lastSuccessAt;
  return html`<tr role="row"><th role="rowheader" scope="row">${isolated(row.name)}</th>
${cell(
  context,
  text.state,
  [...kinds].map((kind) => badge(context, kind)),
)}
${cell(context, text.lastScan, scanned === undefined ? undefined : ago(context, scanned))}
${cell(context, text.examined, format.count(row.examined), { number: true })}
${cell(context, text.mailFound, topics(context, row))}
${cell(context, text.owner, row.owner === undefined ? undefined : isolated(row.owner), { owner: true })}</tr>
`;
}

function topics(context: PageContext, row: MailboxRow): Content {
  const { text, format } = context;
  if (row.topics.length === 0) return note(text.noMailFound);
  return html`<ul class="topics">${row.topics.map(
    ({ topic, count, lastAt }) =>
      html`<li>${text.topicLine(text.topic[topic], count, format.count(count), lastAt === undefined ? undefined : ago(context, lastAt))}</li>`,
  )}</ul>`;
}
