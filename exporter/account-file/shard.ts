import { createHash } from 'node:crypto';
import type { Config } from './schema.ts';

/** A part of the account file: one exporter of several that share the file. */
export interface Shard {
  /** From 1 up to `count`. */
  readonly number: number;
  readonly count: number;
}

const most = 100;

/** Reads `N/M`. @throws RangeError for what is none */
export function parseShard(text: string): Shard {
  const [, first, second] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const [number, count] = [Number(first), Number(second)];
  if (!(number >= 1 && number <= count && count <= most))
    throw new RangeError(`expected N/M with N from 1 to M and M up to ${most}, such as 1/3`);
  return { number, count };
}

/**
 * What one exporter of several looks after. Every entry is in exactly one shard, by its kind and its name only, so that the order of
 * the file and changes of an entry move nothing.
 */
export function configOfShard(config: Config, shard: Shard | undefined): Config {
  if (shard === undefined || shard.count === 1) return config;
  const isOurs =
    (kind: string) =>
    ({ name }: { readonly name: string }) =>
      shardOf(kind, name, shard.count) === shard.number;
  return {
    ...config,
    accounts: config.accounts.filter(isOurs('account')),
    subscriptions: config.subscriptions.filter(isOurs('subscription')),
    mailboxes: config.mailboxes.filter(isOurs('mailbox')),
  };
}

/**
 * The number of an entry's shard, from 1 to `count`, by jump consistent hash: where one shard is added, only one entry in `count` moves,
 * and only to the new one. What moves leaves its stored readings and mail cursors behind.
 * Source: J. Lamping, E. Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", arXiv:1406.2294.
 */
export function shardOf(kind: string, name: string, count: number): number {
  let key = createHash('sha256').update(`${kind}\0${name}`).digest().readBigUInt64BE(0);
  let bucket = 0;
  let next = 0;
  while (next < count) {
    bucket = next;
    key = BigInt.asUintN(64, key * 2_862_933_555_777_941_757n + 1n);
    next = Math.floor((bucket + 1) * (2 ** 31 / (Number(key >> 33n) + 1)));
  }
  return bucket + 1;
}
