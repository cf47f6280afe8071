import test from 'ava';
import fc from 'fast-check';
import { createRedactor } from '../../exporter/config/redact.ts';
import { Secret } from '../../exporter/config/secret.ts';
import { stackOf } from '../../exporter/errors.ts';
import type { LogFormat } from '../../exporter/log.ts';
import { createLogger, logFormats } from '../../exporter/log.ts';

function logger(format: LogFormat, secrets: readonly Secret[] = []) {
  const lines: string[] = [];
  const made = createLogger({
    level: 'info',
    format,
    write: (line) => lines.push(line),
    redact: createRedactor(secrets),
  });
  return { logger: made, lines };
}

const time = /^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

test('logfmt has time, level, message and fields, quoted where they need it', (t) => {
  const { logger: log, lines } = logger('logfmt');
  log.warn('check failed', { account: 'a "b"\nc', seconds: 0.25, empty: '', absent: undefined, 余额: '=' });
  t.is(lines.length, 1);
  t.regex(lines[0] ?? '', time);
  t.is(
    lines[0]?.replace(time, ''),
    'level=warn msg="check failed" account="a \\"b\\"\\nc" seconds=0.25 empty="" 余额="="\n',
  );
});

test('JSON has the same fields', (t) => {
  const { logger: log, lines } = logger('json');
  log.error('check failed', { account: 'a', ok: false });
  const { time: at, ...rest } = JSON.parse(lines[0] ?? '');
  t.regex(at, /^\d{4}-\d\d-\d\dT/);
  t.deepEqual(rest, { level: 'error', msg: 'check failed', account: 'a', ok: false });
});

test('what is below the level is not logged', (t) => {
  const { logger: log, lines } = logger('logfmt');
  log.debug('not this');
  log.info('this');
  t.deepEqual(
    lines.map((line) => line.replace(time, '')),
    ['level=info msg=this\n'],
  );
});

for (const format of logFormats) {
  test(`no value of a secret is in a line as ${format}, wherever it came from`, (t) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 8 }), (value) => {
        const text = value.toWellFormed();
        fc.pre(text.trim() !== '');
        const { logger: log, lines } = logger(format, [new Secret('KEY', text)]);
        log.info(`message ${text}`, {
          field: `before ${text} after`,
          url: `/?key=${encodeURIComponent(text)}`,
        });
        const [line = ''] = lines;
        t.false(line.includes(text));
        t.false(line.includes(encodeURIComponent(text)));
        t.false(line.includes(JSON.stringify(text).slice(1, -1)));
        t.true(line.split('[secret KEY]').length >= 4);
      }),
    );
  });
}

test('a stack names its causes, and none of their other fields', (t) => {
  const cause = Object.assign(new TypeError('cause'), { headers: { authorization: 'Bearer hunter2' } });
  const stack = stackOf(new Error('outer', { cause }));
  t.regex(stack, /^Error: outer\n {4}at .*\ncaused by: TypeError: cause\n {4}at /s);
  t.false(stack.includes('hunter2'));
  t.is(stackOf('only text'), 'only text');
});

test('a cause that is its own cause ends', (t) => {
  const error = new Error('loop');
  error.cause = error;
  t.is(stackOf(error).split('caused by: ').length, 5);
});
