import { betweenHan, normalizeLines } from './normalize.ts';
import { remembered } from './remembered.ts';

/** A normalised line of a mail, with all that is asked of it. */
export interface Line {
  /** Without blanks around it. */
  readonly text: string;
  /** It is as wide as a terminal and ends no sentence: only its width set it apart from the next. */
  readonly isOpen: boolean;
  /** It begins an item of a list, and goes on with no line before it. */
  readonly startsItem: boolean;
  readonly sentences: readonly string[];
}

/** The lines of a text, normalised. */
export function linesOf(text: string): readonly Line[] {
  return text.split('\n').flatMap(linesIn);
}

/** What stands between two line feeds: most often one line, which was seen before. */
const linesIn = remembered((raw: string): readonly Line[] => normalizeLines(raw).map(lineOf));

export function lineOf(text: string): Line {
  return {
    text,
    isOpen: isWrapped(text) && !endsSentence.has(text.slice(-1)),
    startsItem: startsItem.test(text),
    sentences: sentencesOfLine(text),
  };
}

/** Lines of more columns than this were wrapped by the sender's program rather than ended by its writer. */
const wrappedLine = 55;
const endsSentence: ReadonlySet<string> = new Set('.!?:;。!?:;…');
const startsItem = /^([-*•·#|]|\(?\d+[.)、]|[一二三四五六七八九十]+[、.])/;

/** Whether a line is wider than that in a terminal, where a Chinese or Japanese character takes two columns. */
function isWrapped(line: string): boolean {
  if (line.length >= wrappedLine || 2 * line.length < wrappedLine) return line.length >= wrappedLine;
  return line.length + (line.match(/[\u2e80-\u9fff\uff00-\uff60]/g)?.length ?? 0) >= wrappedLine;
}

/** The sentences of lines, of which those are put back together that only the width of an old terminal set apart. */
export function sentencesIn(lines: readonly Line[]): readonly string[] {
  const found: string[] = [];
  let before: string | undefined;
  let sentences: readonly string[] = [];
  let isOpen = false;
  for (const line of lines) {
    if (isOpen && before !== undefined && line.text !== '' && !line.startsItem) {
      before = `${before} ${line.text}`;
      sentences = [];
    } else {
      addSentences(found, sentences, before);
      before = line.text;
      sentences = line.sentences;
    }
    isOpen = line.isOpen;
  }
  addSentences(found, sentences, before);
  return found;
}

/** Those of a line, or those of lines that were put together, which have none yet. */
function addSentences(found: string[], known: readonly string[], line: string | undefined): void {
  for (const sentence of known.length === 0 && line ? sentencesOfJoined(line) : known) found.push(sentence);
}

/**
 * Splits normalised text into sentences. A full stop ends one only before white space or at the end: amounts,
 * host names and versions have stops inside.
 */
export function sentences(text: string): readonly string[] {
  return sentencesIn(text.split('\n').map(lineOf));
}

const sentencesOfJoined = remembered(sentencesOfLine);

/** The longest stretch that is looked at as one sentence. */
const longestSentence = 400;

const mayEndInside = /[。!?!?;;.]/;
const ends = /(?<=[。!?!?;;])|(?<=[^\s.](?<!\b(?:no|nr|inc|ltd|vs|approx|e\.g|i\.e))\.)\s+/u;

function sentencesOfLine(whole: string): readonly string[] {
  const found: string[] = [];
  const line = whole.replace(betweenHan, '');
  for (const part of mayEndInside.test(line) ? line.split(ends) : [line]) {
    for (let rest = part.trim(); rest !== ''; rest = rest.slice(longestSentence).trim()) {
      found.push(rest.slice(0, longestSentence));
    }
  }
  return found;
}
