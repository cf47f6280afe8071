import type { RequestListener } from 'node:http';
import test from 'ava';
import { lazily } from '../../../exporter/web/lazily.ts';
import { serve } from '../../support/served.ts';

const hello: RequestListener = (_request, response) => void response.end('hello');

test('a handler is loaded once, with the first request, and those that come meanwhile wait for it', async (t) => {
  const loading = Promise.withResolvers<RequestListener>();
  const asked = Promise.withResolvers<void>();
  let loads = 0;
  const handler = lazily(
    () => {
      loads += 1;
      asked.resolve();
      return loading.promise;
    },
    (error) => t.fail(String(error)),
  );
  t.is(loads, 0);
  await using server = await serve(handler);
  const answers = [fetch(server.url), fetch(server.url)];
  await asked.promise;
  loading.resolve(hello);
  for (const answer of answers) t.is(await (await answer).text(), 'hello');
  t.is(await (await fetch(server.url)).text(), 'hello');
  t.is(loads, 1);
});

test('a handler that cannot be loaded is an error of that request, and the next one tries again', async (t) => {
  const faults: unknown[] = [];
  const fault = new Error('no such file');
  let loads = 0;
  const handler = lazily(
    async () => {
      loads += 1;
      if (loads === 1) throw fault;
      return hello;
    },
    (error) => void faults.push(error),
  );
  await using server = await serve(handler);
  const first = await fetch(server.url);
  t.deepEqual([first.status, await first.text()], [500, 'internal error, see the log\n']);
  t.deepEqual(faults, [fault]);
  t.is(await (await fetch(server.url)).text(), 'hello');
});
