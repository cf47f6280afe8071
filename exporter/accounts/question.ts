import { createHash } from 'node:crypto';
import { compareTexts } from '../config/compare-texts.ts';
import type { AccountConfig } from './schema.ts';

type Asked = Pick<AccountConfig, 'provider' | 'options'>;

/**
 * What an account asks its vendor, as a short text: the provider and its options. Two accounts with the same question
 * are the same account, on a reload as after a restart: readings of one hold for the other, while threshold, interval
 * and the like may differ. Secrets count by name only, so a rotated key asks the same question, and nothing of its
 * value is stored, not even a hash.
 */
export function questionOf({ provider, options }: Asked): string {
  const isObject = typeof options === 'object' && options !== null;
  const known = isObject ? questions.get(options) : undefined;
  if (known?.provider === provider) return known.question;
  const question = shortHash(JSON.stringify([provider, options], inOneOrder));
  if (isObject) questions.set(options, { provider, question });
  return question;
}

/** Options are never changed in place, and each check asks for the question of its account. */
const questions = new WeakMap<object, { readonly provider: string; readonly question: string }>();

/** Whether a stored question is an account's; also one that was stored with its keys in the order of the file. */
export function asks({ provider, options }: Asked, question: string): boolean {
  return (
    question === questionOf({ provider, options }) ||
    question === shortHash(JSON.stringify([provider, options]))
  );
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Keys in one order: sorting the headers in the account file does not change the request. */
function inOneOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareTexts(a, b)));
}
