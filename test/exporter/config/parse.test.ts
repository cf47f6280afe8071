import test from 'ava';
import fc from 'fast-check';
import * as z from 'zod';
import { accountFileSchema } from '../../../exporter/account-file/schema.ts';
import { accountSchema } from '../../../exporter/accounts/schema.ts';
import { parseWith } from '../../../exporter/config/parse.ts';
import { mailboxSchema } from '../../../exporter/mail/schema.ts';
import { allProviders } from '../../../exporter/providers/registry.ts';
import { subscriptionSchema } from '../../../exporter/subscriptions/schema.ts';
import { stackSchema } from '../../../infra/settings/schema.ts';

function faults(schema: z.ZodType, data: unknown): readonly string[] {
  const parsed = parseWith(schema, data);
  return parsed.ok ? [] : parsed.faults.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const optionsOf = (id: string): z.ZodType => {
  const provider = allProviders().find((one) => one.id === id);
  if (provider === undefined) throw new Error(`no provider ${id}`);
  return provider.options;
};

test('a schema without messages of its own gets messages', (t) => {
  const words = (schema: z.ZodType, data: unknown) => faults(schema, data)[0];
  t.is(words(z.string(), 5), ': expected text, got a number');
  t.is(words(z.number(), 'x'), ': expected a number, got text');
  t.is(words(z.int(), 1.5), ': expected a whole number, got a number');
  t.is(words(z.boolean(), undefined), ': expected true or false, got nothing');
  t.is(words(z.array(z.string()), {}), ': expected a list, got an object');
  t.is(words(z.strictObject({}), []), ': expected an object, got a list');
  t.is(
    words(z.enum(['weekly', 'monthly']), 'yearly'),
    ': expected one of weekly, monthly, got another value',
  );
  t.is(
    words(z.enum(['weekly', 'monthly']), 'montly'),
    ': expected one of weekly, monthly; did you mean monthly?',
  );
  t.is(words(z.literal(3), null), ': expected 3, got null');
  t.is(words(z.string().min(1), ''), ': expected text of at least 1 character');
  t.is(words(z.array(z.string()).min(2), ['a']), ': expected a list of at least 2 items');
  t.is(words(z.number().max(5), 6), ': expected a number of at most 5');
  t.is(words(z.number().positive(), 0), ': expected a number of more than 0');
  t.is(words(z.number(), Number.NaN), ': expected a number, got NaN');
});

test("a schema's own message about a key of a record is shown", (t) => {
  t.deepEqual(
    faults(optionsOf('json'), { url: 'https://a.example/', values: [], headers: { 'x y': 'z' } })[0],
    'headers.x y: expected the name of a header',
  );
  t.deepEqual(faults(mailboxSchema.shape.terms, { extend: { bills: ['invoice'] } }), [
    'extend.bills: expected a topic: suspension, arrears, low_balance, expiry, bill, renewal, top_up',
  ]);
  t.deepEqual(faults(stackSchema, { secrets: { 'a b': 'value' } }), [
    'secrets.a b: expected the name of a secret: letters, digits, "_", "." and "-"',
  ]);
});

test('a union reports what its options expect, or what is wrong with the matching one', (t) => {
  const schema = z.union([z.string().min(1), z.strictObject({ expr: z.string() })]);
  t.deepEqual(faults(schema, 5), [': expected text, or an object']);
  t.deepEqual(faults(schema, { expr: 5 }), [': expr: expected text, got a number']);
  t.deepEqual(
    faults(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('a') }),
        z.strictObject({ type: z.literal('b') }),
      ]),
      { type: 7 },
    ),
    ['type: expected one of a, b, got another value'],
  );
});

test('a misspelt key gets a suggestion inside lists, records and unions', (t) => {
  const json = optionsOf('json');
  const value = { type: 'balance', expr: 'a', unit: 'USD' };
  t.deepEqual(faults(json, { url: 'https://a.example/', values: [{ ...value, widow: 'x' }] }), [
    'values.0.widow: unknown key; did you mean window?',
  ]);
  t.deepEqual(
    faults(json, { url: 'https://a.example/', values: [value], auth: { type: 'query', nme: 'key' } }).at(-1),
    'auth.nme: unknown key; did you mean name?',
  );
});

test("none of zod's own messages reach users, whatever the file contains", (t) => {
  const schemas: readonly z.ZodType[] = [
    accountFileSchema,
    accountSchema,
    mailboxSchema,
    subscriptionSchema,
    stackSchema,
    ...allProviders().map(({ options }) => options),
  ];
  for (const schema of schemas) {
    if (!(schema instanceof z.ZodObject)) continue;
    const keys = Object.keys(schema.shape);
    const file = fc.dictionary(fc.constantFrom(...keys, 'colour'), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(file, (data) => {
        const parsed = parseWith(schema, data);
        if (parsed.ok) return;
        for (const { message } of parsed.faults) {
          t.notRegex(message, /^(Invalid|Too|Unrecognized) |received/);
          t.regex(message, /expected |unknown key/);
        }
      }),
      { numRuns: 100 },
    );
  }
});

test('messages contain nothing of the value, which may be a secret', (t) => {
  fc.assert(
    fc.property(fc.stringMatching(/^sk-[a-z0-9]{12}$/), (secret) => {
      for (const data of [{ enabled: secret }, { auto_renew: secret, day: [secret] }]) {
        const said = [...faults(accountSchema, data), ...faults(mailboxSchema, data)].join('\n');
        t.false(said.includes(secret), said);
      }
    }),
  );
});
