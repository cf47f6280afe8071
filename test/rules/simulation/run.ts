import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { worldOf } from './accounts.ts';
import { kinds, shapeOf } from './kinds.ts';
import { randomFrom } from './random.ts';
import { addAccount, contestants, emptyTally, type Tally } from './tally.ts';

const usage = `Usage: npm run simulate -- [options]

Evaluates the alerts over invented accounts whose true depletion is known, a year of each, and prints how early they tell and
how often wrongly, beside predict_linear and a fixed threshold.

  --accounts N  how many, spread over all kinds (default: 1000)
  --days N      how long (default: 365)
  --seed N      other accounts of the same kinds (default: 1)
  --write       put the tables into docs/runway-simulation.md
  --help        show this text
`;

const percent = (part: number, of: number): string =>
  of === 0 ? '–' : `${((100 * part) / of).toFixed(1)} %`;

function quantile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((left, right) => left - right);
  const value = sorted[Math.floor(share * (sorted.length - 1))];
  return value === undefined ? '–' : value.toFixed(1);
}

function row(name: string, tally: Tally): string {
  const cells = [
    name,
    String(tally.foreseeable),
    percent(tally.told, tally.foreseeable),
    quantile(tally.notice, 0.5),
    quantile(tally.notice, 0.01),
    (tally.falseAlarms / tally.quarters).toFixed(3),
    percent(tally.quartersAboveOne, tally.quarters),
  ];
  return `| ${cells.join(' | ')} |`;
}

const columns =
  'depletions that could be foreseen | told 72 h before | days of notice: median | 1st percentile | false alarms per account and quarter | quarters with more than one';
const head = (first: string): string => `| ${first} | ${columns} |\n|${'---|'.repeat(7)}\n`;

export interface SimulationOptions {
  readonly accounts: number;
  readonly days: number;
  readonly seed: number;
}

/** The tables of the page, as Markdown. */
export function tables(
  { accounts, days, seed }: SimulationOptions,
  progress: (done: number) => void = () => undefined,
): string {
  const world = worldOf(days, randomFrom(seed));
  const all = contestants.map(emptyTally);
  const byKind = new Map(kinds.map((kind) => [kind, contestants.map(emptyTally)]));
  for (let index = 0; index < accounts; index += 1) {
    const kind = kinds[index % kinds.length] ?? '';
    const draw = (): (() => number) => randomFrom(seed * 1_000_003 + index);
    // The same numbers once for all accounts and once for those of the kind.
    const shape = shapeOf(kind, draw());
    const random = randomFrom(seed * 7_000_003 + index);
    addAccount([...(byKind.get(kind) ?? [])], shape, world, random);
    progress(index + 1);
  }
  for (const tallies of byKind.values()) {
    for (const [index, tally] of tallies.entries()) merge(all[index] ?? emptyTally(), tally);
  }
  const [ours] = all;
  const falseBy = [...(ours?.falseBy ?? [])].sort(([, left], [, right]) => right - left);
  return `${accounts.toLocaleString('en')} accounts over ${days} days (seed ${seed}).

${head('rule')}${contestants.map(({ name }, index) => row(name, all[index] ?? emptyTally())).join('\n')}

All alerts without a threshold, by kind of account:

${head('kind')}${[...byKind].map(([kind, [tally]]) => row(kind, tally ?? emptyTally())).join('\n')}

Its false alarms by alert:

| alert | false alarms |
|---|---|
${falseBy.map(([name, count]) => `| ${name} | ${count} |`).join('\n')}
`;
}

/** Changes whenever what is simulated, evaluated or counted does, so that a test sees tables that are out of date. */
export function fingerprint(): string {
  const small = tables({ accounts: 2 * kinds.length, days: 60, seed: 2 });
  return `<!-- fingerprint ${createHash('sha256').update(small).digest('hex').slice(0, 16)} -->`;
}

function merge(into: Tally, from: Tally): void {
  into.accounts += from.accounts;
  into.quarters += from.quarters;
  into.depletions += from.depletions;
  into.foreseeable += from.foreseeable;
  into.told += from.told;
  into.falseAlarms += from.falseAlarms;
  into.quartersAboveOne += from.quartersAboveOne;
  into.notice.push(...from.notice);
  for (const [name, count] of from.falseBy) into.falseBy.set(name, (into.falseBy.get(name) ?? 0) + count);
}

export const page = resolve(import.meta.dirname, '../../../docs/runway-simulation.md');
export const marks = ['<!-- tables begin -->\n', '<!-- tables end -->'] as const;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`--${name}: expected a whole number from 1 on, got ${text}`);
  }
  return value;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      accounts: { type: 'string', default: '1000' },
      days: { type: 'string', default: '365' },
      seed: { type: 'string', default: '1' },
      write: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const options = {
    accounts: wholeNumber('accounts', values.accounts),
    days: wholeNumber('days', values.days),
    seed: wholeNumber('seed', values.seed),
  };
  const text = tables(options, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${options.accounts} accounts `);
    else if (done % 100 === 0) process.stderr.write(`${done} of ${options.accounts} accounts\n`);
  });
  process.stdout.write(text);
  if (values.write === true) {
    const before = await readFile(page, 'utf8');
    const [top, rest] = before.split(marks[0]);
    const tail = rest?.split(marks[1])[1];
    if (top === undefined || tail === undefined) {
      throw new Error(`expected the marks ${marks.join(' ')} in ${page}`);
    }
    await writeFile(page, `${top}${marks[0]}${fingerprint()}\n\n${text}\n${marks[1]}${tail}`);
  }
  return 0;
}

if (import.meta.main) {
  process.exitCode = await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  });
}
