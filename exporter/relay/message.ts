/** A message before a bot's own format: plain texts, which each bot escapes. */

export interface Block {
  /** Stands out; undefined where the title says it already. */
  readonly heading: string | undefined;
  readonly lines: readonly string[];
  /** What can be done about it, the most urgent first. Where not everything fits, texts go before links. */
  readonly links: readonly Button[];
  /** What is counted when the block does not fit: one alert, or so many lines. */
  readonly weight: number;
}

export interface Button {
  readonly label: string;
  readonly url: string;
}

export type Tone = 'critical' | 'warning' | 'info' | 'resolved';

export interface Message {
  readonly title: string;
  readonly tone: Tone;
  readonly blocks: readonly Block[];
  readonly buttons: readonly Button[];
  /** Says that so many alerts or lines are left out. */
  readonly more: (count: number) => string;
  /** Weight that was left out before, as by Alertmanager. */
  readonly omitted: number;
}

/** The part of a message that fits. */
export interface Shown {
  readonly blocks: readonly Block[];
  /** Says what is left out; undefined where nothing is. */
  readonly tail: string | undefined;
}

/** Longer ones are cut: a title is one line on a phone. In characters. */
const longestText = 120;

/** A text from outside as one line that fits: no line breaks, no control or bidirectional characters. */
export function oneLine(text: string, longest = longestText): string {
  const clean = text
    .replace(/[\p{Cf}\p{Co}]/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .toWellFormed();
  const characters = [...clean];
  return characters.length <= longest ? clean : `${characters.slice(0, longest - 1).join('')}…`;
}

/**
 * As many whole blocks as fit, then a line that says how many are left out. Where not even the first one fits, its first
 * lines. Nothing is ever cut within a line. Of the blocks' links, as many as there is room for beside these texts.
 */
export function cut(message: Message, fits: (shown: Shown) => boolean): Shown {
  const texts = cutTexts(
    { ...message, blocks: message.blocks.map((block) => ({ ...block, links: [] })) },
    fits,
  );
  const links = texts.blocks.map((_block, index) => message.blocks[index]?.links ?? []);
  const withLinks = (count: number): Shown => {
    let left = count;
    return {
      ...texts,
      blocks: texts.blocks.map((block, index) => {
        const shown = links[index]?.slice(0, left) ?? [];
        left -= shown.length;
        return { ...block, links: shown };
      }),
    };
  };
  return withLinks(most(links.flat().length, (count) => fits(withLinks(count))));
}

/** The largest number up to `highest` that fits; 0 where none does. What fits with a number fits with every smaller one. */
function most(highest: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, highest];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function cutTexts(message: Message, fits: (shown: Shown) => boolean): Shown {
  const { blocks, more, omitted } = message;
  const total = omitted + blocks.reduce((sum, { weight }) => sum + weight, 0);
  const shownWith = (count: number): Shown => {
    const shown = blocks.slice(0, count);
    const left = total - shown.reduce((sum, { weight }) => sum + weight, 0);
    return { blocks: shown, tail: left === 0 ? undefined : more(left) };
  };
  const all = shownWith(blocks.length);
  if (fits(all)) return all;
  const count = most(blocks.length - 1, (one) => fits(shownWith(one)));
  const whole = shownWith(count);
  const next = blocks[count];
  if (next === undefined) return whole;
  // A block of one alert is all or nothing, unless it stands alone; one of many lines may end early.
  if (count > 0 && next.weight === 1) return whole;
  const left = total - whole.blocks.reduce((sum, { weight }) => sum + weight, 0);
  for (let lines = next.lines.length - 1; lines >= 0; lines -= 1) {
    const rest = next.weight === 1 ? left : left - lines;
    const shown = {
      blocks: [...whole.blocks, { ...next, lines: next.lines.slice(0, lines) }],
      tail: more(rest),
    };
    if (fits(shown)) return shown;
  }
  return whole;
}
