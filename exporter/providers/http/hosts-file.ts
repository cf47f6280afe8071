import type { LookupAddress } from 'node:dns';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';

/** Addresses of a name in the machine's hosts file; an empty list where it has none. */
export type HostsFile = (name: string) => readonly LookupAddress[];

/** Reads the hosts file, and again when it changes. One that is not there has no names. */
export function createHostsFile(file: string): HostsFile {
  let stamp = '';
  let names: ReadonlyMap<string, readonly LookupAddress[]> = new Map();
  return (name) => {
    const now = stampOf(file);
    if (now !== stamp) {
      names = now === '' ? new Map() : parseHosts(readFileSync(file, 'utf8'));
      stamp = now;
    }
    return names.get(name) ?? [];
  };
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}

/** Lines of an address and its names, as hosts(5) has them. */
export function parseHosts(text: string): ReadonlyMap<string, readonly LookupAddress[]> {
  const names = new Map<string, LookupAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0) continue;
    for (const alias of aliases) {
      const name = alias.toLowerCase();
      const addresses = names.get(name) ?? [];
      if (!addresses.some((known) => known.address === address)) addresses.push({ address, family });
      names.set(name, addresses);
    }
  }
  return names;
}
