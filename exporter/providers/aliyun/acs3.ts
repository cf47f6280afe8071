import { canonicalHeaders, canonicalRequest, extendedTime, hmac, sha256 } from '../signing/canonical.ts';

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
  const { text: canonical, signedHeaders } = canonicalRequest({
    method: request.method,
    path: request.path,
    query: Object.entries(request.query),
    headers: canonicalHeaders({ ...headers, host: request.host }),
    bodyHash,
  });
  const signature = hmac(accessKeySecret, `${algorithm}\n${sha256(canonical)}`).toString('hex');
  return {
    ...headers,
    authorization: `${algorithm} Credential=${accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`,
  };
}
