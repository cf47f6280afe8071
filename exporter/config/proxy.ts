import { basicAuthorization } from './basic-auth.ts';

/** Where a proxy listens, and what it asks for. */
export interface ProxyAddress {
  readonly protocol: 'http:' | 'https:';
  /** A name or an address; one of IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Value of `Proxy-Authorization`; undefined where the URL has no user. */
  readonly authorization: string | undefined;
}

export const proxyExpected =
  'expected the http or https URL of a proxy, such as http://proxy.example:3128 (SOCKS is not supported)';

/**
 * Reads a proxy's URL. Nothing is guessed: `proxy.example:3128` and `socks5://...` are undefined, and so is whatever has
 * more than scheme, user, host and port.
 */
export function parseProxy(text: string): ProxyAddress | undefined {
  if (!/^https?:\/\/[^/\\]/i.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  if (pathname !== '/' || search !== '' || hash !== '') return undefined;
  const [user, secret] = [decode(username), decode(password)];
  return {
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    authorization: user === '' && secret === '' ? undefined : basicAuthorization(user, secret),
  };
}

/** Passwords are often pasted as they are: a percent sign that starts no escape stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
