import * as z from 'zod';
import type { HttpCredentials } from './receivers.ts';
import { credentialsProblem, httpCredentials } from './receivers.ts';

/** How a server that the stack does not run is asked. Secret. */

export type HttpAuth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

export const httpAuth = z.strictObject(httpCredentials).transform((credentials, context): HttpAuth => {
  const message = credentialsProblem(credentials);
  const auth = message === undefined ? authOf(credentials) : undefined;
  if (auth !== undefined) return auth;
  context.issues.push({
    code: 'custom',
    input: undefined,
    message: message ?? 'expected username and password, or bearerToken',
  });
  return z.NEVER;
});

/** Of credentials that have no problem; undefined where there are none. */
export function authOf({ username, password, bearerToken }: HttpCredentials): HttpAuth | undefined {
  if (bearerToken !== undefined) return { kind: 'bearer', token: bearerToken };
  return username === undefined || password === undefined ? undefined : { kind: 'basic', username, password };
}

/** The value of the header `Authorization`. */
export function authorizationOf(auth: HttpAuth): string {
  return auth.kind === 'bearer'
    ? `Bearer ${auth.token}`
    : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}
