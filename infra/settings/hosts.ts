import { isIP } from 'node:net';

/** Hosts and URLs, worked out from what was configured. */

/** Where the Docker engine listens, as the provider and the Docker CLI write it. */
export const defaultEngineHost = 'unix:///var/run/docker.sock';

/** The host part of an engine on another machine; undefined for one on this machine, or for what is no engine address. */
export function remoteHostOf(engineHost: string): string | undefined {
  if (!/^(ssh|tcp|https?):\/\//.test(engineHost) || !URL.canParse(engineHost)) return undefined;
  // A scheme that URL doesn't know as special keeps the brackets and the case of the host; the others normalise it.
  const host = new URL(engineHost).hostname;
  return host === '' || isLoopback(host) ? undefined : host;
}

/** Whether only this machine can reach it. Takes `[::1]` as well as `::1`. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** An address that can be called, for one that is listened on: "all interfaces" is reached through loopback. */
export function reachableAddress(bindAddress: string): string {
  if (bindAddress === '0.0.0.0') return '127.0.0.1';
  if (bindAddress === '::') return '::1';
  return bindAddress;
}

/** `http://host:port`, with brackets around an IPv6 address. */
export function httpUrl(host: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  return `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Without the slash at its end, so that a path can be put after it. */
export function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
