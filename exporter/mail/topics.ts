/** Topics in the order of their priority: a mail counts under the first that its subject, else its body, matches. */
export const mailTopics = [
  'suspension',
  'arrears',
  'low_balance',
  'expiry',
  'bill',
  'renewal',
  'top_up',
] as const;

export type MailTopic = (typeof mailTopics)[number];
