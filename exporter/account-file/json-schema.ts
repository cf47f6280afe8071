import * as z from 'zod';
import { accountSchema } from '../accounts/schema.ts';
import { Secret, secretNamePattern } from '../config/secret.ts';
import { mailboxSchema } from '../mail/schema.ts';
import { everyProvider } from '../providers/registry.ts';
import { subscriptionSchema } from '../subscriptions/schema.ts';
import { accountFileSchema } from './schema.ts';

/**
 * The account file as a JSON Schema, for editors: made from the schemas that the file is read with. Draft 7, which the
 * language servers for YAML know best. It accepts every valid file; what only the program can tell (names that are there
 * twice, secrets that are missing, dates that are no renewals) stays with `--config.check`.
 */

type Schema = z.core.JSONSchema.BaseSchema;

/** What the schema is called where it lies beside an account file. */
export const schemaFileName = 'balance-alert.schema.json';

/** The first line of an account file beside its schema, by which editors find it. */
export const schemaComment = `# yaml-language-server: $schema=./${schemaFileName}`;

/** Tells our schema from another file of that name. */
export const schemaTitle = 'Account file of balance-alert';

const secretReference: Schema = {
  type: 'object',
  description: 'A secret by name: the file of that name in --secrets.dir, or else the environment variable.',
  properties: { secret: { type: 'string', pattern: secretNamePattern.source } },
  required: ['secret'],
  additionalProperties: false,
};

/** The JSON Schema, as plain data. Reads the file of every preset. */
export function accountFileJsonSchema(): Schema {
  const { properties: outer = {}, ...file } = converted(accountFileSchema);
  const providers = everyProvider().map(({ id, title, options }) => ({
    id,
    title,
    options: converted(options),
  }));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: schemaTitle,
    description: 'What balance-alert watches: accounts, subscriptions and mailboxes.',
    ...file,
    properties: {
      ...outer,
      accounts: listOf(withOptions(converted(accountSchema), providers)),
      subscriptions: listOf(withCycles(converted(subscriptionSchema))),
      mailboxes: listOf(withListOfSenders(converted(mailboxSchema))),
    },
    definitions: Object.fromEntries(
      providers.map(({ id, title, options }) => [
        definitionOf(id),
        { description: `Options of provider ${id}: ${title}.`, ...options },
      ]),
    ),
  };
}

/** The text of the schema's file. */
export function accountFileJsonSchemaText(): string {
  return `${JSON.stringify(accountFileJsonSchema(), null, 2)}\n`;
}

interface ProviderOptions {
  readonly id: string;
  readonly title: string;
  readonly options: Schema;
}

const definitionOf = (id: string): string => `options-${id}`;

/** What people write (`input`) and not what it becomes; checks by code and defaults of lists within are left out. */
function converted(schema: z.ZodType): Schema {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // A secret stands in the file as its name, which is resolved before the schema sees it.
      if (takesSecret(zodSchema)) Object.assign(jsonSchema, { ...secretReference, ...jsonSchema });
      // URLs may have placeholders in braces, which are no URIs by the letter.
      if (jsonSchema.format === 'uri') {
        delete jsonSchema.format;
        jsonSchema.pattern = '^[Hh][Tt][Tt][Pp][Ss]?://.+';
      }
      // Draft 7 has no largest number, and no file names it.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return made;
}

function takesSecret(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodCustom && schema.safeParse(new Secret('any', 'value')).success;
}

/** A list of entries; YAML has an empty one as nothing, which is an error in the program too. */
function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** The options of an account are those of its provider. */
function withOptions(account: Schema, providers: readonly ProviderOptions[]): Schema {
  return {
    ...account,
    properties: {
      ...account.properties,
      provider: { type: 'string', enum: providers.map(({ id }) => id) },
      options: { type: 'object' },
    },
    allOf: providers.map(({ id, options }) => ({
      if: { properties: { provider: { const: id } }, required: ['provider'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: {
        properties: { options: { $ref: `#/definitions/${definitionOf(id)}` } },
        ...((options.required ?? []).length > 0 ? { required: ['options'] } : {}),
      },
    })),
  };
}

/** `day` and `anchor` by cycle, as `resolveSubscription` has them, and what belongs together. */
function withCycles(subscription: Schema): Schema {
  const when = (cycle: Schema, expected: Schema): Schema => ({
    if: { properties: { cycle }, required: ['cycle'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: expected,
  });
  const onDay = (day: Schema): Schema => ({
    properties: { day, anchor: false },
    required: ['day'],
  });
  return {
    ...subscription,
    dependencies: { amount: ['currency'], currency: ['amount'] },
    not: { required: ['last_renewed', 'paid_through'] },
    allOf: [
      when({ const: 'weekly' }, onDay({ type: 'integer', minimum: 1, maximum: 7 })),
      when({ const: 'monthly' }, onDay({ type: 'integer', minimum: 1, maximum: 31 })),
      when({ const: 'yearly' }, onDay({ type: 'string', pattern: '^\\d{2}-\\d{2}$' })),
      when(
        { anyOf: [{ const: 'quarterly' }, { type: 'object' }] },
        { properties: { day: false }, required: ['anchor'] },
      ),
    ],
  };
}

/** A list of senders is short for their names: `z.preprocess` shows only what it comes to. */
function withListOfSenders(mailbox: Schema): Schema {
  const { senders } = mailbox.properties ?? {};
  const names = typeof senders === 'object' ? senders.properties?.['names'] : undefined;
  if (typeof senders !== 'object' || typeof names !== 'object') {
    throw new Error('expected a mailbox to have senders with names');
  }
  return {
    ...mailbox,
    properties: { ...mailbox.properties, senders: { anyOf: [names, senders] } },
    // Either of the two, and not both.
    oneOf: [{ required: ['password'] }, { required: ['oauth2'] }],
  };
}
