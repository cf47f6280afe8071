import { Parser } from 'htmlparser2';
import type { BlockOptions } from './block-text.ts';
import { BlockText } from './block-text.ts';

/** Elements that hold nothing for a reader. */
const unread: ReadonlySet<string> = new Set([
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
]);

/** Elements that a reader doesn't see. */
const unseenStyle = /display: ?none|visibility: ?hidden|mso-hide: ?all|font-size: ?0(px|;)/i;

type Attributes = Readonly<Record<string, string>>;

function isHidden({ hidden, style }: Attributes): boolean {
  return hidden !== undefined || (style !== undefined && unseenStyle.test(style));
}

const quotedDivisions =
  /(^|\s)(gmail_quote|gmail_extra|moz-cite-prefix|yahoo_quoted|protonmail_quote|ntes-mailmaster-quote)(\s|$)/;

/** What mail programs put around an older mail. Its lines are marked as plain text marks them. */
function isQuoted(name: string, { type, class: classes = '' }: Attributes): boolean {
  if (name === 'blockquote') return type === 'cite' || /(^|\s)gmail_quote(\s|$)/.test(classes);
  return name === 'div' && quotedDivisions.test(classes);
}

const asQuotation: BlockOptions = {
  leading: 2,
  trailing: 2,
  transform: (text) =>
    withoutOuterBreaks(text)
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n'),
};

const narrow: BlockOptions = { leading: 1, trailing: 1 };
const wide: BlockOptions = { leading: 2, trailing: 2 };
const heading: BlockOptions = { leading: 3, trailing: 2 };

function withoutOuterBreaks(text: string): string {
  let start = 0;
  let end = text.length;
  while (text.charAt(start) === '\n') start += 1;
  while (end > start && text.charAt(end - 1) === '\n') end -= 1;
  return text.slice(start, end);
}

/** Elements that stand by themselves; all others are parts of a line. */
const blocks: ReadonlyMap<string, BlockOptions> = new Map([
  ...['article', 'aside', 'div', 'footer', 'form', 'header', 'main', 'nav', 'section'].map(
    (name) => [name, narrow] as const,
  ),
  ...['blockquote', 'p', 'table', 'tr', 'h4', 'h5', 'h6'].map((name) => [name, wide] as const),
  ...['h1', 'h2', 'h3'].map((name) => [name, heading] as const),
  ['pre', { ...wide, isPreformatted: true }],
]);

const preheader: BlockOptions = { leading: 1, trailing: 2 };
const item: BlockOptions = { leading: 1, trailing: 1 };

/** Mails have one such element or two. */
const mostPreheaders = 3;

/** Elements within each other that are looked into. */
const deepest = 200;

/** An element that is open. */
interface Element {
  readonly name: string;
  /** How deep its content stands in what is read. */
  readonly depth: number;
  /** Nothing in it is part of the text. */
  isMuted: boolean;
  /** A reader doesn't see what is in it. */
  readonly isUnseen: boolean;
  /** Something in it, that was read so far, is seen. */
  showed: boolean;
  /** Blocks that end with it. */
  blocks: number;
  /** It is the cell of a table: a blank parts it from the next. */
  isCell: boolean;
  /** It is a list, whose children are items. */
  list: List | undefined;
}

interface List {
  readonly options: BlockOptions;
  isOpen: boolean;
  /** What stands before the next item. */
  readonly nextMark: () => string;
}

/**
 * The text of an HTML mail as its reader sees it: entities decoded, tags inside a word without effect, styles,
 * scripts, comments and hidden elements gone, lines of older mails marked with `>`. Never throws; broken markup gives
 * what text there is.
 *
 * Gives what the package html-to-text gives, which builds a tree and compares each element with all its selectors: that took a
 * fifth of a scan.
 */
export function htmlToText(html: string): string {
  try {
    const reader = new Reader();
    new Parser(reader).end(withoutConditions(firstTags(html)));
    return reader.toString();
  } catch {
    return '';
  }
}

/** Makes text of what a parser finds. */
class Reader {
  #text = new BlockText();
  readonly #open: Element[] = [newElement('', { depth: 0, isMuted: false, isUnseen: false })];
  /** Text that was not added yet: entities part what is one text. */
  #pending = '';
  /** Hidden elements met so far. */
  #hiddenMet = 0;
  #body: 'none' | 'open' | 'closed' = 'none';

  ontext(text: string): void {
    this.#pending += text;
  }

  oncomment(): void {
    this.#addPending();
  }

  onprocessinginstruction(): void {
    this.#addPending();
  }

  onopentag(name: string, attributes: Attributes): void {
    this.#addPending();
    const parent = this.#parent();
    const isBody = name === 'body' && this.#body !== 'open';
    if (isBody) this.#beginBody();
    const element = newElement(name, {
      depth: isBody ? 1 : parent.depth + 1,
      isMuted: parent.isMuted && !isBody,
      isUnseen: unread.has(name) || isHidden(attributes),
    });
    if (!element.isMuted) {
      if (!isBody && parent.list !== undefined) this.#openItem(element, parent.list);
      this.#begin(element, attributes);
    }
    this.#open.push(element);
  }

