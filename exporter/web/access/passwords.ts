import { createHash } from 'node:crypto';
import { createBcrypt } from './bcrypt.ts';

/** Verdicts to remember: a scraper asks with the same password each time, and bcrypt is slow on purpose. */
const cacheSize = 100;

/** Comparisons that may wait. Each takes up to a second of the one processor, so that more would never end. */
const maximumWaiting = 100;

/** `busy`: too many are being checked already. */
export type Verdict = 'allowed' | 'refused' | 'busy';

export type PasswordCheck = (
  users: ReadonlyMap<string, string>,
  user: string,
  password: string,
) => Promise<Verdict>;

/**
 * Checks passwords against bcrypt hashes, one at a time. An unknown user takes as long as a known one: the password is
 * held against the slowest hash, and refused.
 */
export function createPasswordCheck(
  compare: (password: string, hash: string) => Promise<boolean> = createBcrypt(),
): PasswordCheck {
  const verdicts = new Map<string, Promise<boolean>>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (users, user, password) => {
    const known = users.get(user);
    const hash = known ?? slowest([...users.values()]);
    if (hash === undefined) return 'refused';
    const key = createHash('sha256')
      .update(JSON.stringify([known !== undefined, hash, password]))
      .digest('base64');
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      if (waiting >= maximumWaiting) return 'busy';
      waiting += 1;
      verdict = last.then(async () => (await compare(password, hash)) && known !== undefined);
      last = verdict
        .catch(() => undefined)
        .finally(() => {
          waiting -= 1;
        });
      verdicts.set(key, verdict);
      const [oldest] = verdicts.keys();
      if (verdicts.size > cacheSize && oldest !== undefined) verdicts.delete(oldest);
    }
    return (await verdict) ? 'allowed' : 'refused';
  };
}

/** The hash of the highest cost, which is in its fourth and fifth character. */
function slowest(hashes: readonly string[]): string | undefined {
  return hashes.toSorted((a, b) => b.slice(4, 6).localeCompare(a.slice(4, 6)))[0];
}
