import type { AccountConfig } from './schema.ts';

/** Accounts that ask the same party, which limits them together: the provider, or the host where the file names it. */
export function vendorOf(account: AccountConfig): string {
  const { options } = account;
  const url = typeof options === 'object' && options !== null && 'url' in options ? options.url : undefined;
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : account.provider;
}
