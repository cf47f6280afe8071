import { compile } from 'html-to-text';

/** Elements that a reader doesn't see, and the marks that mail programs put on quoted older mails. */
const unseen = [
  'head',
  'title',
  'style',
  'script',
  'noscript',
  'template',
  'object',
  'svg',
  'img',
  'input',
  'select',
  'textarea',
  '[hidden]',
  '[style*="display:none" i]',
  '[style*="display: none" i]',
  '[style*="visibility:hidden" i]',
  '[style*="visibility: hidden" i]',
  '[style*="mso-hide:all" i]',
  '[style*="mso-hide: all" i]',
  '[style*="font-size:0;" i]',
  '[style*="font-size:0px" i]',
  '[style*="font-size: 0px" i]',
];

const quoted = [
  'blockquote[type="cite"]',
  'blockquote.gmail_quote',
  'div.gmail_quote',
  'div.gmail_extra',
  'div.yahoo_quoted',
  'div.moz-cite-prefix',
  'div.protonmail_quote',
  'div.ntes-mailmaster-quote',
];

const inline = ['a', 'span', 'b', 'strong', 'i', 'em', 'u', 'font'];

function converter(skipped: readonly string[]) {
  return compile({
    wordwrap: false,
    // Without the zero-width space, which the library takes for a space: it would part a word in two.
    whitespaceCharacters: ' \t\r\n\f',
    limits: { maxInputLength: 512 * 1024, maxDepth: 200 },
    selectors: [
      ...inline.map((selector) => ({ selector, format: 'inline' })),
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, format: 'block' })),
      ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
      { selector: 'tr', format: 'block' },
      ...skipped.map((selector) => ({ selector, format: 'skip' })),
    ],
  });
}

const whole = converter(unseen);
const withoutQuotes = converter([...unseen, ...quoted]);

/**
 * The text of an HTML mail as its reader sees it: entities decoded, tags inside a word without effect, styles,
 * scripts, comments and hidden elements gone. Never throws; broken markup gives what text there is.
 */
export function htmlToText(html: string, { keepQuotes = false } = {}): string {
  try {
    return (keepQuotes ? whole : withoutQuotes)(html);
  } catch {
    return '';
  }
}
