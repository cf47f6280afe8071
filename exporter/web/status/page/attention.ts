import type { Content, Html } from '../../html.ts';
import { html, isolated } from '../../html.ts';
import type { AccountProblem, AccountRow } from '../../view/accounts.ts';
import { alertOf, configAlert } from '../../view/alerts.ts';
import type { MailboxProblem, MailboxRow } from '../../view/mailboxes.ts';
import type { Price, RenewalRow } from '../../view/renewals.ts';
import { tones } from '../../view/standing.ts';
import type { BrokenEntry, Row, StatusView } from '../../view/status.ts';
import { queryLink } from '../query.ts';
import { allAmounts, joined, lineAmount, lineLimit, lineNotes } from './amounts.ts';
import type { PageContext } from './context.ts';
import { icon } from './icons.ts';
import { ago, badge, clock, consoleLink, date, hidden, markPaidLink } from './parts.ts';

/** Most items listed one by one; with more there is a common cause, and the tables list them all. */
const mostItems = 50;
const mostErrors = 20;

/** The account file that failed to load, and everything with a problem, the most urgent first. */
export function attentionSection(context: PageContext, view: StatusView): Html {
  const { text, format } = context;
  const { attention, attentionCount } = view;
  const shown = attention.slice(0, mostItems);
  const rest = attention.slice(mostItems);
  const unchecked = view.accounts.filter(({ standing }) => standing === 'unchecked').length;
  return html`<section aria-labelledby="attention">
<h2 id="attention" tabindex="-1">${text.attention}${attentionCount > 0 && html` <span class="total">${format.count(attentionCount)}</span>`}</h2>
${view.config.lastReloadSuccessful ? undefined : configError(context, view)}
${attentionCount === 0 && html`<p class="calm">${badge(context, unchecked > 0 ? 'unchecked' : 'fine')} ${unchecked > 0 ? text.nothingToDoYet(unchecked, format.count(unchecked)) : text.nothingToDo}</p>`}
${view.broken.map((entry) => brokenEntry(context, entry))}
${shown.length > 0 && html`<ul class="items">${shown.map((row) => item(context, row))}</ul>`}
${rest.length > 0 && furtherItems(context, rest)}
</section>`;
}

/** How many items are not listed, and where to find them. */
function furtherItems({ text, format, query }: PageContext, rest: readonly Row[]): Html {
  const places: Readonly<Record<Row['subject'], readonly [words: string, url: string]>> = {
    account: [
      text.accounts,
      queryLink(query, { attentionOnly: true, search: '', standing: undefined, accountsPage: 1 }, 'accounts'),
    ],
    renewal: [text.renewals, '#renewals'],
    mailbox: [text.mailboxes, '#mailboxes'],
  };
  const links = [...new Set(rest.map(({ subject }) => subject))].map((subject) => {
    const [words, url] = places[subject];
    return html`<a href="${url}">${words}</a>`;
  });
  return html`<p class="further">${text.attentionRest(rest.length, format.count(rest.length))} ${joined(links)}</p>`;
}

function configError(context: PageContext, { config }: StatusView): Html {
  const { text, format } = context;
  const rest = config.errors.length - mostErrors;
  return html`<div class="item critical alone">
<span class="badge critical">${icon('failing')}${text.configBadge}</span>
<div class="what"><h3>${text.configError}</h3>
<p>${text.configKept(clock(context, config.lastReloadSuccessAtMs))}</p>
<ul class="errors">${config.errors.slice(0, mostErrors).map((error) => html`<li>${isolated(error)}</li>`)}${rest > 0 && html`<li>${text.configMore(rest, format.count(rest))}</li>`}</ul></div>
<p class="links">${runbookLink(context, configAlert, text.configError)}</p>
</div>`;
}

function brokenEntry({ text }: PageContext, { subject, name }: BrokenEntry): Html {
  return html`<div class="item critical alone">
<span class="badge critical">${icon('failing')}${text.failed}</span>
<div class="what"><h3>${isolated(name)}</h3> <p class="kind">${text.subject[subject]}</p>
<p>${text.brokenEntry}</p></div>
</div>`;
}

function item(context: PageContext, row: Row): Html {
  const alert = alertOf(row);
  const links: readonly Content[] = [
    row.owner !== undefined && html`<span>${hidden(`${context.text.owner}: `)}${isolated(row.owner)}</span>`,
    row.subject === 'renewal' && markPaidLink(context, row),
    row.subject !== 'mailbox' && consoleLink(context, row),
    alert !== undefined && runbookLink(context, alert, row.name),
  ];
  return html`<li class="item ${tones[row.standing]}">
${badge(context, row.standing)}
<div class="what"><h3>${isolated(row.name)}</h3> <p class="kind">${kindOf(context, row)}</p>
${sentences(context, row).map((sentence) => html`<p>${sentence}</p>`)}</div>
<p class="links">${links}</p>
</li>`;
}

