import test from 'ava';
import type { FailureReason } from '../../../exporter/readings/check-error.ts';
import { checkPreset, type PresetAnswer } from '../../support/preset-check.ts';

/** What clouds that want signed requests say when they refuse one, by their documented codes. */

const tencent = (Code: string, Message = 'words') => ({
  Response: { Error: { Code, Message }, RequestId: 'r1' },
});
const volcengine = (Code: string, Message = 'words') => ({
  ResponseMetadata: { RequestId: 'r1', Action: 'QueryBalanceAcct', Error: { CodeN: 1, Code, Message } },
});
const aws = (type: string, message = 'words') => ({
  __type: `com.amazon.coral.service#${type}`,
  Message: message,
});
const huawei = (error_code: string, error_msg = 'words') => ({ error_code, error_msg });
const baidu = (code: string, message = 'words') => ({ requestId: 'r1', code, message });

const refusals: readonly (readonly [
  id: string,
  status: number,
  body: unknown,
  code: string,
  reason: FailureReason,
])[] = [
  ['tencent-cloud', 200, tencent('AuthFailure.SecretIdNotFound'), 'AuthFailure.SecretIdNotFound', 'auth'],
  ['tencent-cloud', 200, tencent('AuthFailure.SignatureFailure'), 'AuthFailure.SignatureFailure', 'auth'],
  ['tencent-cloud', 200, tencent('AuthFailure.SignatureExpire'), 'AuthFailure.SignatureExpire', 'auth'],
  [
    'tencent-cloud',
    200,
    tencent('AuthFailure.UnauthorizedOperation'),
    'AuthFailure.UnauthorizedOperation',
    'permission',
  ],
  ['tencent-cloud', 200, tencent('UnauthorizedOperation'), 'UnauthorizedOperation', 'permission'],
  ['tencent-cloud', 200, tencent('RequestLimitExceeded'), 'RequestLimitExceeded', 'rate_limit'],
  ['tencent-cloud', 200, tencent('InternalError'), 'InternalError', 'business'],
  [
    'tencent-sms',
    200,
    tencent('UnauthorizedOperation.SdkAppIdIsDisabled'),
    'UnauthorizedOperation.SdkAppIdIsDisabled',
    'permission',
  ],
  ['volcengine', 401, volcengine('InvalidAccessKey'), 'InvalidAccessKey', 'auth'],
  ['volcengine', 401, volcengine('SignatureDoesNotMatch'), 'SignatureDoesNotMatch', 'auth'],
  ['volcengine', 400, volcengine('InvalidTimestamp'), 'InvalidTimestamp', 'auth'],
  ['volcengine', 403, volcengine('AccessDenied'), 'AccessDenied', 'permission'],
  ['volcengine', 429, volcengine('FlowLimitExceeded'), 'FlowLimitExceeded', 'rate_limit'],
  ['volcengine', 400, volcengine('RecordNoFound'), 'RecordNoFound', 'business'],
  ['volcengine', 404, volcengine('InvalidActionOrVersion'), 'InvalidActionOrVersion', 'http'],
  ['aws-costs', 400, aws('UnrecognizedClientException'), 'UnrecognizedClientException', 'auth'],
  ['aws-costs', 400, aws('InvalidSignatureException'), 'InvalidSignatureException', 'auth'],
  ['aws-costs', 400, aws('ExpiredTokenException'), 'ExpiredTokenException', 'auth'],
  ['aws-costs', 400, aws('AccessDeniedException'), 'AccessDeniedException', 'permission'],
  ['aws-costs', 400, aws('ThrottlingException'), 'ThrottlingException', 'rate_limit'],
  ['aws-costs', 400, aws('LimitExceededException'), 'LimitExceededException', 'rate_limit'],
  ['aws-costs', 400, aws('DataUnavailableException'), 'DataUnavailableException', 'business'],
  ['aws-credits', 400, aws('ResourceNotFoundException'), 'ResourceNotFoundException', 'business'],
  ['huawei-cloud', 401, huawei('APIGW.0301'), 'APIGW.0301', 'auth'],
  ['huawei-cloud', 429, huawei('APIGW.0308'), 'APIGW.0308', 'rate_limit'],
  ['huawei-cloud', 403, huawei('CBC.0151'), 'CBC.0151', 'permission'],
  ['baidu-cloud', 403, baidu('InvalidAccessKeyId'), 'InvalidAccessKeyId', 'auth'],
  ['baidu-cloud', 400, baidu('SignatureDoesNotMatch'), 'SignatureDoesNotMatch', 'auth'],
  ['baidu-cloud', 400, baidu('RequestExpired'), 'RequestExpired', 'auth'],
  ['baidu-cloud', 403, baidu('AccessDenied'), 'AccessDenied', 'permission'],
  ['baidu-sms', 400, baidu('InvalidHTTPAuthHeader'), 'InvalidHTTPAuthHeader', 'auth'],
];

for (const [id, status, body, code, reason] of refusals) {
  test(`${id}: ${code} with ${status} is ${reason}`, async (t) => {
    const outcome = await checkPreset(id, { status, body });
    t.is(outcome.ok ? 'A READING' : outcome.reason, reason, JSON.stringify(outcome));
  });
}

