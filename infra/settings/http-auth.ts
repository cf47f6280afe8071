import * as z from 'zod';
import { credentialsProblem, httpCredentials } from './receivers.ts';

/** How a server that the stack does not run is asked. Secret. */

export type HttpAuth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

export const httpAuth = z.strictObject(httpCredentials).transform((credentials, context): HttpAuth => {
  const { username, password, bearerToken } = credentials;
  const message = credentialsProblem(credentials);
  if (message === undefined && bearerToken !== undefined) return { kind: 'bearer', token: bearerToken };
  if (message === undefined && username !== undefined && password !== undefined)
    return { kind: 'basic', username, password };
  context.issues.push({
    code: 'custom',
    input: undefined,
    message: message ?? 'expected username and password, or bearerToken',
  });
  return z.NEVER;
});

/** The value of the header `Authorization`. */
export function authorizationOf(auth: HttpAuth): string {
  return auth.kind === 'bearer'
    ? `Bearer ${auth.token}`
    : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}
