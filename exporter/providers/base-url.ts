import { z } from 'zod';

/**
 * The vendor's address, which only tests and private gateways change. Plain http is for this machine alone:
 * keys travel with every request.
 */
export function baseUrlSchema(vendor: string) {
  return z
    .url({ protocol: /^https?$/, error: 'expected an https URL' })
    .refine((text) => {
      if (!URL.canParse(text)) return true;
      const url = new URL(text);
      const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
      return (
        (url.protocol === 'https:' || isLoopback) &&
        url.pathname === '/' &&
        url.search === '' &&
        url.username === ''
      );
    }, 'expected an https URL of a host alone, such as https://api.example.com')
    .transform((text) => new URL(text).origin)
    .default(vendor);
}
