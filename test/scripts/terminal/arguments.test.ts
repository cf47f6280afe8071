import test from 'ava';
import type { ScriptUsage } from '../../../scripts/lib/terminal/arguments.ts';
import { readFlags } from '../../../scripts/lib/terminal/arguments.ts';
import { Failure } from '../../../scripts/lib/terminal/failure.ts';

const usage: ScriptUsage<'yes' | 'stack'> = {
  script: 'scripts/x',
  about: 'Does x.',
  flags: {
    yes: { kind: 'switch', usage: '--yes', help: 'remove without confirmation' },
    stack: { kind: 'text', usage: '--stack NAME', help: 'which one' },
  },
  notes: 'Ends with 0.',
};

const silent = () => undefined;

test('flags are read by their kind', (t) => {
  t.deepEqual(readFlags(usage, ['--yes', '--stack', 'a'], silent), { yes: true, stack: 'a' });
  t.deepEqual(readFlags(usage, ['--stack=b'], silent), { yes: undefined, stack: 'b' });
  t.deepEqual(readFlags(usage, [], silent), { yes: undefined, stack: undefined });
});

test('--help prints the help and nothing is done', (t) => {
  const printed: string[] = [];
  t.is(
    readFlags(usage, ['--yes', '--help'], (text) => printed.push(text)),
    undefined,
  );
  t.is(
    printed.join(''),
    `Does x.

Usage: scripts/x [flags]

  --yes         remove without confirmation
  --stack NAME  which one
  --help        print this

Ends with 0.
`,
  );
});

for (const [argv, message] of [
  [['--no-such'], /^Unknown option '--no-such'$/],
  [['--stak', 'a'], /^Unknown option '--stak'; did you mean --stack\?$/],
  [['--hlp'], /^Unknown option '--hlp'; did you mean --help\?$/],
  [['--yes', '--yess=1'], /^Unknown option '--yess'; did you mean --yes\?$/],
  [['--stack'], /^Option '--stack <value>' argument missing$/],
  [['--yes=1'], /^Option '--yes' does not take an argument$/],
  [['stray'], /^Unexpected argument 'stray'/],
] as const) {
  test(`${argv.join(' ')} is wrong use`, (t) => {
    const error = t.throws(() => readFlags(usage, argv, silent), { instanceOf: Failure, message });
    t.is(error?.exitCode, 2);
    t.deepEqual(error?.hints, ['scripts/x --help lists the flags']);
  });
}
