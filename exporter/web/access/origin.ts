import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an IP address is of this machine. IPv4 addresses also count in their form within IPv6. */
export function isLoopback(address: string | undefined): boolean {
  // Not by Node's `isIPv6`: its first use takes 5 ms of a start, to make its expression (Node 24). What is no address is not in the list.
  return address !== undefined && loopback.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}

/** The host of a `Host` header in lower case, without port and brackets. */
export function hostOf(header: string | undefined): string | undefined {
  const url = URL.parse(`http://${header ?? ''}`);
  return url?.hostname.replace(/^\[(.*)\]$/, '$1');
}

/**
 * Whether a page of another site has a browser send this request. Browsers name the site in `Origin` for every request but
 * GET and HEAD, and in `Sec-Fetch-Site` where the connection is secure or to loopback; other programs send neither.
 */
export function isCrossSite({ headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  if (origin !== undefined && URL.parse(origin)?.host !== host) return true;
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/**
 * Whether a `Host` header cannot be that of a page whose name an attacker points to this server (DNS rebinding): an IP
 * address, `localhost`, a name without dots as container networks have, or a name that the user allows.
 */
export function isOwnHost(header: string | undefined, allowedHosts: readonly string[]): boolean {
  const host = hostOf(header);
  if (host === undefined || host === '') return false;
  return isIP(host) !== 0 || !host.includes('.') || allowedHosts.includes(host);
}

export const crossSiteRefused = 'cross-site request refused';

/** Why a request that other machines may make is refused, be it a page's or by a name of somebody else's; undefined where it is not. */
export function foreignRequest(
  request: IncomingMessage,
  allowedHosts: readonly string[],
): string | undefined {
  if (isCrossSite(request)) return crossSiteRefused;
  return isOwnHost(request.headers.host, allowedHosts)
    ? undefined
    : 'unexpected Host header: use an IP address, or allow the name with --web.allowed-host';
}
