/** Whether an address is one of a list of addresses and domains; a domain stands for all under it, too. */
function isListed(address: string, list: readonly string[]): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return list.some((entry) => {
    const wanted = entry.toLowerCase();
    if (wanted.includes('@')) return address === wanted;
    return domain === wanted || domain.endsWith(`.${wanted}`);
  });
}

/** Whether mail of a sender is classified at all. `address` in lower case; empty where a mail names none. */
export function isAcceptedSender(
  address: string,
  { allow, mute }: { readonly allow: readonly string[]; readonly mute: readonly string[] },
): boolean {
  if (isListed(address, mute)) return false;
  return allow.length === 0 || isListed(address, allow);
}
