import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { codeOf } from '../../errors.ts';
import type { HostsFile } from './hosts-file.ts';
import { createHostsFile } from './hosts-file.ts';

/**
 * Names to addresses without the runtime's `getaddrinfo`: that one runs in a pool of four threads of which names
 * get two,
 * so that two names whose DNS servers do not answer hold up every other look-up for half a minute. Here each name
 * is asked
 * for by itself, over sockets, and ends by a limit of its own.
 *
 * The order is that of most systems: hosts file, then DNS. What DNS does not know goes to `getaddrinfo` after all,
 * for it
 * also knows search domains and other sources; a name whose servers are silent never gets there.
 */
export interface NameLookup {
  /** For `net.connect` and what builds on it. */
  readonly lookup: LookupFunction;
  /** The caller stops waiting; the lookup is cancelled when the last caller does. */
  readonly abandon: (name: string) => void;
}

export interface NameLookupOptions {
  readonly hostsFile?: HostsFile;
  /** Addresses of DNS servers, with a port where it is another than 53; the system's unless given. */
  readonly servers?: readonly string[];
  /** What is asked for the names that DNS does not know. */
  readonly system?: (name: string) => Promise<readonly LookupAddress[]>;
  /** All of one look-up. */
  readonly timeoutMs?: number;
}

/** Answers are kept as long as their DNS record allows, within these bounds. */
const shortestKeptSeconds = 1;
const longestKeptSeconds = 60;
const mostKept = 10_000;

/** With one kind of address there, this is how long the other kind is waited for. */
const otherFamilyMs = 300;

/** Where names come from more sources than DNS and a file, only the system knows them. */
const systemOnly = process.platform !== 'linux';

interface Pending {
  readonly answer: Promise<readonly LookupAddress[]>;
  readonly cancel: () => void;
  waiting: number;
}

export function createNameLookup(options: NameLookupOptions = {}): NameLookup {
  const hosts = options.hostsFile ?? createHostsFile('/etc/hosts');
  const system = options.system ?? askSystem;
  const pending = new Map<string, Pending>();
  const kept = new Map<string, { readonly addresses: readonly LookupAddress[]; readonly untilMs: number }>();

  function resolve(name: string): Pending | readonly LookupAddress[] {
    const local = hosts(name);
    if (local.length > 0) return local;
    if (/(^|\.)localhost$/.test(name)) return loopback;
    const known = kept.get(name);
    if (known !== undefined && known.untilMs > performance.now()) return known.addresses;
    kept.delete(name);
    const before = pending.get(name);
    if (before !== undefined) {
      before.waiting += 1;
      return before;
    }
    const begun = begin(name);
    pending.set(name, begun);
    const end = (): void => void pending.delete(name);
    begun.answer.then(end, end);
    return begun;
  }

  function begin(name: string): Pending {
    // Names below `local` are multicast's (RFC 6762), which DNS servers are not asked for.
    if (systemOnly || /\.local\.?$/.test(name)) {
      return { answer: system(name), cancel: () => undefined, waiting: 1 };
    }
    const resolver = new Resolver({ timeout: 1500, tries: 3 });
    if (options.servers !== undefined) resolver.setServers(options.servers);
    const limit = setTimeout(() => resolver.cancel(), options.timeoutMs ?? 4800);
    const answer = askDns(resolver, name)
      .then(({ addresses, ttl }) => {
        const seconds = Math.min(Math.max(ttl, shortestKeptSeconds), longestKeptSeconds);
        if (kept.size >= mostKept) kept.clear();
        kept.set(name, { addresses, untilMs: performance.now() + seconds * 1000 });
        return addresses;
      })
      .catch((error: unknown) => {
        if (error instanceof SilentDns) throw error;
        return system(name);
      })
      .finally(() => clearTimeout(limit));
    return { answer, cancel: () => resolver.cancel(), waiting: 1 };
  }

  return {
    lookup(hostname, { all, family }, callback) {
      const tell = (found: readonly LookupAddress[]): void => {
        const wanted = found.filter((one) => !isFamily(family) || one.family === Number(family));
        const [first] = wanted;
        if (first === undefined) callback(new NoAddress(hostname), '', 0);
        else if (all === true) callback(null, [...wanted]);
        else callback(null, first.address, first.family);
      };
      const found = resolve(hostname.toLowerCase());
      if (!('answer' in found)) process.nextTick(tell, found);
      else found.answer.then(tell, (error) => callback(asErrno(error, hostname), '', 0));
    },
    abandon(hostname) {
      const one = pending.get(hostname.toLowerCase());
      if (one === undefined) return;
      one.waiting -= 1;
      if (one.waiting <= 0) one.cancel();
    },
  };
}

let shared: NameLookup | undefined;

/** The one of the program: names of vendors, proxies and mail servers are asked for once for all who want them. */
export function sharedNames(): NameLookup {
  shared ??= createNameLookup();
  return shared;
}

const loopback: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

class NoAddress extends Error {
  readonly code = 'ENOTFOUND';

  constructor(hostname: string) {
    super(`no address of ${hostname}`);
  }
}

/** No DNS server answered, so there is nothing that another way could say sooner. */
class SilentDns extends Error {
  readonly code = 'ETIMEOUT';
}

function isFamily(family: unknown): family is 4 | 6 | 'IPv4' | 'IPv6' {
  return family === 4 || family === 6;
}

function asErrno(error: unknown, hostname: string): NodeJS.ErrnoException {
  return error instanceof Error ? error : new NoAddress(hostname);
}

interface DnsAnswer {
  readonly addresses: readonly LookupAddress[];
  /** Seconds. */
  readonly ttl: number;
}

/**
 * Both kinds of addresses at once. A server that leaves one kind unanswered, as some do with AAAA, does not hold up
 * the other.
 */
async function askDns(resolver: Resolver, name: string): Promise<DnsAnswer> {
  const four = resolver.resolve4(name, { ttl: true }).then((records) => answerOf(records, 4));
  const six = resolver.resolve6(name, { ttl: true }).then((records) => answerOf(records, 6));
  const both = Promise.allSettled([four, six]);
  const settledFirst = new AbortController();
  const first = await Promise.any([four, six]).catch(() => undefined);
  if (first !== undefined) {
    const waited = new Promise<undefined>((done) => {
      const timer = setTimeout(() => done(undefined), otherFamilyMs);
      settledFirst.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    const settled = await Promise.race([both, waited]);
    settledFirst.abort();
    if (settled === undefined) {
      resolver.cancel();
      return first;
    }
  }
  const results = await both;
  const found = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (found.length === 0) {
    const codes = results.map((result) => (result.status === 'rejected' ? codeOf(result.reason) : undefined));
    const isSilent = codes.some((code) => code === 'ETIMEOUT' || code === 'ECANCELLED');
    throw isSilent ? new SilentDns(`no DNS server answered for ${name}`) : new NoAddress(name);
  }
  return {
    addresses: found.flatMap(({ addresses }) => addresses),
    ttl: Math.min(...found.map(({ ttl }) => ttl)),
  };
}

function answerOf(
  records: readonly { readonly address: string; readonly ttl: number }[],
  family: 4 | 6,
): DnsAnswer {
  return {
    addresses: records.map(({ address }) => ({ address, family })),
    ttl: Math.min(...records.map(({ ttl }) => ttl)),
  };
}

function askSystem(name: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(name, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });
}
