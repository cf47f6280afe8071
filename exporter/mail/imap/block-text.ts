/** White space of HTML, which has neither the zero-width space nor the one that doesn't break. */
const shrinkable = /[\t\r\n\f]| {2}/;
const blanks = /[ \t\r\n\f]+/g;
const startsBlank = /^[ \t\r\n\f]/;
const endsBlank = /[ \t\r\n\f]$/;

/** The words of a text with single blanks between them. */
function inOneLine(text: string): string {
  const line = shrinkable.test(text) ? text.replace(blanks, ' ') : text;
  const start = line.startsWith(' ') ? 1 : 0;
  const end = line.length > start && line.endsWith(' ') ? line.length - 1 : line.length;
  return line.slice(start, end);
}

export interface BlockOptions {
  /** Line breaks before it at least, where text stands before it. */
  readonly leading: number;
  /** Line breaks after it at least. */
  readonly trailing: number;
  /** White space stays as it is. */
  readonly isPreformatted?: boolean;
  /** Leaves no trace where it is empty, and ends with its own line breaks whatever those want that are in it. */
  readonly isList?: boolean;
  /** Makes the block's text into what its parent gets. */
  readonly transform?: (text: string) => string;
}

interface Block {
  readonly options: BlockOptions;
  readonly isPreformatted: boolean;
  /** Before it, which the first of its own blocks may make more. */
  leading: number;
  /** All but the lines that are still added to. */
  text: string;
  lines: string;
  isLineStart: boolean;
  /** White space that was read and counts only if a word follows. */
  hasBlank: boolean;
  /** Line breaks that count only if something follows. */
  breaks: number;
}

/**
 * Makes plain text of words and blocks within blocks, as html-to-text does: white space shrinks to single blanks, and of the line
 * breaks that two blocks want between them the greater number counts.
 */
export class BlockText {
  readonly #outer: Block[] = [];
  #block = newBlock({ leading: 0, trailing: 0 }, false);

  /** Adds text that stands in a line. */
  add(text: string): void {
    const block = this.#block;
    if (block.isPreformatted) {
      block.text += text;
      return;
    }
    const line = inOneLine(text);
    if (line === '') {
      if (block.breaks === 0 && text !== '') block.hasBlank = true;
      return;
    }
    this.#breakLines(block);
    const isApart = block.hasBlank || startsBlank.test(text);
    block.lines += isApart && !block.isLineStart ? ` ${line}` : line;
    block.isLineStart = false;
    block.hasBlank = endsBlank.test(text);
  }

  /** Adds text as it is, on the line that is written to. */
  addLiteral(text: string): void {
    const block = this.#block;
    if (block.isPreformatted) {
      block.text += text;
      return;
    }
    this.#breakLines(block);
    block.lines += block.hasBlank && !block.isLineStart ? ` ${text}` : text;
    block.isLineStart = false;
    block.hasBlank = false;
  }

  breakLine(): void {
    const block = this.#block;
    if (block.isPreformatted) block.text += '\n';
    else startLines(block, 1);
  }

  open(options: BlockOptions): void {
    this.#outer.push(this.#block);
    this.#block = newBlock(options, options.isPreformatted === true || this.#block.isPreformatted);
  }

  /** Closes the block that was opened last. */
  close(): void {
    const { options, leading, text, lines, breaks } = this.#block;
    const parent = this.#outer.pop();
    if (parent === undefined) return;
    this.#block = parent;
    const whole = options.transform?.(text + lines) ?? text + lines;
    if (options.isList === true && whole === '') return;
    const before = parent.text + parent.lines;
    const between = Math.max(parent.breaks, leading);
    parent.lines = '';
    parent.isLineStart = true;
    if (before === '') {
      parent.text = whole;
      parent.leading = between;
    } else {
      parent.text = before + '\n'.repeat(between) + whole;
    }
    parent.breaks = options.isList === true ? options.trailing : Math.max(breaks, options.trailing);
  }

  toString(): string {
    while (this.#outer.length > 0) this.close();
    return this.#block.text + this.#block.lines;
  }

  #breakLines(block: Block): void {
    if (block.breaks === 0) return;
    startLines(block, block.breaks);
    block.breaks = 0;
  }
}

function newBlock(options: BlockOptions, isPreformatted: boolean): Block {
  return {
    options,
    isPreformatted,
    leading: options.leading,
    text: '',
    lines: '',
    isLineStart: true,
    hasBlank: false,
    breaks: 0,
  };
}

function startLines(block: Block, count: number): void {
  block.lines += '\n'.repeat(count);
  block.isLineStart = true;
}
