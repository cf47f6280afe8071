import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { cpuMs, growthOf, harmlessMs, mostExponent } from '../support/growth.ts';
import { readers, textOf } from '../support/outside-text.ts';

/** Contents of one test: it must end before the runner takes it for one that hangs, on a busy machine too. */
const together = 6;

for (const { name, read, contents, longest = 65_536 } of readers) {
  for (let from = 0; from < contents.length; from += together) {
    const some = contents.slice(from, from + together);
    const which = contents.length > together ? `, ${from + 1} to ${from + some.length}` : '';
    test.serial(`reading text from outside takes at most linear time: ${name}${which}`, async (t) => {
      // Lets the runner hear of the tests before.
      await setImmediate();
      const found = some.map((content) => {
        const work = (length: number) => {
          const text = textOf(content, length);
          return () => void read(text);
        };
        const run = work(longest);
        const measured = () => {
          const firstMs = cpuMs(run);
          if (firstMs < harmlessMs) return 0;
          // The second time the code is compiled.
          const leastMs = Math.min(firstMs, cpuMs(run));
          return leastMs < harmlessMs ? 0 : growthOf(work, longest, leastMs).exponent;
        };
        return [measured(), JSON.stringify(content)] as const;
      });
      const [worst] = found.toSorted(([one], [other]) => other - one);
      if (worst !== undefined && worst[0] > 0) t.log(`exponent ${worst[0].toFixed(2)} with ${worst[1]}`);
      t.deepEqual(
        found.filter(([value]) => value > mostExponent),
        [],
      );
    });
  }
}
