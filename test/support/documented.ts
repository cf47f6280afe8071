import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/**
 * The code blocks of a document below a heading, up to the next one, as they stand.
 * @param heading with its marks, such as `### Backup`
 * @param language of the blocks, such as `sh`
 */
export function blocksBelow(document: string, heading: string, language: string): readonly string[] {
  const text = readFileSync(resolve(root, document), 'utf8');
  const start = text.indexOf(`\n${heading}\n`);
  if (start === -1) throw new Error(`${document} has no heading ${heading}`);
  const below = text.slice(start + heading.length + 2);
  // A comment in a block begins with a mark, too.
  const parts = below.split(/^```/m);
  const blocks: string[] = [];
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0 && /^#/m.test(part)) break;
    if (index % 2 === 1 && part.startsWith(`${language}\n`)) blocks.push(part.slice(language.length + 1));
  }
  return blocks;
}
