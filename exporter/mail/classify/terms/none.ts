import type { TopicPhrases } from './topic.ts';

/** A topic's phrases where a list names only some kinds of them. */
export function phrasesOf(some: Partial<TopicPhrases>): TopicPhrases {
  return { says: [], money: [], headline: [], hook: [], mention: [], ...some };
}
