import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';

test('what a service needed for a moment goes back to the system once it has started, though it is never idle', async (t) => {
  // Keeps much for a moment, and makes garbage all the time from then on, so that it never has little to do.
  const program = `
    import { limitMemory, startIsOver } from ${JSON.stringify(new URL('../../exporter/memory.ts', import.meta.url).href)};
    limitMemory(['serve'], '');
    const residentMiB = () => process.memoryUsage.rss() / 2 ** 20;
    let kept = Array.from({ length: 400_000 }, (_, index) => ({ index, text: 'a' + index }));
    kept = kept.slice(0, 20_000);
    let turns = 0;
    let before;
    const work = () => {
      for (let index = 0; index < 20_000; index += 1) kept[index] = { index, text: 'b' + index };
      turns += 1;
      if (turns === 100) {
        before = residentMiB();
        startIsOver();
      }
      if (turns < 5000 && !(residentMiB() < before - 15)) setTimeout(work, 1);
      else process.stdout.write(JSON.stringify([before, residentMiB()]));
    };
    work();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  const [before, after]: readonly [number, number] = JSON.parse(stdout);
  t.log(`${before.toFixed(0)} MiB while it starts, ${after.toFixed(0)} MiB then`);
  t.true(after < before - 15, `${after} MiB, ${before} MiB while it starts`);
});
