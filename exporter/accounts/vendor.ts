import type { AccountConfig } from './schema.ts';

/** Options that name the address of an account's vendor or gateway. */
const addressKeys = ['url', 'base_url', 'endpoint'];

/**
 * Accounts that ask the same party, which limits them together: that is the host. Accounts of one provider at different
 * gateways have nothing to do with each other. The provider's name where no address is known.
 */
export function vendorOf({ provider, options }: AccountConfig): string {
  return addressIn(options) ?? provider;
}

function addressIn(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null) return undefined;
  for (const key of addressKeys) {
    const url = optionIn(options, key);
    if (typeof url === 'string' && URL.canParse(url)) return new URL(url).origin;
  }
  // Several requests of one account: the first is as good as any.
  const requests = optionIn(options, 'requests');
  return Array.isArray(requests) ? addressIn(requests[0]) : undefined;
}

function optionIn(options: object, key: string): unknown {
  return Object.hasOwn(options, key) ? Reflect.get(options, key) : undefined;
}
