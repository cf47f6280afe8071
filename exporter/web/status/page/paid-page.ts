import type { Html } from '../../html.ts';
import { html, isolated } from '../../html.ts';
import { formatterFor } from '../text/format.ts';
import type { Language } from '../text/language.ts';
import { messages } from '../text/messages.ts';
import { layout } from './layout.ts';

/** What a signed link leads to, and what came of it. */
export type PaidOutcome =
  | { readonly kind: 'question' | 'done'; readonly name: string; readonly date: string }
  /** The link is not from this exporter, or no longer valid; or the request is a page's of another site. */
  | { readonly kind: 'wrong' | 'expired' | 'foreign' }
  /** The account file already says so, or says something that does not fit. */
  | {
      readonly kind: 'already' | 'refused';
      readonly name: string;
      readonly date: string;
      readonly message: string;
    }
  /** The account file cannot be written here. */
  | { readonly kind: 'unwritable'; readonly name: string; readonly date: string; readonly message: string };

/** `query` is that of the link, which the form sends back with the language if one was `chosen`. */
export function paidPage(
  outcome: PaidOutcome,
  language: Language,
  query: string,
  chosen: Language | undefined,
): Html {
  const answered = chosen === undefined ? query : withLanguage(query, chosen);
  const text = messages[language];
  const root = '../';
  return layout({
    language,
    title: text.markPaid,
    root,
    inLanguage: (other) => `?${withLanguage(query, other)}`,
    main: html`${mainOf(outcome, language, answered)}
<p><a href="${root}${chosen === undefined ? '' : `?lang=${chosen}`}">${text.backToStatus}</a></p>`,
  });
}

function mainOf(outcome: PaidOutcome, language: Language, query: string): Html {
  const text = messages[language];
  if (!('name' in outcome)) {
    const words = { wrong: text.paidLinkWrong, expired: text.paidLinkExpired, foreign: text.paidForeign };
    return html`<p>${words[outcome.kind]}</p>`;
  }
  const date = html`<time datetime="${outcome.date}">${formatterFor(language, 'UTC').date(outcome.date)}</time>`;
  const renewal = html`<strong>${isolated(outcome.name)}</strong>`;
  switch (outcome.kind) {
    case 'question':
      return html`<p>${text.paidQuestion(renewal, date)}</p>
<form class="search" method="post" action="?${query}&amp;confirm=yes">
<button type="submit">${text.paidConfirm}</button>
</form>`;
    case 'done':
      return html`<p>${text.paidDone(renewal, date)}</p>`;
    case 'already':
      return html`<p>${text.paidAlready(renewal, date)}</p>`;
    case 'refused':
      return html`<p>${text.paidRefused(renewal, date)}</p>
<p><code>${outcome.message}</code></p>`;
    case 'unwritable':
      return html`<p>${text.paidUnwritable(renewal, date)}</p>
<p><code>balance-alert renewed ${quoted(outcome.name)} ${outcome.date}</code></p>
<p><code>${outcome.message}</code></p>`;
  }
}

/** As one word of a shell, whatever is in it: people copy the command. */
function quoted(name: string): string {
  return `'${name.replaceAll("'", "'\\''")}'`;
}

function withLanguage(query: string, language: Language): string {
  const parameters = new URLSearchParams(query);
  parameters.set('lang', language);
  return parameters.toString();
}
