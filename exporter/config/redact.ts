import type { Secret } from './secret.ts';

export type Redactor = (text: string) => string;

/** Forms of a text and what is shown in their place. */
type Replacements = readonly (readonly [form: string, shown: string])[];

/** Longer ones first, so that a secret inside another does not leave the rest of it behind. */
function ordered(replacements: Iterable<readonly [string, string]>): Replacements {
  return [...replacements].sort(([a], [b]) => b.length - a.length);
}

function replaceAll(text: string, replacements: Replacements): string {
  let redacted = text;
  for (const [form, shown] of replacements) {
    if (redacted.includes(form)) redacted = redacted.replaceAll(form, shown);
  }
  return redacted;
}

/** The last two values by what they are, as answers to requests with the previous one may still arrive. */
const fetched = new Map<string, readonly { readonly value: string; readonly forms: Replacements }[]>();

/** Kinds of fetched secrets that are remembered at most. */
const mostFetched = 1000;

/** In characters; shorter ones would be found in ordinary words, and no token is. */
const shortestFetched = 8;

/**
 * Makes every redactor of the process know a secret that no file names, such as an access token that was fetched with
 * one. `name` says what it is, in the words that are shown in its place: of each name the last two values are known.
 */
export function redactFetched(name: string, value: string): void {
  if (value.trim().length < shortestFetched) return;
  const [last, ...before] = fetched.get(name) ?? [];
  if (last?.value === value) return;
  const forms = formsOf(value).map((form) => [form, `[${name}]`] as const);
  fetched.delete(name);
  fetched.set(name, [{ value, forms: ordered(new Map(forms)) }, ...(last === undefined ? before : [last])]);
  const [oldest] = fetched.keys();
  if (fetched.size > mostFetched && oldest !== undefined) fetched.delete(oldest);
}

/**
 * Takes the values of secrets out of a text, also as they look in a URL, in JSON, in HTML and within base64: those that
 * are given, and those that were fetched since. A second line of defence: vendors echo keys in their error messages.
 */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  const replacements = new Map<string, string>();
  for (const secret of secrets) {
    for (const form of formsOf(secret.reveal())) replacements.set(form, secret.toString());
  }
  const named = ordered(replacements);
  return (text) => {
    let redacted = text;
    for (const values of fetched.values()) {
      for (const { forms } of values) redacted = replaceAll(redacted, forms);
    }
    return replaceAll(redacted, named);
  };
}

function formsOf(value: string): readonly string[] {
  const plain = [value, value.trim()];
  return plain
    .flatMap((text) => [
      text,
      encodeURIComponent(text.toWellFormed()),
      new URLSearchParams([['', text]]).toString().slice(1),
      JSON.stringify(text).slice(1, -1),
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
      text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
      ...base64FormsOf(text),
    ])
    .filter((form) => form !== '');
}

/** Shorter ones would be found in ordinary words. */
const shortestBase64 = 6;

/**
 * What base64 makes of a text wherever it stands within others, as in `user:password`: it depends on the place modulo
 * three, and the characters at either end, which it shares with its neighbours, are left out. Both alphabets.
 */
function base64FormsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  const whole = bytes.toString('base64');
  const forms = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const bits = (offset + bytes.length) * 8;
    return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(bits / 6));
  });
  return [whole, ...forms.filter((form) => form.length >= shortestBase64)].flatMap((form) => [
    form,
    form.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}
