import type { MailTopic } from '../topics.ts';
import { mailTopics } from '../topics.ts';
import { hasMatch, matchesOf, phraseIndexOf } from './phrase-index.ts';
import { unlike } from './terms/context.ts';

/** Where a term matched, in a sentence. */
export interface Place {
  /** The clause up to the end of the match. */
  readonly clause: string;
  readonly matched: string;
  /** What follows the match in the sentence. */
  readonly after: string;
}

type Things = ReturnType<typeof phraseIndexOf>;

const others = new Map(mailTopics.map((topic) => [topic, phraseIndexOf(unlike[topic])]));

/**
 * Topics whose words are said of a thing, so that it matters which thing: "your backup plan has expired" is about
 * a plan, "the link to your plan has expired" about a link.
 */
const things = new Map<MailTopic, Things>([
  ['expiry', phraseIndexOf(['{lasting}', '{有期}'])],
  ['arrears', phraseIndexOf(['{debt}', '{invoice}', '/费|款|账|贷/'])],
]);

const preposition = /\b(for|to|of|on|in|from|at|with|by|about)\b/;

/** How far behind a match the thing may be named: "expired yoghurt". */
const reach = 25;

interface Span {
  readonly start: number;
  readonly end: number;
}

function lastIn(things: Things | undefined, text: string): Span | undefined {
  let last: Span | undefined;
  for (const { phrase } of things?.candidates(text) ?? []) {
    for (const match of matchesOf(phrase.pattern, text)) {
      const span = { start: match.index, end: match.index + match.text.length };
      if (span.end > span.start && (last === undefined || span.end >= last.end)) last = span;
    }
  }
  return last;
}

/** Whether a text speaks of something that the words of a topic are said of as well, and that isn't meant. */
export function mentionsOther(topic: MailTopic, text: string): boolean {
  const things = others.get(topic);
  return things !== undefined && hasMatch(things, text);
}

/** Whether a term that matched is said of something that isn't meant. */
export function isSaidOfOther(
  topic: MailTopic,
  sentence: string,
  { clause, matched, after }: Place,
): boolean {
  const own = things.get(topic);
  if (own === undefined) return mentionsOther(topic, sentence);
  const other = lastIn(others.get(topic), clause);
  if (other === undefined) {
    return lastIn(own, matched) === undefined && mentionsOther(topic, after.slice(0, reach));
  }
  const thing = lastIn(own, clause);
  if (thing === undefined || (thing.start >= other.start && thing.end <= other.end)) return true;
  // Of two nouns side by side the second is meant, of two with a preposition between them the first.
  const otherFirst = other.start < thing.start;
  const between = otherFirst ? clause.slice(other.end, thing.start) : clause.slice(thing.end, other.start);
  return preposition.test(between) ? otherFirst : !otherFirst;
}
