import { parseArgs } from 'node:util';
import { benchChecks } from './checks.ts';
import { benchGrowth } from './growth.ts';
import { benchJob } from './job.ts';
import { benchMail } from './mail.ts';
import { benchRound } from './round.ts';
import { benchRules } from './rules.ts';
import { benchScrape } from './scrape.ts';
import { benchHealthcheck, benchMemory, benchStart } from './start.ts';
import type { Row } from './table.ts';
import { formatTable, isOver } from './table.ts';

/**
 * `npm run bench [-- --strict] [-- --long] [-- --only NAME]`: measures what the design allows, and prints it beside what it
 * found. Memory is measured after two minutes, with `--long` after ten.
 * With `--strict` the exit code is 1 where a budget is exceeded. `rules` needs `prometheus` and `promtool`, and measures
 * each Prometheus that is found; `--accounts N` says over how many accounts, `--against FOLDER` measures the rule files of
 * another version beside those of the checkout.
 */

const { values } = parseArgs({
  options: {
    strict: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    accounts: { type: 'string', default: '3000' },
    against: { type: 'string' },
    long: { type: 'boolean', default: false },
  },
});

/** Long enough for what grows slowly with `--long`. */
const memorySeconds = values.long ? 600 : 120;

const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  start: benchStart,
  'memory-50': () => benchMemory(50, '10m', memorySeconds, 75),
  'memory-500': () => benchMemory(500, '10s', memorySeconds, 90),
  'memory-2000': () => benchMemory(2000, '10s', memorySeconds, 120),
  job: () => benchJob(500, memorySeconds, { plain: 1, tls: 0.5 }),
  mail: () => benchMail(10_000, { cpu: 2, waitMs: 50 }),
  healthcheck: () => benchHealthcheck(2.5),
  'scrape-10000': () => benchScrape(10_000, 1.2),
  'scrape-100000': () => benchScrape(100_000, 2, 250),
  round: () => benchRound(1000, 20),
  checks: () => benchChecks(5000, 2.5),
  growth: benchGrowth,
  rules: () => benchRules({ accounts: Number(values.accounts), against: values.against }),
};
const wanted = values.only ?? Object.keys(parts);
const rows: Row[] = [];
for (const name of wanted) {
  const part = parts[name];
  if (part === undefined) throw new Error(`expected one of ${Object.keys(parts).join(', ')}, got ${name}`);
  process.stderr.write(`${name} ...\n`);
  rows.push(...(await part()));
}
process.stdout.write(formatTable(rows));
const over = rows.filter(isOver);
if (over.length > 0) {
  process.stdout.write(`over budget: ${over.map(({ what }) => what).join('; ')}\n`);
  if (values.strict) process.exitCode = 1;
}
