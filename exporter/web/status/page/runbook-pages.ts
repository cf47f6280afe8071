import type { Html } from '../../html.ts';
import { html } from '../../html.ts';
import type { Runbook } from '../runbooks.ts';
import type { Language } from '../text/language.ts';
import { messages } from '../text/messages.ts';
import { layout } from './layout.ts';
import { renderMarkdown } from './markdown.ts';

/** What both kinds of page about runbooks need. */
export interface RunbookPageOptions {
  readonly language: Language;
  /** Kept in links where the address itself names a language. */
  readonly chosen: Language | undefined;
  readonly runbooks: ReadonlyMap<string, Runbook>;
}

function withLanguage(path: string, language: Language | undefined): string {
  return language === undefined ? path : `${path}?lang=${language}`;
}

/** The list of all runbooks, at `/runbooks/`. */
export function runbooksPage({ language, chosen, runbooks }: RunbookPageOptions): Html {
  const text = messages[language];
  return layout({
    language,
    title: text.runbooks,
    root: '../',
    inLanguage: (other) => withLanguage('./', other),
    header: html`<nav class="views" aria-label="${text.links}"><ul><li><a href="${withLanguage('../', chosen)}">${text.backToStatus}</a></li></ul></nav>`,
    main: html`<p>${text.runbooksIntroduction}</p>
<ul class="runbooks">${[...runbooks].map(([alert, { title }]) => html`<li><a href="${withLanguage(encodeURIComponent(alert), chosen)}">${title}</a></li>`)}</ul>`,
  });
}

/** One runbook, at `/runbooks/<alert>`. It is written in English whatever the language of the page around it. */
export function runbookPage(runbook: Runbook, options: RunbookPageOptions): Html {
  const { language, chosen, runbooks } = options;
  const text = messages[language];
  const alerts = new Map([...runbooks.keys()].map((alert) => [alert.toLowerCase(), alert]));
  const resolveHeading = (heading: string): string | undefined => {
    const alert = alerts.get(heading.toLowerCase());
    return alert === undefined ? undefined : withLanguage(encodeURIComponent(alert), chosen);
  };
  return layout({
    language,
    title: runbook.title,
    root: '../',
    inLanguage: (other) => withLanguage(encodeURIComponent(runbook.title), other),
    header: html`<nav class="views" aria-label="${text.links}"><ul><li><a href="${withLanguage('../', chosen)}">${text.backToStatus}</a></li><li><a href="${withLanguage('./', chosen)}">${text.allRunbooks}</a></li></ul></nav>`,
    main: html`<article class="prose" lang="en">${renderMarkdown(runbook.markdown, { resolveHeading })}</article>`,
  });
}
