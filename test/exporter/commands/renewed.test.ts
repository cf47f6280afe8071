import { chmod, lstat, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { isMap, isSeq, parseDocument } from 'yaml';
import { runRenewed } from '../../../exporter/commands/renewed.ts';
import { markPaid } from '../../../exporter/subscriptions/mark.ts';
import { noon } from '../subscriptions/support.ts';

const now = noon('2026-11-22');

const file = `# What we pay for.
timezone:   Asia/Shanghai      # where finance sits

accounts:
    - name: gateway            # untouched
      provider: openrouter
      options: { key: { secret: NOT_SET_HERE } }

subscriptions:
  - { name: Cursor Team, cycle: monthly,  day: 31, amount: 200, currency: USD, paid_through: 2026-09-30 }   # flow
  - {name: Tight,cycle: weekly,day: 7}
  - name: "Block"              # block, with its marks in the middle
    cycle:    monthly
    last_renewed:   '2026-10-15'   # by Li
    day: 17

    # the budget of the platform team
    amount:   5
    currency: EUR
  -
    name: CDN
    cycle: quarterly
    anchor: 2026-01-31         # first bill
    # never marked
  - name: Backup
    cycle: { every: 10, unit: weeks }
    anchor: 2026-01-05
  - { name: Ended, cycle: monthly, day: 1, ends: 2026-11-30, paid_through: 2026-11-01 }
  - name: Last`;
const whole = `${file}
    cycle: monthly
    day: 3`;

async function withFile(text: string | Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-'));
  const path = join(folder, 'balance-alert.yaml');
  try {
    await writeFile(path, text);
    await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function run(path: string, name: string, date?: string) {
  let written = '';
  let warned = '';
  const code = await runRenewed({
    file: path,
    name,
    date,
    now,
    write: (text) => (written += text),
    warn: (text) => (warned += text),
  });
  return { code, written, warned };
}

const edits: readonly (readonly [
  title: string,
  name: string,
  date: string | undefined,
  before: string,
  after: string,
])[] = [
  [
    'the mark of a flow entry',
    'Cursor Team',
    undefined,
    'paid_through: 2026-09-30 }   # flow',
    'paid_through: 2026-10-31 }   # flow',
  ],
  [
    'a flow entry without mark',
    'Tight',
    undefined,
    'cycle: weekly,day: 7}',
    'cycle: weekly,day: 7, paid_through: 2026-11-22}',
  ],
  [
    'a day of payment, which it takes the place of',
    'Block',
    undefined,
    "last_renewed:   '2026-10-15'   # by Li",
    "paid_through:   '2026-11-17'   # by Li",
  ],
  [
    'a block entry without mark',
    'CDN',
    undefined,
    'anchor: 2026-01-31         # first bill\n',
    'anchor: 2026-01-31         # first bill\n    paid_through: 2026-10-31\n',
  ],
  [
    'an entry with a nested cycle',
    'Backup',
    '2026-12-21',
    'anchor: 2026-01-05\n',
    'anchor: 2026-01-05\n    paid_through: 2026-12-21\n',
  ],
  [
    'the end of a file without line break',
    'Last',
    undefined,
    '    day: 3',
    '    day: 3\n    paid_through: 2026-12-03',
  ],
];
for (const [title, name, date, before, after] of edits) {
  test(`edits ${title}, and leaves every other byte`, async (t) => {
    await withFile(whole, async (path) => {
      t.is((await run(path, name, date)).code, 0);
      t.is(await readFile(path, 'utf8'), whole.replace(before, after));
    });
  });

  test(`edits ${title} in a file with Windows line ends and a byte order mark too`, async (t) => {
    const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    await withFile(windows(whole), async (path) => {
      t.is((await run(path, name, date)).code, 0);
      t.is(await readFile(path, 'utf8'), windows(whole.replace(before, after)));
    });
  });
}

test('prints which renewal it paid, what comes next, and that the stack has to be updated', async (t) => {
  await withFile(whole, async (path) => {
    t.deepEqual(await run(path, 'Cursor Team'), {
      code: 0,
      written: [
        'Cursor Team: the renewal of 2026-10-31 is paid (paid_through in balance-alert.yaml).',
        'Next: 2026-11-30, in 8 days.',
        'An exporter that watches this file takes it up by itself; in the stack the next ./scripts/up carries it.',
        '',
      ].join('\n'),
      warned: '',
    });
  });
});

test('marks the earliest renewal first, one per call, and lists what is still unpaid', async (t) => {
  const text = 'subscriptions:\n- { name: A, cycle: monthly, day: 17, paid_through: 2026-08-17 }\n';
  await withFile(text, async (path) => {
    const first = await run(path, 'A');
    t.true(first.written.startsWith('A: the renewal of 2026-09-17 is paid'));
    t.true(first.written.includes('\nStill unpaid: 2026-10-17.\nNext: 2026-12-17, in 25 days.\n'));
    t.true((await run(path, 'A')).written.startsWith('A: the renewal of 2026-10-17 is paid'));
    const third = await run(path, 'A');
    t.true(third.written.startsWith('A: the renewal of 2026-11-17 is paid'));
    t.false(third.written.includes('Still unpaid'));
  });
});

test('with a date, pays that renewal and lists the ones it skips', async (t) => {
  const text = 'subscriptions:\n- { name: A, cycle: monthly, day: 17, paid_through: 2026-08-17 }\n';
  await withFile(text, async (path) => {
    const { code, written } = await run(path, 'A', '2026-11-17');
    t.is(code, 0);
    t.true(written.includes('\nCounted as paid with it: 2026-09-17, 2026-10-17.\n'));
    t.is(await readFile(path, 'utf8'), text.replace('2026-08-17', '2026-11-17'));
  });
});

test('without a date, does not pay ahead twice', async (t) => {
  await withFile(
    'subscriptions:\n- { name: A, cycle: monthly, day: 30, paid_through: 2026-10-30 }\n',
    async (path) => {
      t.true((await run(path, 'A')).written.startsWith('A: the renewal of 2026-11-30 is paid'));
      const after = await readFile(path, 'utf8');
      t.deepEqual(await run(path, 'A'), {
        code: 1,
        written: '',
        warned:
          'A is paid through 2026-11-30 already; to pay ahead, name the renewal: 2026-12-30 is the next\n',
      });
      t.is(await readFile(path, 'utf8'), after);
    },
  );
});

test('marking the same renewal again changes nothing and succeeds', async (t) => {
  await withFile(whole, async (path) => {
    t.is((await run(path, 'CDN', '2026-10-31')).code, 0);
    const after = await readFile(path, 'utf8');
    const { ino } = await stat(path);
    t.deepEqual(await run(path, 'CDN', '2026-10-31'), {
      code: 0,
      written: 'CDN is paid through 2026-10-31 already; nothing to change.\n',
      warned: '',
    });
    t.is(await readFile(path, 'utf8'), after);
    t.is((await stat(path)).ino, ino);
  });
});

const refusals: readonly (readonly [
  title: string,
  name: string,
  date: string | undefined,
  code: number,
  message: string,
])[] = [
  [
    'an unknown name',
    'Curser Team',
    undefined,
    2,
    'balance-alert.yaml names no subscription "Curser Team"; did you mean "Cursor Team"?',
  ],
  [
    'a name with slips and other capitals',
    'blok',
    undefined,
    2,
    'balance-alert.yaml names no subscription "blok"; did you mean "Block"?',
  ],
  [
    'a name far from all others',
    'Something else',
    undefined,
    2,
    'balance-alert.yaml names no subscription "Something else"; it names "Cursor Team", "Tight", "Block", "CDN", "Backup", "Ended", "Last"',
  ],
  [
    'a day that is no renewal',
    'Cursor Team',
    '2026-11-29',
    2,
    'expected a renewal date of Cursor Team, got 2026-11-29; the nearest are 2026-10-31 and 2026-11-30',
  ],
  [
    'a day that does not exist',
    'Cursor Team',
    '2026-11-31',
    2,
    'expected a date such as 2026-10-31, got "2026-11-31"',
  ],
  [
    'a renewal that is paid already',
    'Cursor Team',
    '2026-08-31',
    1,
    'Cursor Team is paid through 2026-09-30 already, and so is 2026-08-31',
  ],
  [
    'a renewal after the end',
    'Ended',
    '2026-12-01',
    2,
    'expected a renewal date of Ended, got 2026-12-01; the last one up to 2026-11-30 is 2026-11-01',
  ],
  [
    'a subscription whose last renewal is paid',
    'Ended',
    undefined,
    1,
    'Ended is paid through 2026-11-01, its last renewal',
  ],
];
for (const [title, name, date, code, message] of refusals) {
  test(`refuses ${title}, and leaves the file alone`, async (t) => {
    await withFile(whole, async (path) => {
      t.deepEqual(await run(path, name, date), { code, written: '', warned: `${message}\n` });
      t.is(await readFile(path, 'utf8'), whole);
    });
  });
}

const badFiles: readonly (readonly [title: string, text: string | Uint8Array, message: string])[] = [
  ['no subscriptions', 'accounts: []\n', 'balance-alert.yaml names no subscriptions'],
  ['nothing at all', '', 'balance-alert.yaml names no subscriptions'],
  [
    'two subscriptions of the name',
    'subscriptions:\n- { name: A, cycle: weekly, day: 1 }\n- { name: A, cycle: weekly, day: 2 }\n',
    'balance-alert.yaml:2: expected one subscription of the name "A", got several',
  ],
  [
    'an entry with a mistake',
    'subscriptions:\n\n- { name: A, cycle: weekly, day: 9 }\n',
    'balance-alert.yaml:3: subscriptions[0].day: expected a weekday from 1 (Monday) to 7 (Sunday), got 9',
  ],
  [
    'an unknown zone',
    'timezone: Mars\nsubscriptions:\n- { name: A, cycle: weekly, day: 1 }\n',
    'balance-alert.yaml: timezone: expected an IANA time zone such as Europe/Berlin, got "Mars"',
  ],
];
for (const [title, text, message] of badFiles) {
  test(`refuses a file with ${title}`, async (t) => {
    await withFile(text, async (path) => {
      t.deepEqual(await run(path, 'A'), { code: 2, written: '', warned: `${message}\n` });
    });
  });
}

test('rejects a file that is invalid YAML, not UTF-8, or missing', async (t) => {
  await withFile('subscriptions: [\n', async (path) => {
    const { code, warned } = await run(path, 'A');
    t.is(code, 2);
    t.regex(warned, /^balance-alert\.yaml:2:1: not valid YAML: /);
  });
  await withFile(Uint8Array.of(0x61, 0x3a, 0x20, 0xff, 0x0a), async (path) => {
    const { code, warned } = await run(path, 'A');
    t.is(code, 2);
    t.true(warned.startsWith(`cannot read ${path}: `));
    t.is((await run(`${path}.gone`, 'A')).code, 2);
  });
});

test('keeps the mode of the file, and a link to it stays a link', async (t) => {
  await withFile(whole, async (path) => {
    await chmod(path, 0o640);
    const link = `${path}.link`;
    await symlink(path, link);
    t.is((await run(link, 'Cursor Team')).code, 0);
    t.true((await lstat(link)).isSymbolicLink());
    t.is((await stat(path)).mode & 0o777, 0o640);
    t.true((await readFile(path, 'utf8')).includes('paid_through: 2026-10-31 }   # flow'));
  });
});

test('a file that is JSON stays JSON', (t) => {
  const text = JSON.stringify({
    subscriptions: [{ name: 'A', cycle: 'monthly', day: 17, amount: 1, currency: 'EUR' }],
  });
  const result = markPaid({ text, file: 'a.json', name: 'A', date: '2026-11-17', now });
  t.is(result.outcome, 'marked');
  t.deepEqual(JSON.parse(result.outcome === 'marked' ? result.text : ''), {
    subscriptions: [
      { name: 'A', cycle: 'monthly', day: 17, paid_through: '2026-11-17', amount: 1, currency: 'EUR' },
    ],
  });
});

test('refuses an edit that would change another entry too, and prints what to edit manually', (t) => {
  const text = [
    'subscriptions:',
    '- &base { name: A, cycle: monthly, day: 17 }',
    '- { <<: *base, name: B }',
    '',
  ].join('\n');
  t.deepEqual(markPaid({ text, file: 'a.yaml', name: 'A', date: '2026-11-17', now }), {
    outcome: 'refused',
    message:
      'the entry of "A" in a.yaml is written in a way that this command does not edit; set paid_through: 2026-11-17 by hand, in place of last_renewed if that is there',
  });
});

test('edits an entry whose day is an alias', (t) => {
  const text = 'subscriptions:\n- &base { name: A, cycle: monthly, day: 17 }\n- <<: *base\n  name: B # b\n';
  const result = markPaid({ text, file: 'a.yaml', name: 'B', date: '2026-11-17', now });
  t.like(result, { outcome: 'marked', text: `${text}  paid_through: 2026-11-17\n` });
});

test('a first mark covers the renewal that a payment today would cover', (t) => {
  const first = (today: string) => {
    const text = 'subscriptions:\n- { name: A, cycle: monthly, day: 17 }\n';
    const result = markPaid({ text, file: 'a.yaml', name: 'A', date: undefined, now: noon(today) });
    return result.outcome === 'marked' ? result.paid.toString() : result;
  };
  t.is(first('2026-01-14'), '2026-01-17');
  t.is(first('2026-01-17'), '2026-01-17');
  t.is(first('2026-01-18'), '2026-01-17');
  t.is(first('2026-02-02'), '2026-02-17');
});

test('however an entry is laid out, the mark is read back, and the rest is as it was', (t) => {
  const scalar = (word: string) => fc.constantFrom(word, `"${word}"`, `'${word}'`);
  const space = fc.constantFrom('', ' ', '   ');
  const comment = fc.constantFrom('', ' # why', '   # { name: X, day: 1 }');
  const layout = fc.record({
    flow: fc.boolean(),
    order: fc.shuffledSubarray(['name', 'cycle', 'day', 'mark', 'owner'], { minLength: 5 }),
    name: scalar('A'),
    mark: fc.constantFrom(
      undefined,
      'paid_through: 2026-10-17',
      "last_renewed: '2026-10-17'",
      '"paid_through": "2026-10-17"',
    ),
    indent: fc.constantFrom('', '  ', '      '),
    space,
    comment,
    end: fc.constantFrom('\n', '\r\n'),
    final: fc.boolean(),
  });
  fc.assert(
    fc.property(layout, ({ flow, order, name, mark, indent, space: gap, comment: remark, end, final }) => {
      const fields: Readonly<Record<string, string | undefined>> = {
        name: `name: ${gap}${name}`,
        cycle: 'cycle: monthly',
        day: 'day: 17',
        mark,
        owner: "owner: 'it''s: us'",
      };
      const pairs = order.flatMap((key) => fields[key] ?? []);
      const lines = flow
        ? [`${indent}- {${gap}${pairs.join(`,${gap === '' ? ' ' : gap}`)}${gap}}${remark}`]
        : pairs.map((pair, index) => `${indent}${index === 0 ? '- ' : '  '}${pair}${remark}`);
      const text = [
        '# top',
        'subscriptions:',
        ...lines,
        `${indent}- { name: Z, cycle: weekly, day: 1 }`,
        ...(final ? [''] : []),
      ].join(end);
      const result = markPaid({ text, file: 'a.yaml', name: 'A', date: '2026-11-17', now });
      t.is(result.outcome, 'marked', text);
      if (result.outcome !== 'marked') return;
      const list = parseDocument(result.text).get('subscriptions');
      const entry = isSeq(list) ? list.items[0] : undefined;
      t.is(isMap(entry) ? entry.get('paid_through') : undefined, '2026-11-17', result.text);
      t.is(isMap(entry) ? entry.has('last_renewed') : undefined, false);
      if (mark !== undefined) {
        const marked = mark.replace('last_renewed', 'paid_through').replace('2026-10-17', '2026-11-17');
        t.is(result.text, text.replace(mark, marked));
      } else if (flow) {
        t.is(result.text.replace(', paid_through: 2026-11-17', ''), text);
      } else {
        const kept = result.text.split(end).filter((line) => line.trim() !== 'paid_through: 2026-11-17');
        t.is(kept.join(end), text);
      }
    }),
    { numRuns: 300 },
  );
});

test('renewals that are marked at the same time are all in the file, and each output matches the file', async (t) => {
  const names = Array.from({ length: 10 }, (_, index) => `s${index}`);
  const list = names
    .map((name) => `  - { name: ${name}, cycle: monthly, day: 1, paid_through: 2026-10-01 }\n`)
    .join('');
  await withFile(`subscriptions:\n${list}`, async (path) => {
    const answers = await Promise.all(names.map((name) => run(path, name)));
    t.deepEqual(
      answers.map(({ code }) => code),
      names.map(() => 0),
    );
    const text = await readFile(path, 'utf8');
    t.is(text.match(/paid_through: 2026-11-01/g)?.length, 10, text);
  });
});

test('of several that mark one renewal at the same time, one reports that it is paid', async (t) => {
  await withFile(
    'subscriptions: [{ name: a, cycle: monthly, day: 1, paid_through: 2026-10-01 }]\n',
    async (path) => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => run(path, 'a', '2026-11-01')));
      t.is(answers.filter(({ written }) => written.includes('is paid (paid_through')).length, 1);
      t.is(answers.filter(({ written }) => written.includes('nothing to change')).length, 9);
    },
  );
});

test('a lock that a killed process left behind does not block for long', async (t) => {
  await withFile(
    'subscriptions: [{ name: a, cycle: monthly, day: 1, paid_through: 2026-10-01 }]\n',
    async (path) => {
      await writeFile(`${path}.lock`, '');
      // By the clock of the file system, which need not be the process's.
      const longAgo = new Date((await stat(`${path}.lock`)).mtimeMs - 60_000);
      await utimes(`${path}.lock`, longAgo, longAgo);
      t.is((await run(path, 'a')).code, 0);
      await t.throwsAsync(stat(`${path}.lock`), { code: 'ENOENT' });
    },
  );
});
