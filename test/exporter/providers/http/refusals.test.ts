import { createServer } from 'node:net';
import test from 'ava';
import { checkAccount } from '../../../../exporter/accounts/check.ts';
import { createRedactor } from '../../../../exporter/config/redact.ts';
import { Secret } from '../../../../exporter/config/secret.ts';
import { waitSeconds } from '../../../../exporter/providers/http/retry-after.ts';
import { vendorWords } from '../../../../exporter/providers/http/vendor-words.ts';
import { findProvider } from '../../../../exporter/providers/registry.ts';
import { answer, startScriptedVendor } from '../../../support/scripted-vendor.ts';
import { accountConfig } from '../../../support/snapshots.ts';
import { serveSockets } from '../../../support/sockets.ts';
import { client, failure } from './support.ts';

const key = new Secret('KEY', 'sk-0123456789abcdef');

test('a status is mapped to a reason and a remedy, with the message of the vendor', async (t) => {
  for (const [status, reason, words] of [
    [400, 'http', '400; the vendor says: No luck'],
    [401, 'auth', '401: the key is wrong, expired or of another kind; the vendor says: No luck'],
    [402, 'business', '402: payment required: no balance or no plan left; the vendor says: No luck'],
    [403, 'permission', '403: the key lacks the permission; the vendor says: No luck'],
    [404, 'http', '404: not found: check the URL; the vendor says: No luck'],
    [405, 'http', '405: method not allowed: check the URL and the method; the vendor says: No luck'],
    [410, 'http', '410: gone: check the URL; the vendor says: No luck'],
    [
      422,
      'config',
      '422: the vendor rejects the parameters of the request: check the options; the vendor says: No luck',
    ],
    [429, 'rate_limit', '429: too many requests; the vendor says: No luck'],
    [503, 'http', '503; the vendor says: No luck'],
  ] as const) {
    await using vendor = await startScriptedVendor(answer(status, { error: { message: 'No luck' } }));
    const error = await failure(client().request({ url: `${vendor.url}/a` }));
    t.deepEqual([error.reason, error.message], [reason, `GET ${vendor.url}/a answered ${words}`]);
  }
});

test('the reason of a status can be overridden for a vendor', async (t) => {
  await using vendor = await startScriptedVendor(answer(400, {}));
  const error = await failure(client().request({ url: vendor.url, reasons: { 400: 'auth' } }));
  t.is(error.reason, 'auth');
});

test('the target of a redirect is reported without its query', async (t) => {
  await using vendor = await startScriptedVendor(
    answer(302, '', { location: 'https://vendor.example/login?token=1' }),
  );
  const error = await failure(client().request({ url: vendor.url }));
  t.is(
    error.message,
    `GET ${vendor.url}/ answered 302: a redirect to https://vendor.example/login, which is not followed with credentials`,
  );
});

for (const [title, body, words] of [
  ['a message', '{"message":" No  such team "}', 'No  such team'],
  ['an error in an error', '{"error":{"code":5,"message":"Denied"}}', 'Denied'],
  ['a list of errors', '{"errors":[{"detail":"Denied"},{"detail":"Again"}]}', 'Denied'],
  ['an error that is a text', '{"error":"denied","status":1}', 'denied'],
  ['OAuth', '{"error":"invalid_client","error_description":"No such client"}', 'No such client'],
  ['keys in capitals', '{"Code":"X","Message":"Denied"}', 'Denied'],
  ['a text in JSON', '"Denied"', 'Denied'],
  ['XML', '<?xml version="1.0"?><Error><Code>X</Code><Message>Denied</Message></Error>', 'Denied'],
  ['a page', '<html><head><title>403 Forbidden</title></head><body>x</body></html>', '403 Forbidden'],
  ['plain text', 'Denied\n', 'Denied'],
  ['nothing', '', undefined],
  ['an empty object', '{}', undefined],
  ['broken JSON', '{"message":"Den', undefined],
  ['a text that is no sentence', 'x'.repeat(2001), undefined],
] as const) {
  test(`the vendor’s own sentence is found: ${title}`, (t) => {
    t.is(vendorWords(body), words);
  });
}

async function messageOfCheck(body: string): Promise<string> {
  await using vendor = await startScriptedVendor(answer(403, body));
  const outcome = await checkAccount(
    accountConfig({ provider: 'deepseek', options: { key, base_url: vendor.url } }),
    { findProvider, httpClient: () => client(), now: Date.now, redact: createRedactor([key]) },
    AbortSignal.timeout(10_000),
  );
  return outcome.ok ? 'A READING' : outcome.message;
}

test('a vendor’s sentence is shown without secrets, even of one that is cut or torn apart by what is not printed', async (t) => {
  for (const words of [
    'sk-0123456789abcdef',
    'sk-01234\u001b[0m56789abcdef',
    'sk-01234\u200b56789abcdef',
    'sk-01234\u000056789abcdef',
  ]) {
    const message = await messageOfCheck(JSON.stringify({ message: `no team of ${words}` }));
    t.true(message.endsWith('no team of [secret KEY]'), message);
  }
  const long = await messageOfCheck(
    JSON.stringify({ message: `${'x'.repeat(300)}sk-0123456789abcdef${'y'.repeat(300)}` }),
  );
  t.true([...long].length <= 401);
  t.false(long.includes('sk-0'));
});

