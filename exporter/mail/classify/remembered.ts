/** Characters and texts that are remembered at most: some 300 kB. */
const longestRemembered = 200;
const mostRemembered = 1000;

/**
 * A function of a text that remembers its answers to the last short texts: vendors' mails have the same greetings, headings and
 * footers over and over, and say everything twice, in text and in HTML. The answer must depend on nothing but the text.
 */
export function remembered<Answer>(answer: (text: string) => Answer): (text: string) => Answer {
  const known = new Map<string, Answer>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (text.length > longestRemembered) return answer(text);
    // A copy: a part of a text would keep all of it in memory.
    const own = Buffer.from(text, 'utf16le').toString('utf16le');
    const found = answer(own);
    if (known.size >= mostRemembered) {
      const [oldest = ''] = known.keys();
      known.delete(oldest);
    }
    known.set(own, found);
    return found;
  };
}
