import * as z from 'zod';
import { httpsExpected } from '../../config/address.ts';
import { durationSchema } from '../../config/duration.ts';
import { timezoneSchema, webUrlSchema } from '../../config/fields.ts';
import { Secret, secretSchema } from '../../config/secret.ts';
import { failureReasons } from '../../readings/check-error.ts';
import { schemeNames, schemesWithService } from '../signing/names.ts';
import { equalsSchema, expressionSchema } from './expression-schema.ts';
import { holdsSecret, looksLikeSecret, maskText, maskTexts, textsWithin } from './literal-secrets.ts';
import { placeholderFault, placeholderNames } from './placeholders.ts';
import { valueSchema } from './value-schema.ts';

const headerNameSchema = z.string().regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header');

/** A text with placeholders, a secret, or what an earlier answer has. */
const fieldSchema = z.union([z.string(), z.instanceof(Secret), z.strictObject({ expr: expressionSchema })], {
  error: 'expected a text, { secret: NAME }, or { expr: ... } on the answers before',
});

const authSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer'), token: secretSchema }),
  z.strictObject({
    type: z.literal('header'),
    name: headerNameSchema,
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
    token_url: webUrlSchema,
    client_id: z.union([z.string().min(1), secretSchema]),
    client_secret: secretSchema,
    scope: z.string().min(1).optional(),
  }),
  z
    .strictObject({
      type: z.literal('signature'),
      /** Whose way of signing. */
      scheme: z.enum(schemeNames),
      access_key_id: z.union([z.string().min(1), secretSchema]),
      access_key_secret: secretSchema,
      /** Of temporary credentials. */
      session_token: secretSchema.optional(),
      region: z.string().min(1).optional(),
      service: z.string().min(1).optional(),
    })
    .refine(({ scheme, service }) => service !== undefined || !schemesWithService.includes(scheme), {
      path: ['service'],
      error: 'expected the product that the signature is for, such as billing',
    }),
]);

const urlSchema = webUrlSchema
  .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
    error: 'expected a URL without user name: use auth',
  })
  .refine((url) => !URL.canParse(url) || new URL(url).search === '', {
    error: 'expected a URL without a query: use query',
  });

const checkSchema = z.strictObject({
  expr: expressionSchema,
  equals: equalsSchema.optional(),
  /** Where the vendor's error text stands. */
  message: expressionSchema.optional(),
  /** Where the vendor's code stands, for `reasons`; what `expr` found unless given. */
  code: expressionSchema.optional(),
  /** Reasons of failure by the vendor's code; `business` for any other. */
  reasons: z.record(z.string(), z.enum(failureReasons)).optional(),
});

const request = {
  url: urlSchema,
  method: z.enum(['GET', 'POST']).default('GET'),
  query: z.record(z.string(), fieldSchema).default({}),
  headers: z.record(headerNameSchema, fieldSchema).default({}),
  /** What `{name}` in the address stands for, beside dates. */
  path: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), fieldSchema).optional(),
  auth: authSchema.optional(),
  /** A text, or an object that is sent as JSON, or as a form where `Content-Type` says so. */
  body: z.union([z.string(), z.instanceof(Secret), z.record(z.string(), z.unknown())]).optional(),
  expect_status: z.array(z.int().min(100).max(599)).min(1).optional(),
  /** What a status means, where it is not what it usually means. */
  status_reasons: z
    .record(z.string().regex(/^[1-5]\d\d$/, 'expected a status such as 402'), z.enum(failureReasons))
    .optional(),
  /** A POST that only reads, so that it may be tried again like a GET. */
  read_only: z.boolean().optional(),
  /** The header in which the vendor says how long to wait, beside `Retry-After`. */
  wait_header: headerNameSchema.optional(),
  /** What must hold before any value is read: many vendors answer 200 with an error inside. */
  check: checkSchema.optional(),
};

/** One of several requests, whose answers are read together under their names. */
const namedRequestSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected a name of small letters, digits and "_"'),
  ...request,
  /** The answer is used again for so long: a token that a new one would end. */
  keep: durationSchema.optional(),
});

export type NamedRequest = z.output<typeof namedRequestSchema>;
/** What `url` is where requests are listed: each has its own. */
export type RequestOptions = Omit<NamedRequest, 'name' | 'keep' | 'url'> & {
  readonly url?: string | undefined;
};

