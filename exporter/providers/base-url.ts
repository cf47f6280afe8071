import * as z from 'zod';
import { httpsExpected, isWebUrl, mayCarryKeys, withoutTrailingSlashes } from '../config/address.ts';
import { webUrlSchema } from '../config/fields.ts';

/** The vendor's address, which private gateways and tests change: host and path, without a slash at its end. */
export function addressSchema() {
  return webUrlSchema
    .refine((text) => {
      if (!URL.canParse(text)) return true;
      const { search, hash, username, password } = new URL(text);
      return `${search}${hash}${username}${password}` === '';
    }, 'expected a URL without user name and query, such as https://api.example.com')
    .transform((text) => {
      const { origin, pathname } = new URL(text);
      return `${origin}${withoutTrailingSlashes(pathname)}`;
    });
}

/** The same, with what the vendor documents where none is given. */
export function baseUrlSchema(vendor: string) {
  return addressSchema().default(vendor);
}

/** Permits keys over plain http, for a gateway on a network that is trusted. */
export const allowHttpSchema = z.boolean().default(false);

/** For `superRefine` of a provider's options: what is under `key` is an address that keys may be sent to. */
export function keysOverHttps<Key extends string>(key: Key) {
  return (
    options: Readonly<Record<Key, string>> & { readonly allow_http: boolean },
    context: z.RefinementCtx,
  ): void => requireHttps(key, options[key], options.allow_http, context);
}

/** As `keysOverHttps`, for one address. What is no address of the web at all is reported by its own schema. */
export function requireHttps(
  key: string,
  address: string,
  allowHttp: boolean,
  context: z.RefinementCtx,
): void {
  if (!isWebUrl(address) || mayCarryKeys(address, allowHttp)) return;
  context.addIssue({ code: 'custom', path: [key], message: httpsExpected });
}
