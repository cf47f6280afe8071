import {
  basicTime,
  canonicalHeaders,
  canonicalPath,
  canonicalRequest,
  encode,
  hmac,
  sha256,
} from './canonical.ts';
import type { SignableRequest, Signer, SigningCredentials } from './contract.ts';

/**
 * The family of AWS Signature Version 4: a key is derived from the secret by day, region and product, and signs the hash of
 * the canonical request. Its members differ in the words below.
 */
interface DerivedKeyScheme {
  readonly algorithm: string;
  /** Stands before the secret. */
  readonly keyPrefix: string;
  /** The last part of the scope. */
  readonly terminator: string;
  /** Undefined where a signature holds for every region. */
  readonly region: string | undefined;
  readonly dateHeader: string;
  readonly time: (date: Date) => string;
  /** The day in the scope. */
  readonly day: (date: Date) => string;
  readonly tokenHeader: string;
  /** Whether a header of the request is part of the signature; `host` always is. */
  readonly signs: (name: string) => boolean;
  /** Whether date and token are headers that are signed, rather than stand beside the signature. */
  readonly signsOwnHeaders: boolean;
  /** How the value of a header is written in what is signed. */
  readonly value: (value: string) => string;
  readonly path: (pathname: string) => string;
}

const basicDay = (date: Date): string => basicTime(date).slice(0, 8);
const asItIs = (value: string): string => value;

/**
 * Amazon Web Services. Every product but S3 wants the path encoded as it is sent, which is once more.
 * Source: docs.aws.amazon.com, "Create a signed AWS API request"; its published examples are the test's vectors.
 */
export const signAws = signerOf({
  algorithm: 'AWS4-HMAC-SHA256',
  keyPrefix: 'AWS4',
  terminator: 'aws4_request',
  region: 'us-east-1',
  dateHeader: 'x-amz-date',
  time: basicTime,
  day: basicDay,
  tokenHeader: 'x-amz-security-token',
  signs: (name) => name === 'content-type' || name.startsWith('x-amz-'),
  signsOwnHeaders: true,
  value: asItIs,
  path: (pathname) => pathname.split('/').map(encode).join('/'),
});

/**
 * Tencent Cloud. The date is in seconds since the epoch, and no region is part of the scope.
 * Source: cloud.tencent.com, "Signature method v3"; its published example is one of the test's vectors.
 */
export const signTencent = signerOf({
  algorithm: 'TC3-HMAC-SHA256',
  keyPrefix: 'TC3',
  terminator: 'tc3_request',
  region: undefined,
  dateHeader: 'x-tc-timestamp',
  time: (date) => String(Math.floor(date.getTime() / 1000)),
  day: (date) => date.toISOString().slice(0, 10),
  tokenHeader: 'x-tc-token',
  signs: (name) => name === 'content-type' || name === 'x-tc-action',
  signsOwnHeaders: false,
  value: (value) => value.toLowerCase(),
  path: () => '/',
});

/**
 * Volcengine. Nothing stands before the secret.
 * Source: volcengine.com, documents 6369/67269 and 6369/67270.
 */
export const signVolcengine = signerOf({
  algorithm: 'HMAC-SHA256',
  keyPrefix: '',
  terminator: 'request',
  region: 'cn-north-1',
  dateHeader: 'x-date',
  time: basicTime,
  day: basicDay,
  tokenHeader: 'x-security-token',
  signs: (name) => name === 'content-type' || name === 'x-content-sha256',
  signsOwnHeaders: true,
  value: asItIs,
  path: canonicalPath,
});

function signerOf(scheme: DerivedKeyScheme): Signer {
  return (request, credentials, date) => {
    const { service = '', region = scheme.region, sessionToken } = credentials;
    const time = scheme.time(date);
    const added: Readonly<Record<string, string>> = {
      [scheme.dateHeader]: time,
      ...(sessionToken === undefined ? {} : { [scheme.tokenHeader]: sessionToken }),
    };
    const isRegional = scheme.region !== undefined;
    const scope = [scheme.day(date), ...(isRegional ? [region ?? ''] : []), service, scheme.terminator];
    const { text: canonical, signedHeaders } = canonicalRequest({
      method: request.method,
      path: scheme.path(request.url.pathname),
      query: request.url.searchParams,
      headers: headersToSign(scheme, request, added),
      bodyHash: sha256(request.body),
    });
    const text = [scheme.algorithm, time, scope.join('/'), sha256(canonical)].join('\n');
    const key = derivedKey(scheme, credentials, scope);
    const signature = hmac(key, text).toString('hex');
    const credential = `${credentials.accessKeyId}/${scope.join('/')}`;
    return {
      ...added,
      authorization: `${scheme.algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    };
  };
}

function headersToSign(
  scheme: DerivedKeyScheme,
  { url, headers }: SignableRequest,
  added: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  const chosen = Object.entries(headers)
    .filter(([name]) => scheme.signs(name))
    .map(([name, value]) => [name, scheme.value(value)] as const);
  return canonicalHeaders({
    host: url.host,
    ...Object.fromEntries(chosen),
    ...(scheme.signsOwnHeaders ? added : {}),
  });
}

function derivedKey(
  { keyPrefix }: DerivedKeyScheme,
  { accessKeySecret }: SigningCredentials,
  scope: readonly string[],
): Buffer {
  return scope.reduce<Buffer>(hmac, Buffer.from(`${keyPrefix}${accessKeySecret}`));
}