  onclosetag(name: string): void {
    this.#addPending();
    if (this.#open.length < 2) return;
    const element = this.#parent();
    this.#open.pop();
    const parent = this.#parent();
    if (element.showed && !element.isUnseen) parent.showed = true;
    if (element.isCell) this.#text.addLiteral(' ');
    for (let count = 0; count < element.blocks; count += 1) this.#text.close();
    if (name === 'body' && this.#body === 'open' && !this.#open.some((each) => each.name === 'body'))
      this.#body = 'closed';
  }

  onend(): void {
    this.#addPending();
  }

  toString(): string {
    return this.#text.toString();
  }

  #parent(): Element {
    const parent = this.#open.at(-1);
    if (parent === undefined) throw new Error('expected the document itself to be open');
    return parent;
  }

  #addPending(): void {
    const text = this.#pending;
    if (text === '') return;
    this.#pending = '';
    const parent = this.#parent();
    if (!parent.showed && /[\p{L}\p{N}]/u.test(text)) parent.showed = true;
    if (parent.isMuted) return;
    if (parent.list === undefined) {
      this.#text.add(text);
    } else if (!/^\s*$/.test(text)) {
      // What stands in a list without being an item of it is one all the same.
      this.#openList(parent, parent.list);
      this.#text.open(item);
      this.#text.add(text);
      this.#text.close();
    }
  }

  /** Where there is a body, nothing else counts. */
  #beginBody(): void {
    if (this.#body === 'none') {
      this.#text = new BlockText();
      this.#hiddenMet = 0;
    }
    this.#body = 'open';
    for (const element of this.#open)
      Object.assign(element, { isMuted: true, blocks: 0, isCell: false, list: undefined });
  }

  /** Decides what is made of an element and of what is in it. */
  #begin(element: Element, attributes: Attributes): void {
    const { name } = element;
    if (name === 'script' || name === 'style') {
      element.isMuted = true;
    } else if (isQuoted(name, attributes)) {
      this.#openBlock(element, asQuotation);
    } else if (isHidden(attributes)) {
      // Hidden text at the very top is what the list of mails shows beside the subject: it is read there, so it counts.
      // Hidden text anywhere else is seen by nobody.
      this.#hiddenMet += 1;
      if (this.#hiddenMet <= mostPreheaders && this.#isFirst()) this.#openBlock(element, preheader);
      else element.isMuted = true;
    } else if (unread.has(name)) {
      element.isMuted = true;
    } else {
      this.#beginSeen(element, attributes);
    }
    if (!element.isMuted && element.depth > deepest) {
      this.#text.add('...');
      element.isMuted = true;
    }
  }

  #beginSeen(element: Element, attributes: Attributes): void {
    const { name } = element;
    const block = blocks.get(name);
    if (block !== undefined) {
      this.#openBlock(element, block);
    } else if (name === 'td' || name === 'th') {
      element.isCell = true;
    } else if (name === 'ul' || name === 'ol') {
      const isNested = this.#parent().name === 'li';
      element.list = {
        options: { ...(isNested ? narrow : wide), isList: true },
        isOpen: false,
        nextMark: name === 'ul' ? () => '* ' : numbersFrom(Number(attributes['start'] ?? '1')),
      };
    } else if (name === 'br') {
      this.#text.breakLine();
      element.isMuted = true;
    } else if (name === 'hr') {
      this.#text.open(wide);
      this.#text.add('-'.repeat(40));
      this.#text.close();
      element.isMuted = true;
    }
  }

  #openBlock(element: Element, options: BlockOptions): void {
    this.#text.open(options);
    element.blocks += 1;
  }

  #openList(element: Element, list: List): void {
    if (list.isOpen) return;
    list.isOpen = true;
    this.#openBlock(element, list.options);
  }

  #openItem(element: Element, list: List): void {
    this.#openList(this.#parent(), list);
    const mark = element.name === 'li' ? list.nextMark() : '';
    this.#openBlock(element, { ...item, transform: (text) => mark + text });
  }

  /** Whether nothing that is seen stands before the element that begins here. */
  #isFirst(): boolean {
    return !this.#open.some(({ showed }) => showed);
  }
}

function newElement(
  name: string,
  { depth, isMuted, isUnseen }: Pick<Element, 'depth' | 'isMuted' | 'isUnseen'>,
): Element {
  return { name, depth, isMuted, isUnseen, showed: false, blocks: 0, isCell: false, list: undefined };
}

function numbersFrom(first: number): () => string {
  let next = first;
  return () => {
    next += 1;
    return `${next - 1}. `;
  };
}

/** Outlook's conditions around text that all other programs show: `<![if !mso]>text<![endif]>`. */
function withoutConditions(html: string): string {
  return html.replace(/<!\[(?:if[^\]]{0,80}|endif)\]>/gi, '');
}

/** Tags that are read of a mail: parsing takes the square of the number of elements that are never closed. */
const mostTags = 8000;

function firstTags(html: string): string {
  let end = -1;
  for (let tags = 0; tags <= mostTags; tags += 1) {
    end = html.indexOf('<', end + 1);
    if (end < 0) return html;
  }
  return html.slice(0, end);
}
