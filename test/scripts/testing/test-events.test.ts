import test from 'ava';
import { describeEvent, parseEvent } from '../../../scripts/lib/testing/test-events.ts';

const describe = (event: object) => describeEvent(event, '/checkout');
const testFile = '/checkout/test/infra/a.test.ts';
const file = 'test/infra/a.test.ts';

test('the events of a test become its result', (t) => {
  t.deepEqual(describe({ type: 'selected-test', testFile, title: 'x', skip: false, todo: false }), {
    type: 'selected',
    file,
    title: 'x',
  });
  for (const why of ['skip', 'todo'])
    t.is(describe({ type: 'selected-test', testFile, title: 'x', [why]: true })?.type, 'skipped');
  t.deepEqual(describe({ type: 'test-passed', testFile, title: 'x' }), { type: 'passed', file, title: 'x' });
  t.deepEqual(
    describe({
      type: 'test-failed',
      testFile,
      title: 'x',
      logs: ['what it logged'],
      err: {
        type: 'ava',
        name: 'AssertionError',
        message: '',
        formattedDetails: [{ label: 'Difference:', formatted: '\u001b[31m- 2\u001b[39m\n+ 3' }],
        stack: 'at a.test.ts:3:1',
      },
    }),
    {
      type: 'failed',
      file,
      title: 'x',
      explanation: ['what it logged', 'Difference:', '- 2', '+ 3', 'at a.test.ts:3:1'],
    },
  );
});

test('how a file ended is reported unless it succeeded', (t) => {
  t.deepEqual(describe({ type: 'worker-finished', testFile, forcedExit: false }), {
    type: 'file-ended',
    file,
  });
  for (const [event, how] of [
    [{ type: 'worker-finished', forcedExit: true }, 'stopped, because no test ended within the time limit'],
    [{ type: 'worker-failed', nonZeroExitCode: 7 }, 'ended with exit code 7'],
    [{ type: 'worker-failed', signal: 'SIGSEGV' }, 'ended by SIGSEGV'],
  ] as const)
    t.deepEqual(describe({ ...event, testFile }), { type: 'file-ended', file, how });
});

test('faults of the runner belong to no file', (t) => {
  const event = {
    type: 'internal-error',
    err: { type: 'native', name: 'Error', message: 'm', stack: 'Error: m' },
  };
  t.deepEqual(describe(event), { type: 'fault', title: 'ava failed', explanation: ['Error: m'] });
});

test('the causes of an error are reported, of any type', (t) => {
  const circular: Record<string, unknown> = { value: undefined };
  circular['self'] = circular;
  const unprintable = {
    get [Symbol.toStringTag](): string {
      throw new Error('no tag');
    },
  };
  for (const [cause, expected] of [
    [new Error('below'), /cause: Error: below/],
    [circular, /cause: <ref \*1> \{ value: undefined, self: \[Circular \*1\] \}/],
    [Symbol('x'), /cause: Symbol\(x\)/],
    [unprintable, /cause: not printable|cause: /],
  ] as const) {
    const event = describe({
      type: 'test-failed',
      testFile,
      title: 'x',
      err: {
        type: 'native',
        name: 'Error',
        message: 'above',
        stack: 'Error: above',
        originalError: new Error('above', { cause }),
      },
    });
    t.regex(event?.type === 'failed' ? event.explanation.join('\n') : '', expected);
  }
});

test('the inner errors of an aggregate are reported', (t) => {
  const inner = { type: 'native', name: 'Error', message: 'one', stack: 'Error: one' };
  const err = { type: 'aggregate', name: 'AggregateError', message: 'both', stack: '', errors: [inner] };
  const event = describe({ type: 'unhandled-rejection', testFile, err });
  t.deepEqual(event?.type === 'fault' ? event.explanation : [], ['AggregateError: both', 'Error: one']);
});

test('a long explanation is truncated, and marked as truncated', (t) => {
  const stack = Array.from({ length: 500 }, (_, index) => `${index}`.padEnd(3000, '.')).join('\n');
  const event = describe({
    type: 'uncaught-exception',
    testFile,
    err: { type: 'native', name: 'Error', message: '', stack },
  });
  const lines = event?.type === 'fault' ? event.explanation : [];
  t.is(lines.length, 201);
  t.is(lines[0]?.length, 2002);
  t.is(lines.at(-1), '… and 300 more lines');
});

test('events that tell no result become none', (t) => {
  for (const type of ['stats', 'declared-test', 'hook-finished', 'touched-files', 'something new'])
    t.is(describe({ type, testFile, title: 'x' }), undefined, type);
});

test('a line that broke off or is of another kind is no event', (t) => {
  const event = describe({ type: 'test-passed', testFile, title: 'x' });
  const line = JSON.stringify(event);
  t.deepEqual(parseEvent(line), event);
  for (const other of [line.slice(0, -1), '', 'null', '1', '{}', '{"type":"else"}'])
    t.is(parseEvent(other), undefined, other);
});
