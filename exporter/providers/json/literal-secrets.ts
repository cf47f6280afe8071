import { Secret } from '../../config/secret.ts';

/** Names that a key, token or password goes by, in headers, queries and bodies. */
const secretName =
  /(?:^|[^a-z])(?:authorization|cookie|pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|client|private|app|auth|license)[-_]?(?:key|secret|token)|key|sig|signature|bearer|credentials?)$/i;

/** The last word of a name says what it is: `api_key_id` and `X-Organization` are no secrets. */
const publicName =
  /(?:^|[^a-z])(?:id|ids|uid|sid|org|organi[sz]ation|project|team|user(?:name)?|account|nonce|idempotency[-_]?key)$/i;

/** How vendors begin their keys, and what a signed token or a scheme with credentials looks like. */
const secretValue =
  /^(?:(?:Bearer|Basic|Token|Key|AccessKey|ApiKey|Api-Key) +\S{6,}|(?:sk|pk|rk|ak|tvly|xai|fc|gsk|hf|glpat|ghp|gho|ghs|github_pat|xox[abprs]|key|apify_api|dop_v1|SG|AKIA|LTAI|AKID|AIza)[-_.]?[A-Za-z0-9_.-]{12,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}.*)$/;

/** Long, one word, letters and digits mixed: nobody writes such a text by hand. A UUID names something as a rule. */
function isRandom(value: string): boolean {
  return (
    /^[A-Za-z0-9+/_=-]{32,}$/.test(value) &&
    (value.match(/\d/g)?.length ?? 0) >= 4 &&
    (value.match(/[A-Za-z]/g)?.length ?? 0) >= 4 &&
    !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
  );
}

/** Whether a text that is written out looks like a key, token or password. Placeholders and short words do not. */
export function looksLikeSecret(name: string, value: string): boolean {
  const text = value.trim();
  if (text.length < 6 || /^\{[a-z_]+\}$/.test(text)) return false;
  if (secretValue.test(text)) return true;
  if (publicName.test(name)) return false;
  return secretName.test(split(name)) || isRandom(text);
}

/** `clientKey` as `client_Key`. */
function split(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
}

/** A text of the account file, by the name that it stands under, and where. */
export interface NamedText {
  readonly path: readonly (string | number)[];
  readonly name: string;
  readonly text: string;
}

/** The texts in a part of the account file; those within a text of JSON or of a form, too. */
export function textsWithin(
  value: unknown,
  path: readonly (string | number)[] = [],
  name = '',
): readonly NamedText[] {
  if (typeof value === 'string') return [{ path, name, text: value }, ...textsInside(value, path)];
  if (value === null || typeof value !== 'object' || value instanceof Secret) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const isList = Array.isArray(value);
    return textsWithin(item, [...path, isList ? Number(key) : key], isList ? name : key);
  });
}

/** The parts of a text that is a document of its own: they all have its place. */
function textsInside(text: string, path: readonly (string | number)[]): readonly NamedText[] {
  if (/^\s*[{[]/.test(text)) {
    try {
      return textsWithin(JSON.parse(text)).map((inner) => ({ ...inner, path }));
    } catch {
      return [];
    }
  }
  if (!/^[^\s=&]+=[^&]*(?:&[^\s=&]+=[^&]*)*$/.test(text)) return [];
  return [...new URLSearchParams(text)].map(([name, inner]) => ({ path, name, text: inner }));
}

/** Whether a part of the account file holds a secret anywhere. */
export function holdsSecret(value: unknown): boolean {
  if (value instanceof Secret) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret);
}

/** A text as a secret where it looks like one, so that `/config` and messages do not show it. */
export function maskText(name: string, text: string): string | Secret {
  const hides = textsWithin(text, [], name).some((inner) => looksLikeSecret(inner.name, inner.text));
  return hides ? new Secret('literal', text) : text;
}

/** The same object with every text that looks like a secret as one. */
export function maskTexts(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, masked(value, key)]));
}

function masked(value: unknown, name: string): unknown {
  if (typeof value === 'string') return maskText(name, value);
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, name));
  if (value === null || typeof value !== 'object' || value instanceof Secret) return value;
  return maskTexts({ ...value });
}
