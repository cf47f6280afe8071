import test from 'ava';
import { createClockWatch } from '../../exporter/clock-watch.ts';

/** Two clocks that the test sets. */
function clocks() {
  let wall = 1_800_000_000_000;
  let monotonic = 5000;
  const jumps: number[] = [];
  const look = createClockWatch({
    wall: () => wall,
    monotonic: () => monotonic,
    onJump: (milliseconds) => jumps.push(milliseconds),
  });
  return {
    look,
    jumps,
    pass: (milliseconds: number) => {
      wall += milliseconds;
      monotonic += milliseconds;
    },
    set: (milliseconds: number) => {
      wall += milliseconds;
    },
  };
}

test('time that passes on both clocks is not a jump', (t) => {
  const { look, jumps, pass } = clocks();
  for (const milliseconds of [2000, 2000, 3_600_000]) {
    pass(milliseconds);
    look();
  }
  t.deepEqual(jumps, []);
});

test('a changed clock is a jump, reported once with its length', (t) => {
  const { look, jumps, pass, set } = clocks();
  for (const milliseconds of [-3_600_000, 86_400_000]) {
    pass(2000);
    set(milliseconds);
    look();
    pass(2000);
    look();
  }
  t.deepEqual(jumps, [-3_600_000, 86_400_000]);
});

test('a machine that slept is a jump forward, as only the wall clock went on', (t) => {
  const { look, jumps, set } = clocks();
  set(28_800_000);
  look();
  t.deepEqual(jumps, [28_800_000]);
});

test('small corrections are not jumps', (t) => {
  const { look, jumps, set } = clocks();
  for (const milliseconds of [10_000, -10_000, 400]) {
    set(milliseconds);
    look();
  }
  t.deepEqual(jumps, []);
});
