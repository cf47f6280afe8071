import type { MailboxConfig } from '../schema.ts';
import type { MailTopic } from '../topics.ts';
import { mailTopics } from '../topics.ts';
import { normalizeTitle } from './normalize.ts';
import type { Phrase } from './phrase-index.ts';
import { isNegative, toPhrase } from './phrase-index.ts';
import { literalPhrase } from './phrase-syntax.ts';
import { chinese } from './terms/chinese.ts';
import { english } from './terms/english.ts';
import { french } from './terms/french.ts';
import { german } from './terms/german.ts';
import { japanese } from './terms/japanese.ts';
import { spanish } from './terms/spanish.ts';
import type { TopicPhrases } from './terms/topic.ts';

export type Strength = keyof TopicPhrases | 'own';

export interface Term {
  readonly topic: MailTopic;
  readonly strength: Strength;
  readonly phrase: Phrase;
}

/** The terms of a mailbox: the built-in ones, with its own added to or put in place of them. */
export function termsOf({ extend, replace }: MailboxConfig['terms']): readonly Term[] {
  return [
    ...builtIn.filter(({ topic }) => replace[topic] === undefined),
    ...mailTopics.flatMap((topic) => ownTerms(topic, replace[topic])),
    ...mailTopics.flatMap((topic) => ownTerms(topic, extend[topic])),
  ];
}

const languages = [english, chinese, german, french, spanish, japanese];

const builtIn: readonly Term[] = mailTopics.flatMap((topic) =>
  languages.flatMap(({ [topic]: phrases }) =>
    (['says', 'money', 'headline', 'hook', 'mention'] as const).flatMap((strength) =>
      phrases[strength].map((text) => ({ topic, strength, phrase: toPhrase(text) })),
    ),
  ),
);

function ownTerms(topic: MailTopic, phrases: readonly string[] = []): readonly Term[] {
  return phrases.map((phrase) => {
    const text = normalizeTitle(phrase);
    return {
      topic,
      strength: 'own',
      phrase: {
        text: phrase,
        pattern: new RegExp(literalPhrase(text), 'g'),
        negative: isNegative(text),
        requirements: [],
        firstKeys: undefined,
      },
    };
  });
}
