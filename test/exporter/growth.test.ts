import test from 'ava';
import { cpuMs, growthOf, harmlessMs, mostExponent } from '../support/growth.ts';
import { readers, textOf } from '../support/outside-text.ts';

for (const { name, read, contents, longest = 65_536 } of readers) {
  test(`reading text from outside takes no more than in proportion to its length: ${name}`, (t) => {
    const found = contents.map((content) => {
      const work = (length: number) => {
        const text = textOf(content, length);
        return () => void read(text);
      };
      const isHarmless = cpuMs(work(longest)) < harmlessMs;
      return [isHarmless ? 0 : growthOf(work, longest).exponent, JSON.stringify(content)] as const;
    });
    const [worst] = found.toSorted(([one], [other]) => other - one);
    t.log(`exponent ${worst?.[0].toFixed(2)} with ${worst?.[1]}`);
    t.deepEqual(
      found.filter(([value]) => value > mostExponent),
      [],
    );
  });
}
