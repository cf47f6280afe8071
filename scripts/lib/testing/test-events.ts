import { relative } from 'node:path';
import { inspect, stripVTControlCharacters } from 'node:util';

/**
 * What happens in a run of ava, in the few kinds that matter for counting, as one line of JSON each. ava's own reporters
 * print for people, and its TAP reporter (8.0.1) fails on an error that holds `undefined`; its events hold whatever a
 * test threw, so they become plain text in here, once, and without trust in what it is.
 */

export type TestEvent =
  /** A test that is going to run. */
  | { readonly type: 'selected'; readonly file: string; readonly title: string }
  | { readonly type: 'passed'; readonly file: string; readonly title: string }
  /** Also a test that is only planned. */
  | { readonly type: 'skipped'; readonly file: string; readonly title: string }
  | {
      readonly type: 'failed';
      readonly file: string;
      readonly title: string;
      readonly explanation: readonly string[];
    }
  /** A failure that is no test's: a file that cannot be loaded, an uncaught exception, a hook, the runner itself. */
  | {
      readonly type: 'fault';
      readonly file?: string;
      readonly title: string;
      readonly explanation: readonly string[];
    }
  /** What a file's process printed. */
  | { readonly type: 'output'; readonly file: string; readonly text: string }
  /** The file's process ended; `how` where it did not end by itself or not with 0. */
  | { readonly type: 'file-ended'; readonly file: string; readonly how?: string }
  /** No test ended within the time limit: the processes of all files that run have been asked to end. */
  | { readonly type: 'timed-out' }
  /** All files have ended. */
  | { readonly type: 'ended' };

/** The kinds that tell of a file or a test, and not of the run. */
export type OfTests = Exclude<TestEvent, { type: 'timed-out' | 'ended' }>;

const types: ReadonlySet<unknown> = new Set<TestEvent['type']>([
  'selected',
  'passed',
  'skipped',
  'failed',
  'fault',
  'output',
  'file-ended',
  'timed-out',
  'ended',
]);

/** A line that `describeEvent`'s result was written as; undefined for what is none, such as a line that broke off. */
export function parseEvent(line: string): TestEvent | undefined {
  try {
    const event: unknown = JSON.parse(line);
    return isEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

/** Lines come from `report-run.ts` only, so that the type tells the rest. */
function isEvent(event: unknown): event is TestEvent {
  return typeof event === 'object' && event !== null && types.has(Reflect.get(event, 'type'));
}

/**
 * An event of ava (`ava/internal`, whose types are not complete: hence read as unknown) in our kinds; undefined for those
 * that tell nothing about results.
 * @param root titles and files are given relative to it
 */
export function describeEvent(event: unknown, root: string): TestEvent | undefined {
  const testFile = textOf(event, 'testFile');
  const file = testFile === undefined ? undefined : relative(root, testFile).replaceAll('\\', '/');
  const title = textOf(event, 'title') ?? '';
  const fault = (what: string): TestEvent => ({
    type: 'fault',
    ...(file === undefined ? {} : { file }),
    title: what,
    explanation: explain(event),
  });
  switch (textOf(event, 'type')) {
    case 'internal-error':
      return fault('ava failed');
    case 'shared-worker-error':
      return fault('a worker that test files share failed');
    case 'uncaught-exception':
      return fault('uncaught exception');
    case 'unhandled-rejection':
      return fault('unhandled rejection');
    case 'hook-failed':
      return fault(title);
    case 'missing-ava-import':
      return fault('the file imports no ava, so it has no tests');
    case 'process-exit':
      return fault('process.exit() was called');
    case 'line-number-selection-error':
      return fault('the file cannot be parsed');
    case 'timeout':
      return { type: 'timed-out' };
    case 'interrupt':
    case 'end':
      return { type: 'ended' };
    default:
      return file === undefined ? undefined : describeFileEvent(event, file, title);
  }
}

function describeFileEvent(event: unknown, file: string, title: string): TestEvent | undefined {
  switch (textOf(event, 'type')) {
    case 'selected-test':
      return {
        type: flag(event, 'skip') || flag(event, 'todo') ? 'skipped' : 'selected',
        file,
        title,
      };
    case 'test-passed':
      return { type: 'passed', file, title };
    case 'test-failed':
      return { type: 'failed', file, title, explanation: explain(event) };
    case 'worker-stdout':
    case 'worker-stderr': {
      const chunk = property(event, 'chunk');
      return chunk instanceof Uint8Array
        ? { type: 'output', file, text: Buffer.from(chunk).toString('utf8') }
        : undefined;
    }
    case 'file-finished':
      return { type: 'file-ended', file };
    case 'worker-finished':
      return {
        type: 'file-ended',
        file,
        ...(flag(event, 'forcedExit') ? { how: 'stopped, because no test ended within the time limit' } : {}),
      };
    case 'worker-failed': {
      const code = property(event, 'nonZeroExitCode');
      const signal = textOf(event, 'signal');
      const how =
        signal !== undefined
          ? `ended by ${signal}`
          : typeof code === 'number'
            ? `ended with exit code ${code}`
            : ['failed', ...explain(event)].join('\n');
      return { type: 'file-ended', file, how };
    }
    default:
      return undefined;
  }
}

/** Lines of one failure that are shown: a difference of two large values would bury the other failures. */
const maxLines = 200;
/** Characters of a line that are shown. */
const maxWidth = 2000;

/** Why something failed, and what the test logged: lines for people. */
function explain(event: unknown): readonly string[] {
  const logs = property(event, 'logs');
  const texts = [
    ...(Array.isArray(logs) ? logs.map((log) => String(log)) : []),
    ...explainError(property(event, 'err')),
  ];
  const lines = texts
    .flatMap((text) => stripVTControlCharacters(text).trimEnd().split('\n'))
    .map((line) => (line.length > maxWidth ? `${line.slice(0, maxWidth)} …` : line));
  const rest = lines.length - maxLines;
  return rest > 0 ? [...lines.slice(0, maxLines), `… and ${rest} more lines`] : lines;
}

/** An error as ava's `serialize-error.js` makes it of any thrown value. */
function explainError(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return [];
  const type = textOf(error, 'type');
  if (type === 'unknown') return [`thrown, though no error: ${textOf(error, 'formattedError') ?? ''}`];
  const details = property(error, 'formattedDetails');
  const own = [
    ...(Array.isArray(details)
      ? details.flatMap((detail) => [textOf(detail, 'label') ?? '', textOf(detail, 'formatted') ?? ''])
      : []),
    describeStack(error),
    // ava brings only a clone of the error, which has lost its properties but not its cause.
    type === 'ava' ? '' : describeCause(property(error, 'originalError')),
  ].filter((text) => text !== '');
  const inner = property(error, 'errors');
  return [...own, ...(Array.isArray(inner) ? inner.flatMap(explainError) : [])];
}

/** Name, message and stack; an assertion's stack has no message in it. */
function describeStack(error: object): string {
  const message = textOf(error, 'message') ?? '';
  const stack = textOf(error, 'stack') ?? '';
  return stack.includes(message) ? stack : `${textOf(error, 'name') ?? 'Error'}: ${message}\n${stack}`;
}

function describeCause(original: unknown): string {
  const cause = property(original, 'cause');
  if (cause === undefined) return '';
  try {
    return `cause: ${inspect(cause, { depth: 3 })}`;
  } catch (error) {
    return `cause: not printable (${String(error)})`;
  }
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function textOf(value: unknown, key: string): string | undefined {
  const text = property(value, key);
  return typeof text === 'string' ? text : undefined;
}

function flag(value: unknown, key: string): boolean {
  return property(value, key) === true;
}
