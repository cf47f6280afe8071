/** Whether an address is one of a list of addresses and domains; a domain stands for all under it, too. */
function isListed(address: string, list: readonly string[]): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return list.some((entry) => {
    const wanted = entry.toLowerCase();
    if (wanted.includes('@')) return address === wanted;
    return domain === wanted || domain.endsWith(`.${wanted}`);
  });
}

/** A name that the account file gives to an address, or to a domain and all under it. */
export interface SenderName {
  /** An address (`billing@vendor.example`) or a domain (`@vendor.example`, `vendor.example`), in any case. */
  readonly match: string;
  readonly name: string;
}

/**
 * The name of a sender in the account file: that of the first entry that matches, undefined where none does.
 * `address` in lower case, without the display name, which anybody can write anything into.
 */
export function nameOfSender(address: string, names: readonly SenderName[] = []): string | undefined {
  return names.find(({ match }) => isListed(address, [match.replace(/^@/, '')]))?.name;
}

/** The names, each once, in the order of the account file. */
export function distinctNames(names: readonly SenderName[] = []): readonly string[] {
  return [...new Set(names.map(({ name }) => name))];
}

/** Whether mail of a sender is classified at all. `address` in lower case; empty where a mail names none. */
export function isAcceptedSender(
  address: string,
  { allow, mute }: { readonly allow: readonly string[]; readonly mute: readonly string[] },
): boolean {
  if (isListed(address, mute)) return false;
  return allow.length === 0 || isListed(address, allow);
}
