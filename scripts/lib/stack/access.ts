import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { webUser } from '../../../infra/render/tls/client.ts';
import type { HttpAuth } from '../../../infra/settings/http-auth.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import type { Pulumi } from '../pulumi/client.ts';
import type { StackState } from '../pulumi/state.ts';

/** How the scripts ask what a stack with `tls: true` runs: its own authority, and the password of people. */

/** Has `fetch` trust an authority for the rest of this process, beside the ones that it trusts already. */
function trust(authority: string): void {
  const trusted = getCACertificates('default');
  if (!trusted.includes(authority)) setDefaultCACertificates([...trusted, authority]);
}

/** Before anything is changed: what runs has the authority that the state names, if any. */
export function trustState({ outputs }: StackState): void {
  const { caCertificate } = outputs;
  if (typeof caCertificate === 'string') trust(caCertificate);
}

/** @returns the credentials of what the stack runs; undefined where none are needed. They are for headers, never for output. */
export async function stackAuth(
  { pulumi, stack }: { readonly pulumi: Pick<Pulumi, 'secretOutput'>; readonly stack: string },
  { tls }: Pick<Settings, 'tls'>,
): Promise<HttpAuth | undefined> {
  if (tls === undefined) return undefined;
  const [authority, password] = await Promise.all([
    pulumi.secretOutput(stack, 'caCertificate'),
    pulumi.secretOutput(stack, 'webPassword'),
  ]);
  trust(`${authority}\n`);
  return { kind: 'basic', username: webUser, password };
}
