import { createPrivateKey, X509Certificate } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import type { IssueOptions } from '../../../../infra/render/tls/issue.ts';
import { issueCertificates } from '../../../../infra/render/tls/issue.ts';

const dayMs = 86_400_000;
const createdAtMs = Date.UTC(2026, 10, 28, 1, 2, 3, 456);
const hosts = ['localhost', '127.0.0.1', '::1', '2001:db8::5', 'ops.example'];
const names = {
  exporter: ['exporter', ...hosts],
  prometheus: ['prometheus', ...hosts],
  alertmanager: ['alertmanager', ...hosts],
  relay: ['relay', ...hosts],
  grafana: ['grafana', ...hosts],
};
const seed = Buffer.alloc(32, 7);

const issued = (afterDays: number, changes: Partial<IssueOptions> = {}) =>
  issueCertificates({
    seed,
    createdAtMs,
    nowMs: createdAtMs + afterDays * dayMs,
    title: 'balance-alert CA',
    names,
    ...changes,
  });

const daysOf = (pem: string) => {
  const { validFromDate, validToDate } = new X509Certificate(pem);
  return [validFromDate, validToDate].map((date) => (date.getTime() - createdAtMs) / dayMs);
};

test('each server’s certificate is the authority’s, for its names and no others, and belongs to its key', (t) => {
  const { authority, servers, notAfterMs } = issued(0);
  const ca = new X509Certificate(authority);
  t.true(ca.ca);
  t.true(ca.verify(ca.publicKey));
  t.is(ca.subject, 'CN=balance-alert CA');
  const serials = new Set<string>();
  for (const [component, { certificate, key }] of Object.entries(servers)) {
    const leaf = new X509Certificate(certificate);
    t.true(leaf.checkIssued(ca));
    t.true(leaf.verify(ca.publicKey));
    t.false(leaf.ca);
    t.true(leaf.checkPrivateKey(createPrivateKey(key)));
    for (const name of [component, 'localhost', 'ops.example']) t.is(leaf.checkHost(name), name);
    for (const address of ['127.0.0.1', '::1', '2001:db8::5']) t.is(leaf.checkIP(address), address);
    t.is(leaf.checkHost('other.example'), undefined);
    t.is(leaf.checkIP('127.0.0.2'), undefined);
    t.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    t.is(leaf.validToDate.getTime(), Math.floor(notAfterMs / 1000) * 1000);
    serials.add(leaf.serialNumber);
  }
  t.is(serials.size, 5);
});

test('the same state gives the same certificates and keys, until they are due', (t) => {
  t.deepEqual(issued(0), issued(304.9));
  t.notDeepEqual(issued(304.9), issued(305));
  t.deepEqual(issued(305), issued(609.9));
});

test('other names give other certificates with the same keys and the same authority', (t) => {
  const [before, after] = [
    issued(0),
    issued(0, { names: { ...names, exporter: [...names.exporter, 'new.example'] } }),
  ];
  t.is(before.authority, after.authority);
  t.is(before.servers.exporter.key, after.servers.exporter.key);
  t.not(before.servers.exporter.certificate, after.servers.exporter.certificate);
  t.not(
    new X509Certificate(before.servers.exporter.certificate).serialNumber,
    new X509Certificate(after.servers.exporter.certificate).serialNumber,
  );
  t.deepEqual(before.servers.prometheus, after.servers.prometheus);
});

test('another seed shares nothing', (t) => {
  const [one, other] = [issued(0), issued(0, { seed: Buffer.alloc(32, 8) })];
  t.not(one.authority, other.authority);
  t.false(
    new X509Certificate(other.servers.exporter.certificate).verify(
      new X509Certificate(one.authority).publicKey,
    ),
  );
});

test('whenever the stack is updated, at least 60 days are left, and no server outlives its authority', (t) => {
  fc.assert(
    fc.property(fc.double({ min: -2, max: 20_000, noNaN: true }), (afterDays) => {
      const { authority, servers } = issued(afterDays);
      const [from = NaN, to = NaN] = daysOf(servers.exporter.certificate);
      const [bornAt = NaN, diesAt = NaN] = daysOf(authority);
      t.true(to - Math.max(0, afterDays) > 59.9, `${afterDays}: until ${to}`);
      t.true(from <= Math.max(0, afterDays) && bornAt <= from && to < diesAt);
      t.true(to - from < 398);
    }),
    { numRuns: 20 },
  );
});

test('after eight years the authority is another one, with a name of its own', (t) => {
  const [before, after] = [issued(2919), issued(2921)];
  t.is(new X509Certificate(before.authority).subject, 'CN=balance-alert CA');
  t.is(new X509Certificate(after.authority).subject, 'CN=balance-alert CA 2');
  t.true(
    new X509Certificate(after.servers.relay.certificate).verify(
      new X509Certificate(after.authority).publicKey,
    ),
  );
});
