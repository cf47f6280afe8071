import * as z from 'zod';
import { basicAuthorization } from '../../config/basic-auth.ts';
import { redactFetched } from '../../config/redact.ts';
import { revealed, Secret } from '../../config/secret.ts';
import { CheckError } from '../../readings/check-error.ts';
import type { HttpClient, HttpRequest } from '../http.ts';
import { search } from './expression.ts';
import type { RequestOptions } from './schema.ts';

/** What a request is built from besides its options. */
export interface RequestContext {
  /** Puts dates in. */
  readonly fill: (text: string, encode?: (text: string) => string) => string;
  /** The answers before, by name; an empty object where there are none. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/**
 * The request as it is sent, secrets in the clear.
 * @throws CheckError `schema` where an answer before lacks what it needs
 */
export async function buildRequest(
  options: RequestOptions,
  context: RequestContext,
  http: HttpClient,
): Promise<HttpRequest & { readonly query: Readonly<Record<string, string>> }> {
  const authorization = await authorize(options.auth, http);
  const body =
    typeof options.body === 'string'
      ? context.fill(options.body)
      : options.body === undefined
        ? undefined
        : options.body instanceof Secret
          ? options.body.reveal()
          : objectBody(bodyWith(options.body, context), sendsForm(options.headers));
  const isJson = typeof options.body === 'object' && !(options.body instanceof Secret);
  return {
    method: options.method,
    url: address(options, context),
    query: { ...fields(options.query, context), ...authorization.query },
    headers: {
      ...(isJson ? { 'content-type': 'application/json' } : {}),
      ...headerFields(options.headers, context),
      ...authorization.headers,
    },
    ...(body === undefined ? {} : { body }),
    ...(options.expect_status === undefined ? {} : { expectStatus: options.expect_status }),
    ...(options.status_reasons === undefined ? {} : { reasons: options.status_reasons }),
    ...(options.read_only === undefined ? {} : { readOnly: options.read_only }),
    ...(options.wait_header === undefined ? {} : { waitHeader: options.wait_header }),
  };
}

/** Whether the headers say that the body is a form, rather than JSON. */
function sendsForm(headers: RequestOptions['headers']): boolean {
  return Object.entries(headers).some(
    ([name, value]) =>
      name.toLowerCase() === 'content-type' &&
      typeof value === 'string' &&
      value.toLowerCase().startsWith('application/x-www-form-urlencoded'),
  );
}

function objectBody(body: unknown, isForm: boolean): string {
  if (!isForm || typeof body !== 'object' || body === null) return JSON.stringify(body);
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return form.toString();
}

function address({ url = '', path = {} }: RequestOptions, context: RequestContext): string {
  const parts = fields(path, context);
  const filled = url.replace(/\{([a-z0-9_]+)\}/g, (whole, name: string) =>
    Object.hasOwn(parts, name) ? encodeURIComponent(parts[name] ?? '') : whole,
  );
  return context.fill(filled, encodeURIComponent);
}

function fields(
  values: Readonly<Record<string, string | Secret | { readonly expr: string }>>,
  context: RequestContext,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value === 'string') return [name, context.fill(value)];
      if (value instanceof Secret) return [name, value.reveal()];
      const found = fromAnswers(value.expr, context);
      maskAnswer(name, found);
      return [name, String(found)];
    }),
  );
}

/** What an answer before gives for a header is what signs in: a token of a login. */
function headerFields(values: RequestOptions['headers'], context: RequestContext): Record<string, string> {
  const filled = fields(values, context);
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' || value instanceof Secret) continue;
    // Without the scheme before it, as in `Bearer TOKEN`: a vendor may echo the token alone.
    maskAnswer(`the header ${name}`, (filled[name] ?? '').trim().split(/\s+/).at(-1));
  }
  return filled;
}

/**
 * A text that an answer gave for the next request may be what signs in, wherever it stands: a vendor that echoes it must
 * not bring it into a message. Numbers are counts and ids.
 */
function maskAnswer(place: string, value: unknown): void {
  if (typeof value === 'string') redactFetched(`answer for ${place}`, value.trim());
}

function fromAnswers(expression: string, { answers }: RequestContext): string | number | boolean {
  const found = search(answers, expression);
  if (typeof found === 'boolean' || typeof found === 'number') return found;
  if (typeof found === 'string' && found.trim() !== '') return found;
  throw new CheckError('schema', `${expression}: expected a text or a number for the next request`);
}

/** A body with its secrets in the clear and its dates put in. */
function bodyWith(value: unknown, context: RequestContext): unknown {
  if (typeof value === 'string') return context.fill(value);
  if (value instanceof Secret) return value.reveal();
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: unknown) => bodyWith(item, context));
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  const [first] = entries;
  if (Object.keys(context.answers).length > 0 && entries.length === 1 && first?.[0] === 'expr') {
    const found = fromAnswers(String(first[1]), context);
    maskAnswer(String(first[1]), found);
    return found;
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, bodyWith(item, context)]));
}

interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

const tokenSchema = z.looseObject({ access_token: z.string().min(1) });

async function authorize(auth: RequestOptions['auth'], http: HttpClient): Promise<Authorization> {
  switch (auth?.type) {
    case undefined:
    // Made of the whole request, when it is sent.
    case 'signature':
      return { headers: {}, query: {} };
    case 'bearer':
      return { headers: { authorization: `Bearer ${auth.token.reveal()}` }, query: {} };
    case 'header':
      return { headers: { [auth.name]: `${auth.prefix}${auth.value.reveal()}` }, query: {} };
    case 'query':
      return { headers: {}, query: { [auth.name]: auth.value.reveal() } };
    case 'basic':
      return {
        headers: { authorization: basicAuthorization(revealed(auth.user), auth.password.reveal()) },
        query: {},
      };
    case 'oauth2_client_credentials': {
      const form = new URLSearchParams({ grant_type: 'client_credentials' });
      if (auth.scope !== undefined) form.set('scope', auth.scope);
      const { access_token: token } = await http.json(
        {
          method: 'POST',
          url: auth.token_url,
          headers: {
            authorization: basicAuthorization(revealed(auth.client_id), auth.client_secret.reveal()),
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: form.toString(),
        },
        tokenSchema,
      );
      redactFetched(`token by ${auth.client_secret.name}`, token);
      return { headers: { authorization: `Bearer ${token}` }, query: {} };
    }
  }
}
