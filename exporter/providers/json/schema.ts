import jmespath from 'jmespath';
import { z } from 'zod';
import { secretSchema } from '../../config/secret.ts';
import { messageOf } from '../../errors.ts';
import { readingTypes } from '../../readings/reading.ts';

/** A JMESPath expression, checked when the account file is loaded. */
const expressionSchema = z.string().superRefine((text, context) => {
  try {
    // The package compiles on each search; compiling here only finds the mistakes early.
    jmespath.search({}, text);
  } catch (error) {
    const message = messageOf(error);
    // Functions complain of the empty document's types, which says nothing of the real one's.
    if (message.startsWith('TypeError:')) return;
    // A plain TypeError is the package's way to stumble over an expression that its parser let pass, such as `a..b`.
    const reason = error instanceof TypeError ? 'it is not complete' : message;
    context.addIssue({ code: 'custom', message: `expected a JMESPath expression: ${reason}` });
  }
});

const regexSchema = z.string().superRefine((text, context) => {
  try {
    if (new RegExp(`${text}|`).exec('')?.length === 1) {
      context.addIssue({
        code: 'custom',
        message: 'expected a regular expression with one group around the number',
      });
    }
  } catch {
    context.addIssue({ code: 'custom', message: 'expected a regular expression' });
  }
});

const unitSchema = z.union([z.string().min(1), z.strictObject({ expr: expressionSchema })], {
  error: 'expected a unit such as USD, or { expr: ... } where the answer names it',
});

const authSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer'), token: secretSchema }),
  z.strictObject({
    type: z.literal('header'),
    name: z.string().regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header'),
    value: secretSchema,
    prefix: z.string().default(''),
  }),
  z.strictObject({ type: z.literal('query'), name: z.string().min(1), value: secretSchema }),
  z.strictObject({
    type: z.literal('basic'),
    user: z.union([z.string().min(1), secretSchema]),
    password: secretSchema,
  }),
  z.strictObject({
    type: z.literal('oauth2_client_credentials'),
    token_url: z.url({ protocol: /^https$/, error: 'expected an https URL' }),
    client_id: z.union([z.string().min(1), secretSchema]),
    client_secret: secretSchema,
    scope: z.string().min(1).optional(),
  }),
]);

const amount = {
  expr: expressionSchema,
  /** A second operand, for answers that give what was bought and what was used. */
  subtract: expressionSchema.optional(),
  /** Multiplies the result; 0.01 for cents, negative where the vendor's sign is the other way round. */
  scale: z.number().default(1),
  /** Takes the number out of a sentence, by its first group. */
  regex: regexSchema.optional(),
  unit: unitSchema,
  /** `sum` adds the items of one unit; without it two items of one unit are a failure. */
  reduce: z.literal('sum').optional(),
  /** The value may be missing; the check then fails only if no value at all is left. */
  optional: z.boolean().default(false),
};

const balanceValueSchema = z.strictObject({
  type: z.enum(readingTypes),
  ...amount,
  window: z.string().min(1).optional(),
  limit: expressionSchema.optional(),
  /** Seconds or milliseconds since the epoch, or an ISO date. */
  reset_at: expressionSchema.optional(),
});

const spendValueSchema = z.strictObject({
  type: z.literal('spend'),
  ...amount,
  /** Calendar month in UTC. */
  period: z.literal('month').default('month'),
});

export const jsonOptionsSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
      .refine((url) => !URL.canParse(url) || new URL(url).username === '', {
        error: 'expected a URL without user name: use auth',
      })
      .refine((url) => !URL.canParse(url) || new URL(url).search === '', {
        error: 'expected a URL without a query: use query',
      }),
    method: z.enum(['GET', 'POST']).default('GET'),
    query: z.record(z.string(), z.string()).default({}),
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header'), z.string())
      .default({}),
    auth: authSchema.optional(),
    body: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    expect_status: z.array(z.int().min(100).max(599)).min(1).optional(),
    /** Allows credentials over plain http, for a gateway on a network that is trusted. */
    allow_http: z.boolean().default(false),
    /** What must hold before any value is read: many vendors answer 200 with an error inside. */
    check: z
      .strictObject({
        expr: expressionSchema,
        equals: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
        /** Where the vendor's error text stands. */
        message: expressionSchema.optional(),
      })
      .optional(),
    /** The list that the values are read from; the whole answer unless given. */
    items: expressionSchema.optional(),
    values: z.array(z.discriminatedUnion('type', [balanceValueSchema, spendValueSchema])).min(1),
    pagination: z
      .strictObject({
        /** Where the answer has the next page's token or number. */
        next: expressionSchema,
        /** The query parameter that carries it. */
        param: z.string().min(1),
        max_pages: z.int().min(2).max(50).default(10),
      })
      .optional(),
  })
  .superRefine((options, context) => {
    if (options.auth !== undefined && options.url.startsWith('http:') && !options.allow_http) {
      context.addIssue({
        code: 'custom',
        path: ['url'],
        message:
          'expected https where credentials are sent; allow_http: true permits http on a trusted network',
      });
    }
  });

export type JsonOptions = z.output<typeof jsonOptionsSchema>;
export type JsonValue = JsonOptions['values'][number];
