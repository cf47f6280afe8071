import { type SimulatedAccount, simulate, type World } from './accounts.ts';
import { day, grid, type Shape } from './kinds.ts';
import { randomFrom } from './random.ts';

/** Accounts for tests of the simulation, each a variation of one that is used steadily. */

export const stepsPerDay = day / grid;

const steady: Shape = { kind: 'steady', perDay: 144, startDays: 10, load: () => 1, interval: grid };

export const worldFor = (days: number, down: readonly (readonly [number, number])[] = []): World => ({
  steps: days * stepsPerDay,
  down: Array.from({ length: days * stepsPerDay }, (_, index) =>
    down.some(([from, to]) => index >= from && index < to),
  ),
});

export const simulated = (shape: Partial<Shape>, world: World, seed = 1): SimulatedAccount =>
  simulate({ ...steady, ...shape }, world, randomFrom(seed));
