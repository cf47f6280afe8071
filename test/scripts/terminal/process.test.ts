import test from 'ava';
import { follow, Interruption, run } from '../../../scripts/lib/terminal/process.ts';

const cwd = import.meta.dirname;
const node = (code: string) => ['-e', code];

test('a program’s output and code are kept', async (t) => {
  const result = await run(
    process.execPath,
    node('console.log("out"); console.error("err"); process.exitCode = 3'),
    { cwd },
  );
  t.deepEqual(result, { code: 3, stdout: 'out\n', stderr: 'err\n' });
});

test('a missing program has the exit code of a shell', async (t) => {
  t.is((await run('/no/such/program', [], { cwd })).code, 127);
});

test('a killed program has 128 and the signal’s number', async (t) => {
  t.is((await run(process.execPath, node('process.kill(process.pid, "SIGKILL")'), { cwd })).code, 137);
});

test('lines are passed on complete, also across chunks and without a final line break', async (t) => {
  const lines: string[] = [];
  const code = await follow(
    process.execPath,
    node('process.stdout.write("on"); setTimeout(() => process.stdout.write("e\\ntwo"), 20)'),
    { cwd, interruption: new Interruption(() => undefined), onLine: (line) => lines.push(line) },
  );
  t.is(code, 0);
  t.deepEqual(lines, ['one', 'two']);
});

test('an interruption is passed on once, however often it comes, and the program is waited for', async (t) => {
  const said: string[] = [];
  const lines: string[] = [];
  const interruption = new Interruption((text) => said.push(text));
  const code = await follow(
    process.execPath,
    node(`
      let count = 0;
      process.on('SIGINT', () => { count += 1; console.log('asked'); setTimeout(() => { console.log('count ' + count); process.exit(7); }, 200); });
      setInterval(() => {}, 1000);
      console.log('ready');
    `),
    {
      cwd,
      interruption,
      onLine: (line) => {
        lines.push(line);
        if (line === 'ready') {
          interruption.request();
          interruption.request();
        }
        if (line === 'asked') interruption.request();
      },
    },
  );
  t.is(code, 7);
  t.deepEqual(lines, ['ready', 'asked', 'count 1']);
  t.is(said[0], 'Stopping after the running operation …');
  t.is(said.length, 3);
});

test('a process that starts after the request is signalled at once', async (t) => {
  const interruption = new Interruption(() => undefined);
  interruption.request();
  const code = await follow(process.execPath, node('setInterval(() => {}, 1000)'), {
    cwd,
    interruption,
    onLine: () => undefined,
  });
  t.is(code, 130);
});

test('waits end with the request', async (t) => {
  const interruption = new Interruption(() => undefined);
  t.false(interruption.requested);
  interruption.request();
  t.true(interruption.signal.aborted);
});
