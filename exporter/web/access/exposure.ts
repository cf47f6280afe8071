import { isIP } from 'node:net';
import type { ListenAddress } from '../listen.ts';
import { formatAddress } from '../listen.ts';
import type { WebConfig } from './load.ts';
import { isLoopback } from './origin.ts';

/** Whether a client has to prove who it is, by a password or by a certificate of a known authority. */
export function requiresAuthentication({ users, tls }: WebConfig): boolean {
  return users.size > 0 || tls?.clientAuth === 'RequireAndVerifyClientCert';
}

function isLocal({ host }: ListenAddress): boolean {
  return host === 'localhost' || (host !== undefined && isIP(host) !== 0 && isLoopback(host));
}

/** Why these addresses must not be served without authentication; undefined where they may. */
export function exposureError(
  config: WebConfig,
  addresses: readonly ListenAddress[],
  allowUnauthenticated: boolean,
): string | undefined {
  if (allowUnauthenticated || requiresAuthentication(config)) return undefined;
  const open = addresses.filter((address) => !isLocal(address)).map(formatAddress);
  return open.length === 0
    ? undefined
    : `other machines can reach ${open.join(' and ')}, and no password is required: set users or RequireAndVerifyClientCert in --web.config.file, or add --web.allow-unauthenticated if something else protects the port`;
}
