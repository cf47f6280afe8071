import test from 'ava';
import { close, listen, parseListenAddress, portOf } from '../../../exporter/web/listen.ts';

test('an address has a port, and a host where it is not for all interfaces', (t) => {
  t.deepEqual(parseListenAddress(':9100'), { host: undefined, port: 9100 });
  t.deepEqual(parseListenAddress('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
  t.deepEqual(parseListenAddress('localhost:8080'), { host: 'localhost', port: 8080 });
  t.deepEqual(parseListenAddress('[::1]:9100'), { host: '::1', port: 9100 });
});

for (const text of [
  '9100',
  'localhost',
  'localhost:',
  ':99999',
  '::1:9100',
  '[::1]',
  '[host]:9100',
  'a b:x',
]) {
  test(`${text} is no address`, (t) => {
    t.throws(() => parseListenAddress(text), {
      message: `expected an address such as :9100, 127.0.0.1:9100 or [::1]:9100, got ${text}`,
    });
  });
}

test('a port that is taken is named, with what to do', async (t) => {
  const handler = () => undefined;
  const first = await listen(handler, { host: '127.0.0.1', port: 0 }, '--flag');
  const port = portOf(first);
  await t.throwsAsync(listen(handler, { host: '127.0.0.1', port }, '--flag'), {
    message: `cannot listen on 127.0.0.1:${port}: the address is in use: stop the other program, or choose another address with --flag`,
  });
  await close(first);
});
