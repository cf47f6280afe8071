import { readXml } from './json/xml.ts';

/** How deep and how wide a shape is shown. */
const deepest = 4;
const widest = 20;
/** Longer keys are texts, not names. */
const longestKey = 100;

/**
 * The shape of an answer without its values: keys and types, such as `{ data: { total: number, keys: [string] } }`. XML is shown
 * as expressions see it.
 */
export function jsonShape(text: string): string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return text.trim() === '' ? 'nothing' : (xmlShape(text) ?? 'no JSON');
  }
  return shape(document, 0);
}

function xmlShape(text: string): string | undefined {
  if (!text.trimStart().startsWith('<?xml')) return undefined;
  try {
    return `XML, read as ${shape(readXml(text.trimStart()), 0)}`;
  } catch {
    return undefined;
  }
}

function shape(value: unknown, depth: number): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return depth >= deepest
      ? '[...]'
      : `[${shape(value[0], depth + 1)}${value.length > 1 ? ` x ${value.length}` : ''}]`;
  }
  if (typeof value === 'object') {
    if (depth >= deepest) return '{...}';
    const entries = Object.entries(value);
    const shown = entries.slice(0, widest).map(([key, item]) => `${named(key)}: ${shape(item, depth + 1)}`);
    if (entries.length > widest) shown.push('...');
    return shown.length === 0 ? '{}' : `{ ${shown.join(', ')} }`;
  }
  return typeof value;
}

/** Left out whole: half a key could hold half a secret. */
function named(key: string): string {
  return key.length > longestKey ? '(long key)' : key;
}
