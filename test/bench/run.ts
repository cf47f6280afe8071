import { readOptions } from '../support/options.ts';
import { benchChecks } from './checks.ts';
import { benchGrowth } from './growth.ts';
import { benchJob } from './job.ts';
import { benchMail } from './mail.ts';
import { benchRound } from './round.ts';
import { benchRules } from './rules.ts';
import { benchScrape } from './scrape.ts';
import { benchHealthcheck, benchMemory, benchStart, makeBundleOfImage } from './start.ts';
import type { Row } from './table.ts';
import { formatTable, isOver } from './table.ts';

interface Options {
  /** Long enough for what grows slowly with `--long`. */
  readonly seconds: number;
  readonly accounts: number;
  readonly against: string | undefined;
}

const parts: Readonly<Record<string, (options: Options) => Promise<readonly Row[]>>> = {
  start: benchStart,
  'memory-50': ({ seconds }) => benchMemory(50, '10m', seconds, 75),
  'memory-500': ({ seconds }) => benchMemory(500, '10s', seconds, 90),
  'memory-2000': ({ seconds }) => benchMemory(2000, '10s', seconds, 120),
  job: ({ seconds }) => benchJob(500, seconds, { plain: 1, tls: 0.5 }),
  mail: () => benchMail(10_000, { cpu: 2, waitMs: 50 }),
  healthcheck: () => benchHealthcheck(2.5),
  'scrape-10000': () => benchScrape(10_000, 1.2),
  'scrape-100000': () => benchScrape(100_000, 1.5, 250),
  round: () => benchRound(1000, 20),
  checks: () => benchChecks(5000, 2.5),
  growth: benchGrowth,
  rules: ({ accounts, against }) => benchRules({ accounts, against }),
};

const usage = `Usage: npm run bench [-- OPTION...]

Measures what the design allows, and prints it beside what it found.

  --only NAME       one of: ${Object.keys(parts).join(', ')}; may be repeated
  --long            memory and job over ten minutes instead of two
  --strict          the exit code is 1 where a budget is exceeded
  --accounts N      over how many accounts "rules" measures (default 3000); it needs prometheus and promtool,
                    and measures each Prometheus that is found
  --against FOLDER  rule files of another version, measured beside those of the checkout
  --help            show this text
`;

const { strict, only, long, accounts, against } = readOptions(
  usage,
  {
    strict: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    accounts: { type: 'string', default: '3000' },
    against: { type: 'string' },
    long: { type: 'boolean', default: false },
  },
  (values) => {
    const number = Number(values.accounts);
    if (!Number.isInteger(number) || number < 1)
      throw new Error(`--accounts: expected a number, got ${JSON.stringify(values.accounts)}`);
    const wrong = values.only?.find((name) => !Object.hasOwn(parts, name));
    if (wrong !== undefined)
      throw new Error(
        `--only: expected one of ${Object.keys(parts).join(', ')}, got ${JSON.stringify(wrong)}`,
      );
    return { ...values, accounts: number };
  },
);
const wanted = Object.entries(parts).filter(([name]) => only === undefined || only.includes(name));
if (wanted.some(([name]) => name !== 'rules')) await makeBundleOfImage();
const rows: Row[] = [];
for (const [name, part] of wanted) {
  process.stderr.write(`${name} ...\n`);
  rows.push(...(await part({ seconds: long ? 600 : 120, accounts, against })));
}
process.stdout.write(formatTable(rows));
const over = rows.filter(isOver);
if (over.length > 0) {
  process.stdout.write(`over budget: ${over.map(({ what }) => what).join('; ')}\n`);
  if (strict) process.exitCode = 1;
}
