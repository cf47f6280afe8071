import { canonicalHeaders, canonicalPath, canonicalQuery, encode, extendedTime, hmac } from './canonical.ts';
import type { Signer } from './contract.ts';

/** Seconds that a signature holds. */
const lifeSeconds = 1800;

/** Signed where a request has them, beside `host` and whatever begins with `x-bce-`. */
const alwaysSigned = ['content-length', 'content-md5', 'content-type'];

/**
 * Baidu AI Cloud: a key is derived from the secret by what stands before the signature, and the values of headers are encoded.
 * Source: cloud.baidu.com, "Authentication mechanism" (BCE v1); its published example is the test's vector.
 */
export const signBaidu: Signer = ({ method, url, headers }, credentials, date) => {
  const time = extendedTime(date);
  const added: Readonly<Record<string, string>> = {
    'x-bce-date': time,
    ...(credentials.sessionToken === undefined ? {} : { 'x-bce-security-token': credentials.sessionToken }),
  };
  const chosen = Object.entries(headers).filter(
    ([name]) => alwaysSigned.includes(name) || name.startsWith('x-bce-'),
  );
  const signed = canonicalHeaders({ host: url.host, ...Object.fromEntries(chosen), ...added });
  const canonical = [
    method,
    canonicalPath(url.pathname),
    canonicalQuery(url.searchParams),
    signed.map(([name, value]) => `${encode(name)}:${encode(value)}`).join('\n'),
  ].join('\n');
  const prefix = `bce-auth-v1/${credentials.accessKeyId}/${time}/${lifeSeconds}`;
  const key = hmac(credentials.accessKeySecret, prefix).toString('hex');
  const signature = hmac(key, canonical).toString('hex');
  const names = signed.map(([name]) => name).join(';');
  return { ...added, authorization: `${prefix}/${names}/${signature}` };
};
