import type { Content, Html } from '../../html.ts';
import { html, trusted } from '../../html.ts';
import type { Language } from '../text/language.ts';
import { languageNames, languages, languageTags } from '../text/language.ts';
import { messages } from '../text/messages.ts';
import { iconPath, stylePath } from './assets.ts';
import { iconSheet } from './icons.ts';

export interface LayoutOptions {
  readonly language: Language;
  readonly title: string;
  /** What the browser's tab says; the title where it isn't given. */
  readonly tabTitle?: string;
  /** How far the page lies below the status page: `./`, `../`, ... Every link of the page begins with it. */
  readonly root: string;
  /** The same page in another language. */
  readonly inLanguage: (language: Language) => string;
  /** What stands at the page's head beside the title. */
  readonly header?: Content;
  /** Where the link for keyboards that skips the head leads to, and its words. */
  readonly skip?: { readonly to: string; readonly words: string };
  /** Seconds between automatic refreshes; undefined: none. */
  readonly refresh?: number | undefined;
  readonly main: Content;
  readonly footer?: Content;
}

/** A whole page around its main part. It has no script, and no style but the one file. */
export function layout(options: LayoutOptions): Html {
  const { language, title, root } = options;
  const text = messages[language];
  const skip = options.skip ?? { to: 'main', words: text.skipToMain };
  return html`${trusted('<!DOCTYPE html>')}
<html lang="${languageTags[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
${options.refresh !== undefined && html`<meta http-equiv="refresh" content="${options.refresh}">`}
<title>${options.tabTitle ?? title}</title>
<link rel="icon" type="image/svg+xml" href="${root}${iconPath}">
<link rel="stylesheet" href="${root}${stylePath}">
</head>
<body>
${iconSheet}
<a class="skip" href="#${skip.to}">${skip.words}</a>
<header>
<div class="title"><h1>${title}</h1>${options.header}</div>
<nav class="languages" aria-label="${text.language}"><ul>${languages.map((other) => languageLink(options, other))}</ul></nav>
</header>
<main id="main" tabindex="-1">
${options.main}
</main>
${options.footer !== undefined && html`<footer>${options.footer}</footer>`}
</body>
</html>
`;
}

function languageLink({ language, inLanguage }: LayoutOptions, other: Language): Html {
  const tag = languageTags[other];
  const current = other === language && html` aria-current="true"`;
  return html`<li><a href="${inLanguage(other)}" lang="${tag}" hreflang="${tag}"${current}>${languageNames[other]}</a></li>`;
}
