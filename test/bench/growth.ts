import { cpuMs, growthOf, mostExponent } from '../support/growth.ts';
import { readers, textOf } from '../support/outside-text.ts';
import type { Row } from './table.ts';

/**
 * How the work on text from outside grows with its length: for each parser and set of patterns the text that takes the most
 * time at the greatest length, by processor time.
 */
export async function benchGrowth(): Promise<readonly Row[]> {
  return readers.map(({ name, read, contents, longest = 65_536 }): Row => {
    const works = contents.map((content) => {
      const work = (length: number) => {
        const text = textOf(content, length);
        return () => void read(text);
      };
      return { content, work, took: cpuMs(work(longest), 4) };
    });
    const [worst] = works.toSorted((one, other) => other.took - one.took);
    if (worst === undefined) throw new Error(`${name} has no text to read`);
    const { lengths, milliseconds, fitted } = growthOf(worst.work, longest);
    const times = lengths.map((length, index) => `${length}: ${milliseconds[index]?.toPrecision(2)} ms`);
    const content = JSON.stringify(worst.content);
    return {
      what: name,
      measured: fitted,
      unit: '',
      budget: mostExponent,
      of: `${times.join(', ')}; ${content.length > 60 ? `${content.slice(0, 60)}...` : content}`,
    };
  });
}
