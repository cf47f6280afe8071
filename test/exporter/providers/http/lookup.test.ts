import type { LookupAddress } from 'node:dns';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { codeOf } from '../../../../exporter/errors.ts';
import { Connections } from '../../../../exporter/providers/http/connections.ts';
import { createHostsFile, parseHosts } from '../../../../exporter/providers/http/hosts-file.ts';
import type { NameLookup, NameLookupOptions } from '../../../../exporter/providers/http/lookup.ts';
import { createNameLookup } from '../../../../exporter/providers/http/lookup.ts';
import type { Zone } from '../../../support/dns-server.ts';
import { startDnsServer } from '../../../support/dns-server.ts';
import { answer, startScriptedVendor } from '../../../support/scripted-vendor.ts';
import { client, failure } from './support.ts';

/** `good.example` and all below it are this machine, `silent.example` gets no answer, nothing else is known. */
const zone: Zone = (name, type) => {
  if (name.endsWith('silent.example')) return undefined;
  return name.endsWith('good.example') && type === 'A' ? ['127.0.0.1'] : [];
};

const noHosts = () => [];
const unknown = () => Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }));

function namesBy(server: { readonly address: string }, options: NameLookupOptions = {}): NameLookup {
  return createNameLookup({ hostsFile: noHosts, servers: [server.address], system: unknown, ...options });
}

function all(names: NameLookup, name: string): Promise<readonly LookupAddress[] | string | undefined> {
  return new Promise((resolve) => {
    names.lookup(name, { all: true }, (error, found) => {
      if (error !== null) resolve(codeOf(error));
      else resolve(Array.isArray(found) ? found : []);
    });
  });
}

const here: readonly LookupAddress[] = [{ address: '127.0.0.1', family: 4 }];

test('names that DNS leaves unanswered delay no others: twenty vendors are reached beside sixty silent ones', async (t) => {
  await using dns = await startDnsServer(zone);
  await using vendor = await startScriptedVendor(answer(200, {}));
  const connections = new Connections({ names: namesBy(dns) });
  const ask = (host: string, timeout = 10_000) =>
    client({ connections, timeout }).request({ url: `http://${host}:${vendor.port}/` });
  const silent = Array.from({ length: 60 }, (_, index) => failure(ask(`${index}.silent.example`, 1500)));
  const started = performance.now();
  const good = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`${index}.good.example`)));
  const tookMs = performance.now() - started;
  t.true(good.every(({ status }) => status === 200));
  const failures = await Promise.all(silent);
  t.true(failures.every(({ reason }) => reason === 'timeout'));
  t.regex(failures[0]?.message ?? '', /: DNS lookup timed out$/);
  // They were answered while the others still waited.
  t.true(tookMs < performance.now() - started);
});

test('concurrent lookups of a name share one query, and the result is cached for its TTL', async (t) => {
  await using dns = await startDnsServer(zone, 60);
  const names = namesBy(dns);
  t.deepEqual(await Promise.all([all(names, 'good.example'), all(names, 'GOOD.example')]), [here, here]);
  t.deepEqual(await all(names, 'good.example'), here);
  t.deepEqual(dns.asked.toSorted(), ['A good.example', 'AAAA good.example']);
});

test('a name of which one kind of address is not answered is found by the other', async (t) => {
  await using dns = await startDnsServer((name, type) => (type === 'AAAA' ? undefined : zone(name, type)));
  t.deepEqual(await all(namesBy(dns), 'good.example'), here);
});

test('names unknown to DNS are looked up by the system, unanswered ones are not', async (t) => {
  await using dns = await startDnsServer(zone);
  const asked: string[] = [];
  const system = (name: string) => {
    asked.push(name);
    return Promise.resolve(here);
  };
  const names = namesBy(dns, { system });
  t.deepEqual(await all(names, 'gateway'), here);
  const silent = all(names, 'silent.example');
  names.abandon('silent.example');
  t.is(await silent, 'ETIMEOUT');
  t.deepEqual(await all(names, 'printer.local'), here);
  t.deepEqual(asked, ['gateway', 'printer.local']);
});

test('an unknown name fails as ENOTFOUND', async (t) => {
  await using dns = await startDnsServer(zone);
  t.is(await all(namesBy(dns), 'nowhere.example'), 'ENOTFOUND');
});

test('an abandoned lookup is cancelled', async (t) => {
  await using dns = await startDnsServer(zone);
  const names = namesBy(dns, { timeoutMs: 60_000 });
  const [one, two] = [all(names, 'silent.example'), all(names, 'silent.example')];
  names.abandon('silent.example');
  names.abandon('silent.example');
  t.deepEqual(await Promise.all([one, two]), ['ETIMEOUT', 'ETIMEOUT']);
});

test('the hosts file comes before DNS, and is read again when it changes', async (t) => {
  await using dns = await startDnsServer(zone);
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-hosts-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'hosts');
  const names = namesBy(dns, { hostsFile: createHostsFile(file) });
  t.deepEqual(await all(names, 'good.example'), here);
  writeFileSync(`${file}.new`, '10.0.0.1 good.example # ours\n');
  renameSync(`${file}.new`, file);
  t.deepEqual(await all(names, 'Good.Example'), [{ address: '10.0.0.1', family: 4 }]);
  rmSync(file);
  t.deepEqual(await all(names, 'good.example'), here);
});

test('localhost needs no DNS', async (t) => {
  const names = createNameLookup({ hostsFile: noHosts, system: unknown, servers: ['127.0.0.1:1'] });
  t.deepEqual(await all(names, 'localhost'), [...here, { address: '::1', family: 6 }]);
});

test('a hosts file is read as hosts(5) has it', (t) => {
  const hosts = parseHosts(
    '# c\n127.0.0.1\tlocalhost a\r\n::1 localhost\n127.0.0.1 a\nnonsense b\n10.0.0.2 A # b\n',
  );
  t.deepEqual(
    [...hosts],
    [
      ['localhost', [...here, { address: '::1', family: 6 }]],
      ['a', [...here, { address: '10.0.0.2', family: 4 }]],
    ],
  );
});
