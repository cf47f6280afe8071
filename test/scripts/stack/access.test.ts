import { createServer } from 'node:https';
import test from 'ava';
import { close, portOf } from '../../../exporter/web/listen.ts';
import { issueCertificates } from '../../../infra/render/tls/issue.ts';
import type { Pulumi } from '../../../scripts/lib/pulumi/client.ts';
import { stackAuth, trustState } from '../../../scripts/lib/stack/access.ts';

const names = ['127.0.0.1'];

/** A server of a stack of its own, and the certificate of that stack's authority. */
async function closedServer(seed: number) {
  const issued = issueCertificates({
    seed: Buffer.alloc(32, seed),
    createdAtMs: Date.now(),
    nowMs: Date.now(),
    title: 'test CA',
    names: { exporter: names, prometheus: names, alertmanager: names, relay: names, grafana: names },
  });
  const { certificate: cert, key } = issued.servers.prometheus;
  const server = createServer({ cert, key }, (_request, response) => response.end('ok'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `https://127.0.0.1:${portOf(server)}/`, authority: issued.authority };
}

const outputs = (values: Readonly<Record<string, string>>): Pick<Pulumi, 'secretOutput'> => ({
  secretOutput: async (_stack, name) => (values[name] ?? '').trim(),
});

test.serial(
  'with TLS, the authority and the password of the stack’s outputs get the scripts in',
  async (t) => {
    const { server, url, authority } = await closedServer(11);
    t.teardown(() => close(server));
    await t.throwsAsync(fetch(url));
    const pulumi = outputs({ caCertificate: authority, webPassword: 'p4ss' });
    t.deepEqual(await stackAuth({ pulumi, stack: 'test' }, { tls: { hosts: [], nowMs: 0 } }), {
      kind: 'basic',
      username: 'admin',
      password: 'p4ss',
    });
    t.is(await (await fetch(url)).text(), 'ok');
  },
);

test.serial(
  'before an update, the authority that the state names is trusted, and no other one',
  async (t) => {
    const [known, other] = [await closedServer(12), await closedServer(13)];
    t.teardown(() => Promise.all([known, other].map(({ server }) => close(server))));
    trustState({ resources: [], pending: [], outputs: { caCertificate: known.authority } });
    t.is(await (await fetch(known.url)).text(), 'ok');
    await t.throwsAsync(fetch(other.url));
  },
);

test.serial('without TLS no output is asked for', async (t) => {
  const pulumi: Pick<Pulumi, 'secretOutput'> = {
    secretOutput: async () => {
      throw new Error('not expected');
    },
  };
  t.is(await stackAuth({ pulumi, stack: 'test' }, { tls: undefined }), undefined);
});
