/** Why a panel that works has nothing to show yet, in words. */

export interface EmptyPanel {
  /** As `dashboard / panel`. */
  readonly name: string;
  /** Of all its queries. */
  readonly expressions: readonly string[];
}

/** What a panel waits for, by the series that it asks for; the first that fits. */
const reasons: readonly { readonly words: string; readonly pattern: RegExp }[] = [
  { words: 'until a mailbox is scanned', pattern: /\bbalance_alert_(mailbox|email)_/ },
  // It counts what fires, and knows by one alert that there are rules.
  { words: 'until the rules are evaluated for the first time', pattern: /\bALERTS\{alertname="/ },
  { words: 'until an alert fires', pattern: /\bALERTS\b/ },
  { words: 'until a notification is sent', pattern: /_notifications_/ },
  // Recorded series have colons in their names.
  { words: 'until the rules are evaluated and give such a value', pattern: /\b(?:account|subscription):\w+/ },
  // A range needs two samples at least.
  { words: 'for the first minutes', pattern: /\[[^\]]+\]/ },
];

/** A line for each reason, with its panels. */
export function explainEmpty(panels: readonly EmptyPanel[]): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { name, expressions } of panels) {
    const reason = reasons.find(({ pattern }) => expressions.some((expression) => pattern.test(expression)));
    const words = reason?.words ?? 'until a check returns such a value';
    names.set(words, [...(names.get(words) ?? []), name]);
  }
  return [...names].map(([words, list]) => `no data ${words}: ${list.join('; ')}`);
}
