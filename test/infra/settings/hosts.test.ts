import test from 'ava';
import {
  httpUrl,
  isLoopback,
  reachableAddress,
  remoteHostOf,
  withoutTrailingSlash,
} from '../../../infra/settings/hosts.ts';

for (const [engine, host] of [
  ['unix:///var/run/docker.sock', undefined],
  ['npipe:////./pipe/docker_engine', undefined],
  ['tcp://127.0.0.1:2375', undefined],
  ['tcp://[::1]:2375', undefined],
  ['tcp://localhost:2375', undefined],
  ['tcp://10.0.0.5:2376', '10.0.0.5'],
  ['ssh://me@host.example', 'host.example'],
  ['ssh://me@host.example:2222', 'host.example'],
  ['not an address', undefined],
] as const) {
  test(`the engine at ${engine} is ${host === undefined ? 'on this machine' : `on ${host}`}`, (t) => {
    t.is(remoteHostOf(engine), host);
  });
}

for (const [host, loopback] of [
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['[::1]', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.example.com', false],
] as const) {
  test(`${host} is ${loopback ? '' : 'not '}reached from this machine only`, (t) => {
    t.is(isLoopback(host), loopback);
  });
}

test('all interfaces are reached through loopback', (t) => {
  t.is(reachableAddress('0.0.0.0'), '127.0.0.1');
  t.is(reachableAddress('::'), '::1');
  t.is(reachableAddress('10.0.0.1'), '10.0.0.1');
});

test('an IPv6 address stands in brackets in a URL', (t) => {
  t.is(httpUrl('::1', 3000), 'http://[::1]:3000');
  t.is(httpUrl('host.example', 3000), 'http://host.example:3000');
});

test('slashes at the end go', (t) => {
  t.is(withoutTrailingSlash('http://a/b//'), 'http://a/b');
});
