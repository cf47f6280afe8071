import { readFileSync } from 'node:fs';
import test from 'ava';
import { loadAccountFile } from '../../../exporter/account-file/load.ts';
import { accountSchema } from '../../../exporter/accounts/schema.ts';
import { formatProblem } from '../../../exporter/config/located-yaml.ts';
import { runProgram } from '../../support/program.ts';

/** docs/configuration.md says only what is so. */

const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');

function problems(text: string): readonly string[] {
  const result = loadAccountFile({
    file: 'balance-alert.yaml',
    text,
    resolveSecret: () => 'http://proxy.example',
    now: Date.now(),
  });
  return result.ok ? [] : result.problems.map(formatProblem);
}

test('the example is a valid account file', (t) => {
  t.deepEqual(problems(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? ''), []);
});

test('the errors shown in the document are those that such a file gets', (t) => {
  const text = `accounts:
  - name: a
    provider: openruter
  - name: b
    provider: demo
    treshold: 5
`;
  const shown = page.split('$ balance-alert --config.check\n')[1]?.split('\n```')[0] ?? '';
  t.is(problems(text).join('\n'), shown);
});

test('each field of an account is in the table, and no other', (t) => {
  const table = page.split('### Fields of an account')[1]?.split('\n\n')[1] ?? '';
  const named = [...table.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  t.deepEqual(named.sort(), Object.keys(accountSchema.shape).sort());
});

test('each flag of serve is in the table with its variable and default, and no other', async (t) => {
  const { stdout } = await runProgram(['serve', '--help']);
  const help = stdout.slice(stdout.indexOf('Options:')).replace(/\n {10,}/g, ' ');
  const flags = [...help.matchAll(/^ {2}(--[a-z.-]+)(.*)$/gm)]
    .filter(([, name]) => name !== '--help')
    .map(([, name = '', text = '']) => [
      name,
      /env: (\w+)/.exec(text)?.[1] ?? '',
      /default: "?([^",)]+)/.exec(text)?.[1] ?? '',
    ]);
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `--'))
    .map((line) => line.split('|').slice(1, 4))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll('`', '')));
  t.deepEqual(rows.sort(), flags.sort());
});
