import type { MailTopic } from '../../topics.ts';

/** The phrases of one topic by how much they prove. */
export interface TopicPhrases {
  /** States what is the matter, anywhere in a mail. */
  readonly says: readonly string[];
  /** States it only in a mail that also speaks of money; elsewhere the same words mean something else. */
  readonly money: readonly string[];
  /** Short for it, in a subject or a heading. */
  readonly headline: readonly string[];
  /** What advertising says as well: counts only in a mail that advertises nothing. */
  readonly hook: readonly string[];
  /** Names the thing in a subject: counts where the mail says nothing more definite. */
  readonly mention: readonly string[];
}

export type TopicTerms = Readonly<Record<MailTopic, TopicPhrases>>;
