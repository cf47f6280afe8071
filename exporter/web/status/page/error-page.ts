import type { Html } from '../../html.ts';
import { html } from '../../html.ts';
import type { Messages } from '../text/contract.ts';
import type { Language } from '../text/language.ts';
import { messages } from '../text/messages.ts';
import { layout } from './layout.ts';

export type ErrorStatus = 400 | 404 | 405 | 500;

function words(text: Messages, status: ErrorStatus): readonly [title: string, explanation: string] {
  switch (status) {
    case 400:
      return [text.badRequest, text.badRequestText];
    case 404:
      return [text.notFound, text.notFoundText];
    case 405:
      return [text.notAllowed, text.notAllowedText];
    case 500:
      return [text.failed, text.failedText];
  }
}

/** A page that says in words what went wrong, and leads back. `root` is the way from its address to the status page. */
export function errorPage(status: ErrorStatus, language: Language, root: string): Html {
  const text = messages[language];
  const [title, explanation] = words(text, status);
  return layout({
    language,
    title,
    root,
    inLanguage: (other) => `?lang=${other}`,
    main: html`<p>${explanation}</p>
<p><a href="${root}">${text.backToStatus}</a></p>`,
  });
}
