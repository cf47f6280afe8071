import { resolve } from 'node:path';
import test from 'ava';
import type { Finding } from '../../../scripts/lib/doctor/check.ts';
import { probeChecks } from '../../../scripts/lib/doctor/checks/probe.ts';
import { serve } from '../../support/served.ts';

/** `scripts/doctor --probe`: every vendor is asked anew, with the secrets of the stack. */

const root = resolve(import.meta.dirname, '../../..');

async function probe(text: string, secrets: Readonly<Record<string, string>>): Promise<Finding> {
  const [check] = probeChecks({ accounts: { text, secrets } }, { root, environment: process.env });
  if (check === undefined) throw new Error('no check');
  return check.look(new AbortController().signal);
}

const key = 'key-of-a-vendor-4711';

test('vendors are asked with the secrets of the stack, and one that refuses is named without the secret', async (t) => {
  const vendor = await serve((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.headers.authorization !== `Bearer ${key}`) response.writeHead(401);
    response.end('{"balance":12}');
  });
  t.teardown(vendor.close);
  const text = `accounts:
  - name: vendor
    provider: json
    options:
      url: ${vendor.url}/balance
      allow_http: true
      auth: { type: bearer, token: { secret: VENDOR_KEY } }
      values: [{ type: balance, unit: USD, expr: balance }]
`;
  t.deepEqual(await probe(text, { VENDOR_KEY: key }), {
    status: 'ok',
    detail: 'probed 1, failed 0',
    todo: [],
  });
  const refused = await probe(text, { VENDOR_KEY: `${key}-revoked` });
  t.is(refused.status, 'broken');
  t.regex(refused.detail, /^some vendors do not answer this machine:\nvendor +json +failed .* auth: /);
  t.false(JSON.stringify(refused).includes(key));
});
