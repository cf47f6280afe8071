import { once } from 'node:events';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import test from 'ava';
import { runHealthcheck } from '../../../exporter/commands/healthcheck.ts';
import { portOf } from '../../../exporter/web/listen.ts';
import { runProgram } from '../../support/program.ts';

/** A server that answers every request so, and the port of it. */
async function answering(host: string, status: number, body: string) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(status).end(body);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return { port: portOf(server), paths, [Symbol.asyncDispose]: async () => void server.close() };
}

async function check(host: string | undefined, port: number) {
  let said = '';
  const code = await runHealthcheck({ host, port }, undefined, (text) => {
    said += text;
  });
  return { code, said };
}

test('a responding exporter is healthy, on whatever address it listens', async (t) => {
  await using server = await answering('0.0.0.0', 200, 'healthy\n');
  for (const host of ['127.0.0.1', undefined, '0.0.0.0', 'localhost']) {
    t.deepEqual(await check(host, server.port), { code: 0, said: 'healthy\n' });
  }
  t.deepEqual(server.paths, Array(4).fill('/-/healthy'));
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

(hasIpv6 ? test : test.skip)('an exporter on IPv6 is found there', async (t) => {
  await using server = await answering('::1', 200, 'healthy\n');
  t.deepEqual(await check('::1', server.port), { code: 0, said: 'healthy\n' });
  t.deepEqual(await check('::', server.port), { code: 0, said: 'healthy\n' });
});

test('another answer is not healthy', async (t) => {
  await using server = await answering('127.0.0.1', 503, 'no');
  t.deepEqual(await check('127.0.0.1', server.port), {
    code: 1,
    said: `http://127.0.0.1:${server.port}/-/healthy: expected 200, got 503\n`,
  });
});

test('no exporter at the address is not healthy', async (t) => {
  const server = await answering('127.0.0.1', 200, '');
  await server[Symbol.asyncDispose]();
  t.deepEqual(await check('127.0.0.1', server.port), {
    code: 1,
    said: `http://127.0.0.1:${server.port}/-/healthy: connect ECONNREFUSED 127.0.0.1:${server.port}\n`,
  });
});

test('the command accepts the same address as serve, by flag or variable', async (t) => {
  await using server = await answering('127.0.0.1', 200, 'healthy\n');
  const address = `127.0.0.1:${server.port}`;
  const expected = { code: 0, stdout: 'healthy\n', stderr: '' };
  t.deepEqual(await runProgram(['healthcheck', '--web.listen-address', address]), expected);
  t.deepEqual(await runProgram(['healthcheck'], { BALANCE_ALERT_WEB_LISTEN_ADDRESS: address }), expected);
});
