import test from 'ava';
import { printSummary } from '../../../scripts/lib/doctor/report.ts';
import { createConsole } from '../../../scripts/lib/terminal/console.ts';

test('the summary of a link whose detail is a list has the first entry below the heading, not the heading alone', (t) => {
  const printed: string[] = [];
  const detail =
    '2 secrets missing:\nfile.yaml:3:1: secret FIRST was not found\nfile.yaml:4:1: secret SECOND was not found';
  printSummary(
    [{ id: 'secrets', link: 'secrets', status: 'broken', detail, todo: ['set it'] }],
    1,
    createConsole((text) => printed.push(text)),
  );
  t.is(
    printed.join(''),
    'First broken link: secrets (0 links ok, 1 broken; 1.0 s)\n' +
      '  2 secrets missing:\n  file.yaml:3:1: secret FIRST was not found\n  -> set it\n',
  );
});