export const jsonOptionsSchema = z
  .strictObject({
    ...request,
    url: urlSchema.optional(),
    requests: z.array(namedRequestSchema).min(1).max(10).optional(),
    /** The zone of periods, of dates in the request, and of times that name none; UTC unless given. */
    timezone: timezoneSchema.optional(),
    /** Allows credentials over plain http, for a gateway on a network that is trusted. */
    allow_http: z.boolean().default(false),
    /** Allows texts in headers, query and body that look like keys. */
    allow_literal: z.boolean().optional(),
    /** The list that the values are read from; the whole answer unless given. */
    items: expressionSchema.optional(),
    values: z.array(valueSchema).min(1),
    /** Where the answer says when its figures are from, as `readTime` takes it. */
    as_of: expressionSchema.optional(),
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
    const fault = (path: readonly (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path: [...path], message });
    };
    if ((options.url === undefined) === (options.requests === undefined)) {
      fault(['url'], 'expected either url or requests, each with its own url');
    }
    if (options.requests !== undefined && options.pagination !== undefined) {
      fault(['pagination'], 'pagination requires a single request');
    }
    const { requests, ...single } = options;
    for (const part of requests === undefined
      ? []
      : (['query', 'headers', 'path', 'auth', 'body'] as const)) {
      if (Object.keys(options[part] ?? {}).length > 0)
        fault([part], 'expected this inside one of the requests');
    }
    const all: readonly (readonly [readonly (string | number)[], object])[] = [
      [[], single],
      ...(requests ?? []).map((one, index): [(string | number)[], object] => [['requests', index], one]),
    ];
    for (const [base, one] of all) {
      const named = new Set<string>();
      for (const part of ['headers', 'query', 'body', 'path'] as const) {
        const slips = new Set<string>();
        for (const { path, name, text } of textsWithin(Reflect.get(one, part), [part], part)) {
          const slip = placeholderFault(text);
          if (slip !== undefined && !slips.has(path.join('.'))) {
            slips.add(path.join('.'));
            fault([...base, ...path], slip);
          }
          if (part === 'path') continue;
          if (options.allow_literal !== true && looksLikeSecret(name, text) && !named.has(path.join('.'))) {
            named.add(path.join('.'));
            fault(
              [...base, ...path],
              'expected { secret: NAME } for what looks like a key; allow_literal: true permits a literal',
            );
          }
        }
      }
      const url: unknown = Reflect.get(one, 'url') ?? options.url;
      if (typeof url !== 'string') continue;
      const known = new Set([...placeholderNames, ...Object.keys(pathOf(one))]);
      const unknown = [...url.matchAll(/\{([^{}/]*)\}/g)].find(([, name]) => !known.has(name ?? ''));
      if (unknown !== undefined) fault([...base, 'url'], `expected a value for ${unknown[0]} under path`);
      const carries = holdsSecret(one) || options.auth !== undefined || options.allow_literal === true;
      const token = tokenUrlOf(one);
      if (token !== undefined && new URL(token).protocol === 'http:' && !options.allow_http) {
        fault([...base, 'auth', 'token_url'], 'expected https where credentials are sent');
      }
      if (carries && URL.canParse(url) && new URL(url).protocol === 'http:' && !options.allow_http) {
        fault([...base, 'url'], httpsExpected);
      }
    }
    const names = (requests ?? []).map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index) fault(['requests', index, 'name'], 'expected a unique name');
    }
  })
  .transform((options) => {
    if (options.allow_literal !== true) return options;
    const { requests } = options;
    return {
      ...options,
      ...withoutLiterals(options),
      ...(requests === undefined
        ? {}
        : { requests: requests.map((one) => ({ ...one, ...withoutLiterals(one) })) }),
    };
  });

/** The parts of a request that may have keys written out, with these as secrets: no page and no message shows them. */
function withoutLiterals({ headers, query, body }: RequestOptions) {
  return {
    headers: maskFields(headers),
    query: maskFields(query),
    ...(body === undefined ? {} : { body: maskBody(body) }),
  };
}

type Field = z.output<typeof fieldSchema>;

function maskFields(fields: Readonly<Record<string, Field>>): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      typeof field === 'string' ? maskText(name, field) : field,
    ]),
  );
}

function maskBody(body: NonNullable<RequestOptions['body']>): NonNullable<RequestOptions['body']> {
  if (typeof body === 'string') return maskText('body', body);
  return body instanceof Secret ? body : maskTexts(body);
}

function tokenUrlOf(one: object): string | undefined {
  const auth: unknown = Reflect.get(one, 'auth');
  const url: unknown = typeof auth === 'object' && auth !== null ? Reflect.get(auth, 'token_url') : undefined;
  return typeof url === 'string' && URL.canParse(url) ? url : undefined;
}

function pathOf(one: object): object {
  const path: unknown = Reflect.get(one, 'path');
  return typeof path === 'object' && path !== null ? path : {};
}

export type JsonOptions = z.output<typeof jsonOptionsSchema>;