const clocks: readonly (readonly [id: string, answer: PresetAnswer])[] = [
  ['tencent-cloud', { body: tencent('AuthFailure.SignatureExpire', 'signature expired') }],
  ['volcengine', { status: 400, body: volcengine('InvalidTimestamp') }],
  [
    'aws-costs',
    { status: 400, body: aws('InvalidSignatureException', 'Signature expired: 20261124T082000Z') },
  ],
  ['baidu-cloud', { status: 400, body: baidu('RequestExpired') }],
  ['huawei-cloud', { status: 401, body: huawei('APIGW.0301', 'Incorrect IAM authentication information') }],
];

test("a clock that is wrong is said in words, by how much and in which direction, where the vendor's answer is dated", async (t) => {
  for (const [id, answer] of clocks) {
    const ahead = await checkPreset(id, { ...answer, headers: { date: 'Tue, 24 Nov 2026 08:05:00 GMT' } });
    t.true(!ahead.ok && ahead.message.includes("this machine's clock is 15 min ahead of the vendor's"), id);
    const behind = await checkPreset(id, { ...answer, headers: { date: 'Tue, 24 Nov 2026 08:31:00 GMT' } });
    t.true(!behind.ok && behind.message.includes("this machine's clock is 11 min behind the vendor's"), id);
  }
});

test('a clock is not blamed where it is right and the code is about the key', async (t) => {
  const outcome = await checkPreset('volcengine', {
    status: 401,
    body: volcengine('SignatureDoesNotMatch'),
    headers: { date: 'Tue, 24 Nov 2026 08:20:01 GMT' },
  });
  t.false(JSON.stringify(outcome).includes('clock'));
});

test('the message of a refusal has the request, the status, the code and the words, and no key', async (t) => {
  const outcome = await checkPreset('volcengine', {
    status: 401,
    body: volcengine(
      'InvalidAccessKey',
      'The accesskey [secret-access_key_id] included in the request is invalid.',
    ),
    headers: { date: 'Tue, 24 Nov 2026 08:20:01 GMT' },
  });
  t.true(!outcome.ok);
  t.regex(
    outcome.ok ? '' : outcome.message,
    /^GET http:\/\/127\.0\.0\.1:\d+\/ answered 401: refused with InvalidAccessKey; the vendor says: The accesskey \[\[secret access_key_id\]\] included in the request is invalid\.$/,
  );
  t.false(JSON.stringify(outcome).includes('secret-'));
});

test('tencent-cloud: the international site counts in US cents', async (t) => {
  const outcome = await checkPreset('tencent-cloud', {
    options: { region: 'global' },
    body: { Response: { RealBalance: -250, RequestId: 'r1' } },
  });
  t.deepEqual(outcome, {
    ok: true,
    readings: [{ kind: 'balance', type: 'balance', unit: 'USD', value: -2.5 }],
  });
});

test('tencent-sms: packs that all expired are nothing left, and no pack at all is no figure', async (t) => {
  const pack = {
    PackageEffectiveTime: 1700000000,
    PackageExpiredTime: 1731536000,
    PackageAmount: 500,
    CurrentUsage: 10,
  };
  const expired = await checkPreset('tencent-sms', {
    body: { Response: { SmsPackagesStatisticsSet: [pack] } },
  });
  t.deepEqual(expired, { ok: true, readings: [{ kind: 'balance', type: 'credits', unit: 'sms', value: 0 }] });
  const coming = { ...pack, PackageEffectiveTime: 1800000000, PackageExpiredTime: 1831536000 };
  const future = await checkPreset('tencent-sms', {
    body: { Response: { SmsPackagesStatisticsSet: [coming] } },
  });
  t.deepEqual(future, { ok: true, readings: [{ kind: 'balance', type: 'credits', unit: 'sms', value: 0 }] });
  const none = await checkPreset('tencent-sms', { body: { Response: { SmsPackagesStatisticsSet: [] } } });
  t.is(none.ok ? 'A READING' : none.reason, 'schema');
});

test('baidu-sms: a status that nobody knows is no pack of 0', async (t) => {
  const pack = { countryType: 'DOMESTIC', remainingCapacity: 5, expiryDate: '2027-01-01T00:00:00Z' };
  for (const packageStatus of ['PAUSED', undefined]) {
    const outcome = await checkPreset('baidu-sms', {
      body: { prepaidPackages: [{ ...pack, packageStatus }] },
    });
    t.is(outcome.ok ? 'A READING' : outcome.reason, 'schema');
  }
});

test('huawei-cloud: an amount in another measure than whole units is no figure, and debt is taken off', async (t) => {
  const account = { account_type: 1, amount: 10, currency: 'CNY', measure_id: 1 };
  const owed = await checkPreset('huawei-cloud', {
    body: { account_balances: [account], debt_amount: 30.5, currency: 'CNY' },
  });
  t.deepEqual(owed, {
    ok: true,
    readings: [{ kind: 'balance', type: 'balance', unit: 'CNY', wallet: 'cash', value: -20.5 }],
  });
  const cents = await checkPreset('huawei-cloud', {
    body: { account_balances: [{ ...account, measure_id: 3 }], debt_amount: 0, currency: 'CNY' },
  });
  t.is(cents.ok ? 'A READING' : cents.reason, 'schema');
});

test('aws-credits: an expired plan has nothing left', async (t) => {
  const outcome = await checkPreset('aws-credits', {
    body: { accountPlanStatus: 'EXPIRED', accountPlanRemainingCredits: { amount: 12, unit: 'USD' } },
  });
  t.deepEqual(outcome, { ok: true, readings: [{ kind: 'balance', type: 'credits', unit: 'USD', value: 0 }] });
});
