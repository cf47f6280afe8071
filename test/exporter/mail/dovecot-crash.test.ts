import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import ava from 'ava';
import type { Dovecot, PlantedMail } from '../../support/dovecot.ts';
import { dovecotMissing, startDovecot } from '../../support/dovecot.ts';

const missing = dovecotMissing();
/** A machine without Dovecot skips these by name. */
const test = missing === undefined ? ava.serial : ava.serial.skip;

let dovecot: Dovecot;
ava.before(async () => {
  if (missing === undefined) dovecot = await startDovecot();
});
ava.after.always(async () => {
  if (missing === undefined) await dovecot.stop();
});

const now = Date.now();

/** Warnings at uneven places, so that each batch has another number of them. */
function* mails(count: number): Generator<PlantedMail> {
  for (let index = 0; index < count; index += 1) {
    const warns = index % 37 === 0 || index % 11 === 3;
    yield {
      source: `From: v@vendor.example\r\nSubject: ${warns ? 'Invoice overdue' : `Notes ${index}`}\r\nMessage-ID: <${index}@vendor.example>\r\n\r\nText.\r\n`,
      receivedAt: now - index * 20_000,
    };
  }
}

interface Outcome {
  readonly examined?: number;
  readonly alerts?: Readonly<Record<string, number>>;
}

/** Runs one scan. With `kill` the process dies, without a chance to tidy up, at the given line of its output. */
async function scanInChild(
  user: string,
  directory: string,
  kill?: { readonly line: string; readonly count: number },
) {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'scan-child.ts'), String(dovecot.port), dovecot.caFile, directory, user],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exit = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (kill !== undefined && lines.filter((each) => each === kill.line).length === kill.count)
      child.kill('SIGKILL');
  }
  const [, signal] = await exit;
  const last = lines.at(-1) ?? '';
  const outcome: Outcome = last.startsWith('{') ? JSON.parse(last) : {};
  return { lines, outcome, killed: signal === 'SIGKILL' };
}

test('kill -9 during scans and writes loses no mail and counts none twice', async (t) => {
  t.timeout(180_000);
  const planted = [...mails(5_000)];
  const warnings = planted.filter(({ source }) => String(source).includes('overdue')).length;
  dovecot.plant('crash', planted);
  const files = dovecot.files('crash');
  const directory = mkdtempSync(path.join(tmpdir(), 'mail-crash-'));

  for (const kill of [
    { line: 'saving', count: 1 },
    { line: 'saved', count: 3 },
    { line: 'saving', count: 7 },
    { line: 'saved', count: 10 },
    { line: 'saving', count: 12 },
  ]) {
    const { killed, lines } = await scanInChild('crash', directory, kill);
    t.true(killed, lines.join(' '));
  }
  const { outcome, lines } = await scanInChild('crash', directory);
  t.false(lines.some((line) => line.startsWith('corrupt')));
  t.is(outcome.examined, 5_000);
  t.is(outcome.alerts?.['arrears'], warnings);
  // Nothing is left of the files that were being written.
  t.is(readdirSync(directory).length, 1);
  t.deepEqual(dovecot.files('crash'), files);

  const again = await scanInChild('crash', directory);
  t.deepEqual(again.outcome, outcome);
  rmSync(directory, { recursive: true });
});

test('a corrupt record is set aside, and from the lookback on nothing is counted twice', async (t) => {
  t.timeout(60_000);
  dovecot.plant('corrupt', mails(200));
  const directory = mkdtempSync(path.join(tmpdir(), 'mail-corrupt-'));
  const first = await scanInChild('corrupt', directory);
  t.is(first.outcome.examined, 200);
  const [file = ''] = readdirSync(directory);
  writeFileSync(path.join(directory, file), '{"version":1,"name":"corrupt","cur');

  const second = await scanInChild('corrupt', directory);
  t.true(second.lines.some((line) => /^corrupt .* is not a state log: starting without it/.test(line)));
  t.deepEqual(second.outcome, first.outcome);
  t.is(readdirSync(directory).filter((name) => name.includes('.set-aside-')).length, 1);

  const third = await scanInChild('corrupt', directory);
  t.deepEqual(third.outcome, first.outcome);
  rmSync(directory, { recursive: true });
});
