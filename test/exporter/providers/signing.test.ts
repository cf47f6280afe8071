import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import test from 'ava';
import fc from 'fast-check';
import { signBaidu } from '../../../exporter/providers/signing/baidu.ts';
import type { Signer } from '../../../exporter/providers/signing/contract.ts';
import { signAws, signTencent, signVolcengine } from '../../../exporter/providers/signing/derived-key.ts';
import { signHuawei } from '../../../exporter/providers/signing/huawei.ts';

/** Published and recomputed signatures of every vendor that wants signed requests. */

interface Vector {
  readonly from: string;
  readonly sign: Signer;
  readonly method?: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly key: readonly [id: string, secret: string];
  readonly region?: string;
  readonly service?: string;
  readonly date: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

const amazonKey = ['AKIDEXAMPLE', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'] as const;
const suite = {
  sign: signAws,
  key: amazonKey,
  region: 'us-east-1',
  service: 'service',
  date: '2015-08-30T12:36:00Z',
} as const;

const vectors: readonly Vector[] = [
  {
    ...suite,
    from: "AWS's test suite, get-vanilla",
    url: 'https://example.amazonaws.com/',
    signedHeaders: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    ...suite,
    from: "AWS's test suite, get-vanilla-query-order-key-case",
    url: 'https://example.amazonaws.com/?Param2=value2&Param1=value1',
    signedHeaders: 'host;x-amz-date',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    ...suite,
    from: "AWS's test suite, post-vanilla",
    method: 'POST',
    url: 'https://example.amazonaws.com/',
    signedHeaders: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    ...suite,
    from: "AWS's example of ListUsers",
    url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    service: 'iam',
    signedHeaders: 'content-type;host;x-amz-date',
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
  {
    from: "Tencent Cloud's tutorial, DescribeInstances",
    sign: signTencent,
    method: 'POST',
    url: 'https://cvm.tencentcloudapi.com/',
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-tc-action': 'DescribeInstances' },
    body: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
    key: ['AKID********************************', '********************************'],
    service: 'cvm',
    date: '2019-02-25T16:44:25Z',
    signedHeaders: 'content-type;host;x-tc-action',
    signature: '10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f',
  },
  {
    from: "Tencent Cloud's own package",
    sign: signTencent,
    method: 'POST',
    url: 'https://billing.tencentcloudapi.com/',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    key: ['AKIDEXAMPLE', 'SECRETEXAMPLE'],
    service: 'billing',
    date: '2026-01-02T03:04:05Z',
    signedHeaders: 'content-type;host',
    signature: 'cc49573485b249a91a4fbe574480e79d332422dfd849242d309acd9656386dbd',
  },
  {
    from: "Volcengine's own package",
    sign: signVolcengine,
    url: 'https://open.volcengineapi.com/?Action=QueryBalanceAcct&Version=2022-01-01',
    key: ['AKLTEXAMPLE', 'SECRETEXAMPLE'],
    service: 'billing',
    date: '2026-01-02T03:04:05Z',
    signedHeaders: 'host;x-date',
    signature: '1e0f7dff3e438d1468eabd17483bd72a9722f0eee99e7d1c1ca5bc8ab32a25db',
  },
  {
    from: "Volcengine's rules, with the type and the hash of the body",
    sign: signVolcengine,
    url: 'https://open.volcengineapi.com/?Action=QueryBalanceAcct&Version=2022-01-01',
    headers: {
      'content-type': 'application/json',
      'x-content-sha256': createHash('sha256').update('').digest('hex'),
    },
    key: ['AKLTEXAMPLE', 'SECRETEXAMPLE'],
    region: 'cn-north-1',
    service: 'billing',
    date: '2026-01-02T03:04:05Z',
    signedHeaders: 'content-type;host;x-content-sha256;x-date',
    signature: '47cdd30e9e58ab60abf2498a90a8d63379050e6f9264cf18bf45a9e9d80ac7d0',
  },
  {
    from: "Huawei Cloud's own package",
    sign: signHuawei,
    url: 'https://bss.myhuaweicloud.com/v2/accounts/customer-accounts/balances',
    headers: { 'content-type': 'application/json' },
    key: ['AKEXAMPLE', 'SECRETEXAMPLE'],
    date: '2026-01-02T03:04:05Z',
    signedHeaders: 'content-type;host;x-sdk-date',
    signature: '994d8a3c841688aa7c46929907a14c6eebea4afdaa0ab0bd99ce4846da2ec4c1',
  },
  {
    from: "Baidu AI Cloud's example of UploadPart, which the rules give for any method",
    sign: signBaidu,
    url: 'https://bj.bcebos.com/v1/test/myfolder/readme.txt?partNumber=9&uploadId=a44cc9bab11cbd156984767aad637851',
    headers: {
      'content-type': 'text/plain',
      'content-length': '8',
      'content-md5': 'NFzcPqhviddjRNnSOGo4rw==',
    },
    key: ['a'.repeat(32), 'b'.repeat(32)],
    date: '2015-04-27T08:23:49Z',
    signedHeaders: 'content-length;content-md5;content-type;host;x-bce-date',
    signature: 'd74a04362e6a848f5b39b15421cb449427f419c95a480fd6b8cf9fc783e2999e',
  },
];

for (const vector of vectors) {
  test(`${vector.from}: the same signature`, (t) => {
    const [accessKeyId, accessKeySecret] = vector.key;
    const isUpload = vector.url.includes('bcebos');
    const headers = vector.sign(
      {
        // Nothing here uploads, so the type of a request knows no PUT.
        method: isUpload ? ('PUT' as 'POST') : (vector.method ?? 'GET'),
        url: new URL(vector.url),
        headers: vector.headers ?? {},
        body: vector.body ?? '',
      },
      { accessKeyId, accessKeySecret, region: vector.region, service: vector.service },
      new Date(vector.date),
    );
    t.true(headers['authorization']?.includes(accessKeyId));
    t.regex(headers['authorization'] ?? '', new RegExp(`[/=]${vector.signature}$`));
    t.true(headers['authorization']?.includes(vector.signedHeaders), headers['authorization']);
    t.log(`${vector.signature.slice(0, 16)}… ${vector.from}`);
  });
}

/** What Amazon's package wants a hash to be. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('not used');
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

test("AWS: the same signature as Amazon's own package for any query, body and token", async (t) => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(word, fc.string({ unit: 'grapheme', maxLength: 8 }), { maxKeys: 4 }),
      fc.array(fc.stringMatching(/^[A-Za-z0-9 ~()%+:@-]{1,6}$/), { maxLength: 3 }),
      fc.string({ maxLength: 20 }),
      fc.option(fc.stringMatching(/^[A-Za-z0-9/+=]{1,20}$/), { nil: undefined }),
      fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      async (query, segments, body, sessionToken, date) => {
        const url = new URL(
          `https://ce.us-east-1.amazonaws.com/${segments.map(encodeURIComponent).join('/')}`,
        );
        for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
        const [accessKeyId, secretAccessKey] = amazonKey;
        const theirs = await new SignatureV4({
          service: 'ce',
          region: 'us-east-1',
          credentials: {
            accessKeyId,
            secretAccessKey,
            ...(sessionToken === undefined ? {} : { sessionToken }),
          },
          sha256: Sha256,
          applyChecksum: false,
        }).sign(
          {
            method: 'POST',
            protocol: 'https:',
            hostname: url.hostname,
            path: url.pathname,
            query,
            headers: {
              host: url.host,
              'content-type': 'application/x-amz-json-1.1',
              'x-amz-target': 'AWSInsightsIndexService.GetCostAndUsage',
            },
            body,
          },
          { signingDate: date },
        );
        const ours = signAws(
          {
            method: 'POST',
            url,
            headers: {
              'content-type': 'application/x-amz-json-1.1',
              'x-amz-target': 'AWSInsightsIndexService.GetCostAndUsage',
            },
            body,
          },
          { accessKeyId, accessKeySecret: secretAccessKey, sessionToken, region: 'us-east-1', service: 'ce' },
          date,
        );
        t.is(ours['authorization'], theirs.headers['authorization']);
      },
    ),
    { numRuns: 200 },
  );
});

test('a token of temporary credentials is sent, and part of the signature where the vendor wants it there', (t) => {
  const request = { method: 'GET', url: new URL('https://vendor.example/'), headers: {}, body: '' } as const;
  const cases = [
    [signAws, 'x-amz-security-token', true],
    [signTencent, 'x-tc-token', false],
    [signVolcengine, 'x-security-token', true],
    [signHuawei, 'x-security-token', true],
    [signBaidu, 'x-bce-security-token', true],
  ] as const;
  for (const [sign, name, isSigned] of cases) {
    const keys = { accessKeyId: 'id', accessKeySecret: 'secret', sessionToken: 'token-1', service: 'x' };
    const headers = sign(request, keys, new Date('2026-11-24T08:20:00Z'));
    t.is(headers[name], 'token-1');
    t.is(headers['authorization']?.includes(name), isSigned, name);
  }
});
