import type { Secret } from './secret.ts';

export type Redactor = (text: string) => string;

/**
 * Takes the values of secrets out of a text, also as they look in a URL, in JSON, in HTML and within base64.
 * A second line of defence: vendors echo keys in their error messages.
 */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  const replacements = new Map<string, string>();
  for (const secret of secrets) {
    for (const form of formsOf(secret.reveal())) replacements.set(form, secret.toString());
  }
  // Longer ones first, so that a secret inside another does not leave the rest of it behind.
  const ordered = [...replacements].sort(([a], [b]) => b.length - a.length);
  return (text) => {
    let redacted = text;
    for (const [form, name] of ordered) {
      if (redacted.includes(form)) redacted = redacted.replaceAll(form, name);
    }
    return redacted;
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
