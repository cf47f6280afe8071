import { z } from 'zod';

/** The vendor's address, which private gateways and tests change: host and path, without a slash at its end. */
export function baseUrlSchema(vendor: string) {
  return z
    .url({ protocol: /^https?$/, error: 'expected an https URL' })
    .refine((text) => {
      if (!URL.canParse(text)) return true;
      const { search, hash, username, password } = new URL(text);
      return `${search}${hash}${username}${password}` === '';
    }, 'expected an https URL without user name and query, such as https://api.example.com')
    .transform((text) => {
      const { origin, pathname } = new URL(text);
      return `${origin}${pathname.replace(/\/+$/, '')}`;
    })
    .default(vendor);
}

/** Permits keys over plain http, for a gateway on a network that is trusted. */
export const allowHttpSchema = z.boolean().default(false);

/**
 * Whether keys may be sent to an address: over https, to this machine, or where the account file permits more. The URL is
 * judged as it is parsed: `HTTP://` is no other scheme than `http://`.
 */
function mayCarryKeys(address: string, allowHttp: boolean): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || allowHttp || isLoopback(hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** For `superRefine` of a provider's options: what is under `key` is an address that keys may be sent to. */
export function keysOverHttps<Key extends string>(key: Key) {
  return (
    options: Readonly<Record<Key, string>> & { readonly allow_http: boolean },
    context: z.RefinementCtx,
  ): void => {
    if (mayCarryKeys(options[key], options.allow_http)) return;
    const message = 'expected https, where keys are sent; allow_http: true permits http on a trusted network';
    context.addIssue({ code: 'custom', path: [key], message });
  };
}
