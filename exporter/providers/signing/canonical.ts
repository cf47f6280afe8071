import { createHash, createHmac } from 'node:crypto';
import { compareTexts } from '../../config/compare-texts.ts';

/** The parts that request signatures of clouds are made of. Each vendor's module says how they are put together. */

/** RFC 3986, as all of them want it: `encodeURIComponent` leaves five characters as they are. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Segments of a path encoded once, whatever was encoded before. */
export function canonicalPath(pathname: string): string {
  return pathname
    .split('/')
    .map((segment) => encode(decoded(segment)))
    .join('/');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A per cent sign that begins no code stands for itself.
    return segment;
  }
}

/** `name=value` by name and value, joined by `&`. */
export function canonicalQuery(query: Iterable<readonly [string, string]>): string {
  return [...query]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compareTexts(a, b) || compareTexts(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Headers in the order of their names, which are in small letters, with blanks taken together. */
export function canonicalHeaders(
  headers: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/\s+/g, ' ')] as const)
    .sort(([a], [b]) => compareTexts(a, b));
}

/** What one request says of itself, in the form that a scheme wants its parts. */
export interface CanonicalParts {
  readonly method: string;
  readonly path: string;
  readonly query: Iterable<readonly [string, string]>;
  /** As `canonicalHeaders` gives them. */
  readonly headers: readonly (readonly [string, string])[];
  readonly bodyHash: string;
}

/** The request as the schemes after AWS' sign it, and the names of the headers that are part of it. */
export function canonicalRequest({ method, path, query, headers, bodyHash }: CanonicalParts): {
  readonly text: string;
  readonly signedHeaders: string;
} {
  const signedHeaders = headers.map(([name]) => name).join(';');
  // Each header ends with a line break, and an empty line follows the last.
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const text = [method, path, canonicalQuery(query), lines, signedHeaders, bodyHash].join('\n');
  return { text, signedHeaders };
}

/** In hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** `20260102T030405Z` */
export function basicTime(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** `2026-01-02T03:04:05Z` */
export function extendedTime(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
