/** Where vendors put the sentence that says what is wrong; the first that is there is taken. */
const sentenceKeys: readonly string[] = [
  'message',
  'msg',
  'error_description',
  'error_message',
  'errormessage',
  'error_msg',
  'errmsg',
  'err_msg',
  'status_msg',
  'detail',
  'details',
  'description',
  'reason',
  'title',
  'error',
  'errors',
  'err',
  'fault',
  'base_resp',
  'response',
  'data',
  'code',
];

/** Longer ones are no sentences. They are left out whole: a cut could leave half of a secret that nobody knows any more. */
const longestSentence = 2000;

/**
 * The vendor's own sentence in the body of an error: of JSON, XML, a page's title, or a plain text. Not redacted yet.
 * Undefined where there is none to show.
 */
export function vendorWords(text: string): string | undefined {
  const sentence = sentenceOf(text.trim());
  return sentence === undefined || sentence.length > longestSentence ? undefined : sentence;
}

function sentenceOf(text: string): string | undefined {
  if (text.startsWith('{') || text.startsWith('[') || text.startsWith('"')) {
    try {
      return within(JSON.parse(text), 4);
    } catch {
      return undefined;
    }
  }
  if (text.startsWith('<')) {
    const tag =
      /<(message|error_?description|error|faultstring|title)(?:\s[^>]{0,200})?>([^<]{1,2000})</i.exec(
        text.slice(0, 20_000),
      );
    return filled(tag?.[2]);
  }
  return filled(text);
}

function within(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return filled(value);
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  if (Array.isArray(value)) return within(value[0], depth - 1);
  const fields = new Map(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item]));
  for (const key of sentenceKeys) {
    const found = within(fields.get(key), depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function filled(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}
