import { basicTime, canonicalHeaders, canonicalPath, canonicalRequest, hmac, sha256 } from './canonical.ts';
import type { Signer } from './contract.ts';

const algorithm = 'SDK-HMAC-SHA256';

/**
 * Huawei Cloud: the secret itself signs, without a scope. The path ends with a slash in what is signed, whatever is sent.
 * Source: support.huaweicloud.com, "Signing and calling APIs (AK/SK)", and the vendor's own package.
 */
export const signHuawei: Signer = ({ method, url, headers, body }, credentials, date) => {
  const added: Readonly<Record<string, string>> = {
    'x-sdk-date': basicTime(date),
    ...(credentials.sessionToken === undefined ? {} : { 'x-security-token': credentials.sessionToken }),
  };
  const type = headers['content-type'];
  const path = canonicalPath(url.pathname);
  const { text: canonical, signedHeaders } = canonicalRequest({
    method,
    path: path.endsWith('/') ? path : `${path}/`,
    query: url.searchParams,
    headers: canonicalHeaders({
      host: url.host,
      ...(type === undefined ? {} : { 'content-type': type }),
      ...added,
    }),
    bodyHash: sha256(body),
  });
  const text = [algorithm, added['x-sdk-date'], sha256(canonical)].join('\n');
  const signature = hmac(credentials.accessKeySecret, text).toString('hex');
  return {
    ...added,
    authorization: `${algorithm} Access=${credentials.accessKeyId}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
};
