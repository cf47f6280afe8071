/** What a new provider begins with. Pure: paths and texts. */

/** `acme-cloud` as `acmeCloud`. */
function identifierOf(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Texts by path, relative to the checkout. */
export function providerFiles(name: string): ReadonlyMap<string, string> {
  const identifier = identifierOf(name);
  const folder = `exporter/providers/${name}`;
  return new Map([
    [
      `${folder}/schema.ts`,
      `import * as z from 'zod';
import { secretSchema } from '../../config/secret.ts';
import { allowHttpSchema, baseUrlSchema, keysOverHttps } from '../base-url.ts';
import { currencySchema, moneySchema } from '../money.ts';

export const ${identifier}OptionsSchema = z.strictObject({
  key: secretSchema,
  base_url: baseUrlSchema('https://api.${name}.example'),
  allow_http: allowHttpSchema,
}).superRefine(keysOverHttps('base_url'));

/** \`GET /v1/balance\`, as the vendor documents it. */
export const balanceSchema = z.looseObject({ balance: moneySchema, currency: currencySchema });
`,
    ],
    [
      `${folder}/index.ts`,
      `import { defineProvider } from '../contract.ts';
import { balanceSchema, ${identifier}OptionsSchema } from './schema.ts';

/** The remaining balance of an account. Source: the vendor's reference page. */
export const ${identifier} = defineProvider({
  id: '${name}',
  title: '${name}',
  kind: 'balance',
  units: ['USD'],
  sign: 'unchanged: the remaining amount is positive',
  docs: 'https://docs.${name}.example/balance',
  evidence: 'vendor',
  credential: 'API key',
  permission: 'reading the balance',
  minIntervalSeconds: 60,
  options: ${identifier}OptionsSchema,
  async check({ options, http }) {
    const answer = await http.json(
      {
        url: \`\${options.base_url}/v1/balance\`,
        headers: { authorization: \`Bearer \${options.key.reveal()}\` },
      },
      balanceSchema,
    );
    return [{ kind: 'balance', type: 'balance', unit: answer.currency, value: answer.balance }];
  },
});
`,
    ],
    [`${folder}/fixtures/balance.json`, `{ "balance": "12.50", "currency": "USD" }\n`],
    [
      `${folder}/README.md`,
      `# ${name}

What is left on an account.

\`\`\`yaml
- name: ${name}-main
  provider: ${name}
  options: { key: { secret: ${name.toUpperCase().replaceAll('-', '_')}_KEY } }
  threshold: 10
\`\`\`

**Permission.** Which key, and what it must be allowed to do.
`,
    ],
    [
      `test/exporter/providers/${name}.test.ts`,
      `import { readFileSync } from 'node:fs';
import test from 'ava';
import { CheckError } from '../../../exporter/readings/check-error.ts';
import { Secret } from '../../../exporter/config/secret.ts';
import { ${identifier} } from '../../../exporter/providers/${name}/index.ts';
import { ${identifier}OptionsSchema } from '../../../exporter/providers/${name}/schema.ts';
import { createHttpClient } from '../../../exporter/providers/http.ts';
import { answer, startScriptedVendor } from '../../support/scripted-vendor.ts';

const documented = readFileSync(
  new URL('../../../exporter/providers/${name}/fixtures/balance.json', import.meta.url),
  'utf8',
);

async function check(body: string) {
  await using vendor = await startScriptedVendor(answer(200, body));
  const { signal } = new AbortController();
  return await ${identifier}.check({
    options: ${identifier}OptionsSchema.parse({ key: new Secret('KEY', 'k'), base_url: vendor.url }),
    http: createHttpClient({ timeout: 5000, signal, retries: 0 }),
    now: () => new Date(),
  });
}

test('the documented answer is a balance', async (t) => {
  t.deepEqual(await check(documented), [{ kind: 'balance', type: 'balance', unit: 'USD', value: 12.5 }]);
});

test('an answer without the amount is a failure by schema', async (t) => {
  const error = await t.throwsAsync(check('{"currency":"USD"}'), { instanceOf: CheckError });
  t.is(error?.reason, 'schema');
});
`,
    ],
  ]);
}

/** The registry with one provider more, in the order of the ids. @throws Error where it is not as this script knows it */
export function registered(registry: string, name: string): string {
  const identifier = identifierOf(name);
  const imports = [...registry.matchAll(/^import \{ \w+ \} from '\.\/([a-z0-9-]+)\/index\.ts';$/gm)];
  const list = /^const providers: readonly Provider\[\] = \[(.*)\];$/m.exec(registry);
  if (imports.length === 0 || list === null)
    throw new Error('the registry has an unexpected format: add the provider manually');
  const line = `import { ${identifier} } from './${name}/index.ts';`;
  const later = imports.find((one) => (one[1] ?? '') > name);
  const last = imports.at(-1);
  const withImport =
    later === undefined
      ? registry.replace(last?.[0] ?? '', `${last?.[0]}\n${line}`)
      : registry.replace(later[0], `${line}\n${later[0]}`);
  const ids = new Map([...imports.map((one) => one[1] ?? ''), name].map((id) => [id, identifierOf(id)]));
  const sorted = [...ids.keys()].toSorted().map((id) => ids.get(id));
  return withImport.replace(list[0], `const providers: readonly Provider[] = [${sorted.join(', ')}];`);
}
