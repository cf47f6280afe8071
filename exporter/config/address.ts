/** Whether a text is a URL of the web, which browsers open and HTTP clients ask. */
export function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

export const webUrlExpected = 'expected an http or https URL';

/** What is asked of an address that keys may be sent to. */
export const httpsExpected =
  'expected https where credentials are sent; allow_http: true permits http on a trusted network';

/**
 * Whether keys may be sent to an address: over https, to this machine, or where the account file permits more. The URL is
 * judged as it is parsed: `HTTP://` is no other scheme than `http://`, and `127.1` is `127.0.0.1`.
 */
export function mayCarryKeys(address: string, allowHttp: boolean): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && (allowHttp || isLoopback(hostname)));
}

/** Of a URL's host: IPv6 in brackets, IPv4 in four parts. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** Not by a pattern: one that ends with `$` tries at each slash of a text. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
