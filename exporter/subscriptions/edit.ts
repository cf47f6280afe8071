import type { Pair, Scalar, YAMLMap } from 'yaml';
import { isNode, isScalar } from 'yaml';

/**
 * The text of an account file with `paid_through` set in one entry, in place of `last_renewed` if that is there.
 * Every other byte stays: a document that is serialized again keeps its comments, but not its layout.
 * Undefined where the entry has no place that can be edited; the caller checks the result.
 */
export function setPaidThrough(text: string, entry: YAMLMap, date: string): string | undefined {
  const mark = pairOf(entry, 'paid_through') ?? pairOf(entry, 'last_renewed');
  return mark === undefined ? insert(text, entry, date) : replace(text, mark, date);
}

/** A pair whose key is a plain word, with the positions of key and value in the text. */
interface PlacedPair {
  readonly key: Scalar;
  readonly keyRange: Range;
  readonly value: Pair['value'];
  readonly valueRange: Range;
}

type Range = readonly [start: number, end: number, ...rest: number[]];

function pairOf(entry: YAMLMap, name: string): PlacedPair | undefined {
  const pair = entry.items.find(({ key }) => isScalar(key) && key.value === name);
  if (pair === undefined || !isScalar(pair.key) || !isNode(pair.value)) return undefined;
  const keyRange = pair.key.range;
  const valueRange = pair.value.range;
  if (!keyRange || !valueRange) return undefined;
  return { key: pair.key, keyRange, value: pair.value, valueRange };
}

function replace(text: string, { key, keyRange, value, valueRange }: PlacedPair, date: string): string {
  return [
    text.slice(0, keyRange[0]),
    quotedLike(key, 'paid_through'),
    text.slice(keyRange[1], valueRange[0]),
    quotedLike(value, date),
    text.slice(valueRange[1]),
  ].join('');
}

/** Puts the mark behind the day or the anchor, which each entry has and which are single words. */
function insert(text: string, entry: YAMLMap, date: string): string | undefined {
  const before = pairOf(entry, 'anchor') ?? pairOf(entry, 'day') ?? pairOf(entry, 'name');
  if (before === undefined) return undefined;
  const { key, keyRange, value, valueRange } = before;
  if (entry.flow) {
    // In a file that is JSON as well, it stays JSON.
    const isJson = key.type === 'QUOTE_DOUBLE';
    const mark = `${quotedLike(key, 'paid_through')}: ${isJson ? `"${date}"` : date}`;
    return `${text.slice(0, valueRange[1])}, ${mark}${text.slice(valueRange[1])}`;
  }
  const lineStart = text.lastIndexOf('\n', keyRange[0] - 1) + 1;
  const indent = ' '.repeat(keyRange[0] - lineStart);
  const mark = `${indent}${quotedLike(key, 'paid_through')}: ${quotedLike(value, date)}`;
  const newline = text.indexOf('\n', valueRange[1]);
  if (newline === -1) return `${text}${text.includes('\r\n') ? '\r\n' : '\n'}${mark}`;
  const lineEnd = text[newline - 1] === '\r' ? '\r\n' : '\n';
  return `${text.slice(0, newline + 1)}${mark}${lineEnd}${text.slice(newline + 1)}`;
}

/** A word in the quotes that another node has. */
function quotedLike(node: unknown, word: string): string {
  if (isScalar(node) && node.type === 'QUOTE_DOUBLE') return `"${word}"`;
  if (isScalar(node) && node.type === 'QUOTE_SINGLE') return `'${word}'`;
  return word;
}