test('a vendor’s sentence moves no cursor, and is one line', async (t) => {
  const message = await messageOfCheck(
    JSON.stringify({ message: 'a\u001b[2J\u001b]0;title\u0007b\r\nc\u202ed\u009b31me' }),
  );
  t.true(message.endsWith('the vendor says: ab cde'), JSON.stringify(message));
});

test('Retry-After 0 does not shorten the backoff', async (t) => {
  await using vendor = await startScriptedVendor(answer(429, {}, { 'retry-after': '0' }));
  const error = await failure(client({ retries: 2, timeout: 2000 }).request({ url: vendor.url }));
  t.is(error.reason, 'rate_limit');
  t.is(vendor.requests.length, 2);
});

test('a wait that is longer than the check may take is rate_limit whatever the status, and passed on', async (t) => {
  await using vendor = await startScriptedVendor(answer(503, {}, { 'retry-after': '90.5' }));
  const error = await failure(client({ retries: 2 }).request({ url: vendor.url }));
  t.deepEqual([error.reason, error.retryAfterSeconds], ['rate_limit', 90.5]);
  t.is(vendor.requests.length, 1);
});

test('a wait in a header of the vendor’s own is kept', async (t) => {
  await using vendor = await startScriptedVendor(answer(429, {}, { 'x-ratelimit-reset': '3600' }));
  const error = await failure(client().request({ url: vendor.url, waitHeader: 'X-RateLimit-Reset' }));
  t.deepEqual([error.reason, error.retryAfterSeconds], ['rate_limit', 3600]);
});

test('a header of the vendor’s own is read as it is written', (t) => {
  const now = Date.UTC(2026, 10, 24, 8, 0, 0);
  for (const [name, text, seconds] of [
    ['x-reset', '12', 12],
    ['x-reset', '1.5', 1.5],
    ['retry-after-ms', '1500', 1.5],
    ['x-reset', String(now / 1000 + 60), 60],
    ['x-reset', String(now + 60_000), 60],
    ['x-reset', '6m0s', 360],
    ['x-reset', '1h2m3.5s', 3723.5],
    ['x-reset', '350ms', 0.35],
    ['x-reset', '2026-11-24T08:01:00Z', 60],
    ['x-reset', 'soon', undefined],
    ['x-reset', '', undefined],
    ['x-reset', '9'.repeat(400), 31_536_000],
  ] as const)
    t.is(waitSeconds(name, text, now), seconds, `${name}: ${text}`);
});

test('a POST that only reads is repeated, another is not', async (t) => {
  for (const [readOnly, asked] of [
    [true, 2],
    [false, 1],
  ] as const) {
    await using vendor = await startScriptedVendor(answer(503, ''));
    await failure(client({ retries: 1 }).request({ url: vendor.url, method: 'POST', body: '{}', readOnly }));
    t.is(vendor.requests.length, asked);
  }
});

test('a request is made for each attempt', async (t) => {
  await using vendor = await startScriptedVendor(answer(503, ''));
  let nonce = 0;
  const make = () => {
    nonce += 1;
    return { url: vendor.url, headers: { 'x-nonce': String(nonce) } };
  };
  await failure(client({ retries: 1 }).request(make));
  t.deepEqual(
    vendor.requests.map(({ headers }) => headers['x-nonce']),
    ['1', '2'],
  );
});

test('a User-Agent and an Accept of the account file are kept, however they are written', async (t) => {
  await using vendor = await startScriptedVendor(answer(200, {}));
  await client().request({ url: vendor.url, headers: { 'User-Agent': 'own/1', ACCEPT: 'text/xml' } });
  const [request] = vendor.requests;
  t.deepEqual([request?.headers['user-agent'], request?.headers.accept], ['own/1', 'text/xml']);
});

test('a header that can’t be sent is a fault of the configuration, and its value is not shown', async (t) => {
  const error = await failure(
    client().request({ url: 'http://127.0.0.1:1/', headers: { 'x-key': 'hunter2\nx' } }),
  );
  t.deepEqual(
    [error.reason, error.message],
    [
      'config',
      'GET http://127.0.0.1:1/: the header x-key contains a character that is not allowed in a header',
    ],
  );
});

test('a port that does not speak HTTP: network, with a message, without retries', async (t) => {
  for (const greeting of [
    '220 mail.example ESMTP\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    '\u0000\u0001\u0002\r\n',
  ]) {
    let connections = 0;
    await using server = await serveSockets(createServer(), (socket) => {
      connections += 1;
      socket.end(greeting);
    });
    const error = await failure(client({ retries: 2 }).request({ url: `http://127.0.0.1:${server.port}/` }));
    t.is(error.reason, 'network');
    t.regex(error.message, /: the response is not valid HTTP \(HPE_INVALID_[A-Z_]+: .*\)$/);
    t.is(connections, 1);
  }
});

test('an answer that breaks HTTP’s rules later on: network', async (t) => {
  await using server = await serveSockets(createServer(), (socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'));
  });
  const error = await failure(client().request({ url: `http://127.0.0.1:${server.port}/` }));
  t.deepEqual([error.reason, error.message.includes('is not valid HTTP')], ['network', true]);
});

test('an unasked 101 is network, and its connection is closed', async (t) => {
  let isClosed = false;
  await using server = await serveSockets(createServer(), (socket) => {
    socket.once('close', () => {
      isClosed = true;
    });
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    );
  });
  const error = await failure(client().request({ url: `http://127.0.0.1:${server.port}/` }));
  t.is(error.reason, 'network');
  t.regex(error.message, /unexpected 101 Switching Protocols/);
  await server.closed();
  t.true(isClosed);
});
