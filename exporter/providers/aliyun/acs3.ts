import { createHash, createHmac } from 'node:crypto';

export interface Acs3Request {
  readonly method: 'GET' | 'POST';
  readonly host: string;
  /** As it is sent: `/` unless a gateway stands below a path. */
  readonly path: string;
  /** Of the operation, such as `QueryAccountBalance`. */
  readonly action: string;
  readonly version: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
  readonly date: Date;
  /** Unique for each request. */
  readonly nonce: string;
}

export interface Acs3Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

const algorithm = 'ACS3-HMAC-SHA256';

/**
 * The headers that sign a request to Alibaba Cloud, `authorization` among them; `host` is signed and not returned.
 * Source: help.aliyun.com, "V3 request structure and signature"; its published example is the test's vector.
 */
export function signAcs3(
  request: Acs3Request,
  { accessKeyId, accessKeySecret }: Acs3Credentials,
): Readonly<Record<string, string>> {
  const bodyHash = sha256(request.body);
  const headers: Readonly<Record<string, string>> = {
    'x-acs-action': request.action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': request.date.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    'x-acs-signature-nonce': request.nonce,
    'x-acs-version': request.version,
  };
  const signed = Object.entries({ ...headers, host: request.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    // Each header ends with a line break, and an empty line follows the last.
    signed.map(([name, value]) => `${name}:${value.trim()}\n`).join(''),
    names,
    bodyHash,
  ].join('\n');
  const signature = createHmac('sha256', accessKeySecret)
    .update(`${algorithm}\n${sha256(canonical)}`)
    .digest('hex');
  return {
    ...headers,
    authorization: `${algorithm} Credential=${accessKeyId},SignedHeaders=${names},Signature=${signature}`,
  };
}

function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

/** RFC 3986: `encodeURIComponent` leaves five characters too many as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
