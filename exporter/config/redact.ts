import type { Secret } from './secret.ts';

export type Redactor = (text: string) => string;

/**
 * Takes the values of secrets out of a text, also as they look in a URL, in JSON and in base64.
 * A second line of defence: vendors echo keys in their error messages.
 */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  const replacements = new Map<string, string>();
  for (const secret of secrets) {
    const value = secret.reveal();
    if (value === '') continue;
    for (const form of [
      value,
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      Buffer.from(value, 'utf8').toString('base64'),
    ]) {
      replacements.set(form, secret.toString());
    }
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
