import { canonicalQuery, extendedTime, hmac, sha256 } from '../signing/canonical.ts';

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
    'x-acs-date': extendedTime(request.date),
    'x-acs-signature-nonce': request.nonce,
    'x-acs-version': request.version,
  };
  const signed = Object.entries({ ...headers, host: request.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(Object.entries(request.query)),
    // Each header ends with a line break, and an empty line follows the last.
    signed.map(([name, value]) => `${name}:${value.trim()}\n`).join(''),
    names,
    bodyHash,
  ].join('\n');
  const signature = hmac(accessKeySecret, `${algorithm}\n${sha256(canonical)}`).toString('hex');
  return {
    ...headers,
    authorization: `${algorithm} Credential=${accessKeyId},SignedHeaders=${names},Signature=${signature}`,
  };
}
