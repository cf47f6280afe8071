import type { FormatCallback } from 'html-to-text';
import { compile } from 'html-to-text';

/**
 * What the package html-to-text makes of an HTML mail, with the selectors and the formatter that reading mail is defined by: a tree
 * that each element is compared in with all of them, which the exporter's own reader does in one pass.
 */

/** Elements that hold nothing for a reader. */
const unread = [
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
];

/** Elements that a reader doesn't see. */
const hidden = [
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

/** What mail programs put around an older mail. Its lines are marked as plain text marks them. */
const quoted = [
  'blockquote[type="cite"]',
  'blockquote.gmail_quote',
  'div.gmail_quote',
  'div.gmail_extra',
  'div.moz-cite-prefix',
  'div.yahoo_quoted',
  'div.protonmail_quote',
  'div.ntes-mailmaster-quote',
];

const inline = ['a', 'span', 'b', 'strong', 'i', 'em', 'u', 'font'];

/** As much of the parsed document as is looked at here. */
interface Node {
  readonly type: string;
  readonly name?: string | undefined;
  readonly data?: string | undefined;
  readonly attribs?: Readonly<Record<string, string>> | undefined;
  readonly children?: readonly Node[] | undefined;
  readonly prev?: Node | null | undefined;
  readonly parent?: Node | null | undefined;
}

const unseenStyle = /display: ?none|visibility: ?hidden|mso-hide: ?all|font-size: ?0(px|;)/i;

function isHidden({ attribs = {} }: Node): boolean {
  return attribs['hidden'] !== undefined || unseenStyle.test(attribs['style'] ?? '');
}

function showsText(node: Node): boolean {
  if (node.type === 'text') return /[\p{L}\p{N}]/u.test(node.data ?? '');
  if (unread.includes(node.name ?? '') || isHidden(node)) return false;
  return (node.children ?? []).some(showsText);
}

/** Whether nothing that is seen stands before an element. */
function isFirst(element: Node): boolean {
  for (let node: Node | null | undefined = element; node != null; node = node.parent) {
    for (let before = node.prev; before != null; before = before.prev) if (showsText(before)) return false;
  }
  return true;
}

/** Mails have one such element or two; looking at each of very many would take the square of their number. */
const mostPreheaders = 3;

/** Hidden elements met so far in the mail that is being converted, which happens in one go. */
let hiddenMet = 0;

/**
 * Hidden text at the very top is what the list of mails shows beside the subject: it is read there, so it counts.
 * Hidden text anywhere else is seen by nobody.
 */
const preheader: FormatCallback = (element, walk, builder) => {
  hiddenMet += 1;
  if (hiddenMet > mostPreheaders || !isFirst(element)) return;
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2 });
};

const convert = compile({
  wordwrap: false,
  // Without the zero-width space, which the library takes for a space: it would part a word in two.
  whitespaceCharacters: ' \t\r\n\f',
  limits: { maxInputLength: 512 * 1024, maxDepth: 200 },
  formatters: { preheader },
  selectors: [
    ...inline.map((selector) => ({ selector, format: 'inline' })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, format: 'block' })),
    ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
    { selector: 'tr', format: 'block' },
    { selector: 'blockquote', format: 'block' },
    ...quoted.map((selector) => ({ selector, format: 'blockquote' })),
    ...hidden.map((selector) => ({ selector, format: 'preheader' })),
    ...unread.map((selector) => ({ selector, format: 'skip' })),
  ],
});

/** The same text as `htmlToText` gives, but for white space. */
export function htmlToTextByTree(html: string): string {
  hiddenMet = 0;
  return convert(html.replace(/<!\[(?:if[^\]]{0,80}|endif)\]>/gi, ''));
}