function kindOf({ text }: PageContext, row: Row): Content {
  if (row.subject === 'account') return html`${text.subject.account} · ${isolated(row.provider)}`;
  return text.subject[row.subject];
}

function runbookLink({ text, query, runbooks }: PageContext, alert: string, name: string): Content {
  if (!runbooks.has(alert)) return undefined;
  const language = query.language === undefined ? '' : `?lang=${query.language}`;
  return html`<a href="./runbooks/${encodeURIComponent(alert)}${language}">${text.runbook}${hidden(text.about(isolated(name)))}</a>`;
}

function sentences(context: PageContext, row: Row): readonly Content[] {
  if (row.subject === 'account') return accountSentences(context, row);
  return row.subject === 'renewal' ? renewalSentences(context, row) : mailboxSentences(context, row);
}

function accountSentences(context: PageContext, row: AccountRow): readonly Content[] {
  const { text } = context;
  const said = row.problems.map((problem) => accountSentence(context, problem));
  const { lastSuccessAt, lastCheckAt } = row;
  if (lastSuccessAt === undefined) return [...said, text.neverSucceeded];
  const good = ago(context, lastSuccessAt);
  if (!row.current) {
    const known =
      row.lines.length === 0 ? text.lastGood(good) : text.lastKnown(allAmounts(context, row), good);
    const stuck = row.problems.every(({ kind }) => kind !== 'failing') && lastCheckAt !== undefined;
    return [...said, known, stuck && text.notCheckedSince(ago(context, lastCheckAt))];
  }
  return row.problems.some(({ kind }) => kind === 'failing') ? [...said, text.lastGood(good)] : said;
}

function accountSentence(context: PageContext, problem: AccountProblem): Content {
  const { text, format } = context;
  switch (problem.kind) {
    case 'empty':
    case 'low': {
      const left = lineAmount(context, problem.line);
      const limit = lineLimit(context, problem.line);
      const sentence =
        problem.kind === 'low' && limit !== undefined ? text.low(left, limit) : text.empty(left, limit);
      const notes = lineNotes(context, problem.line);
      return notes.length === 0 ? sentence : html`${sentence} <span class="note">${joined(notes)}</span>`;
    }
    case 'over_budget': {
      const { reading, budget } = problem.line;
      return text.overBudget(
        lineAmount(context, problem.line),
        format.amount(budget ?? 0, reading.unit),
        text.period(reading.period),
      );
    }
    case 'stale':
      return text.stale(format.duration(problem.maxAge));
    case 'failing':
      return failure(context, text.reason[problem.reason], problem.message);
  }
}

function failure({ text }: PageContext, reason: string, message: string): Html {
  return html`${reason}${message !== '' && html` <span class="note">${text.answer(isolated(message))}</span>`}`;
}

function renewalSentences(context: PageContext, row: RenewalRow): readonly Content[] {
  const { text, format } = context;
  const price = priceText(context, row.price);
  return row.problems.map((problem) => {
    if (problem.kind === 'overdue') return text.overdue(date(context, problem.since), price);
    const sentence = row.autoRenew ? text.renewsAutomaticallyOn : text.renewsOn;
    return sentence(format.days(problem.days), date(context, problem.next), price);
  });
}

export function priceText({ format }: PageContext, price: Price | undefined): string | undefined {
  return price === undefined ? undefined : format.amount(price.amount, price.currency);
}

function mailboxSentences(context: PageContext, row: MailboxRow): readonly Content[] {
  const { text } = context;
  const said = row.problems.map((problem) => mailboxSentence(context, problem));
  if (row.problems.every(({ kind }) => kind === 'mail')) return said;
  if (row.lastSuccessAt === undefined) return [...said, text.neverScanned];
  return [...said, text.lastGoodScan(ago(context, row.lastSuccessAt))];
}

function mailboxSentence(context: PageContext, problem: MailboxProblem): Content {
  const { text, format } = context;
  switch (problem.kind) {
    case 'stale':
      return text.staleMailbox(format.duration(problem.maxAge));
    case 'failing':
      return failure(context, text.mailboxReason[problem.reason], problem.message);
    case 'mail': {
      const { topic, count, lastAt } = problem.line;
      return text.billingMail(text.topic[topic], count, format.count(count), ago(context, lastAt));
    }
  }
}
