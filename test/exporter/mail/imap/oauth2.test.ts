import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import ava from 'ava';
import { createRedactor } from '../../../../exporter/config/redact.ts';
import { Secret } from '../../../../exporter/config/secret.ts';
import { emptyCursor } from '../../../../exporter/mail/cursor.ts';
import { accessToken, dropAccessToken } from '../../../../exporter/mail/imap/oauth2.ts';
import { scanMailbox } from '../../../../exporter/mail/scan.ts';
import type { OAuth2Config } from '../../../../exporter/mail/schema.ts';
import { mailboxSchema, resolveMailbox } from '../../../../exporter/mail/schema.ts';
import { httpClientFor } from '../../../../exporter/providers/http-for.ts';
import { CheckError } from '../../../../exporter/readings/check-error.ts';
import { portOf } from '../../../../exporter/web/listen.ts';
import { dovecotMissing, startDovecot } from '../../../support/dovecot.ts';
import { mailboxConfig } from '../../../support/mailbox.ts';

type Answer = (form: URLSearchParams) => {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

interface Endpoint {
  readonly url: string;
  readonly forms: URLSearchParams[];
  stop(): void;
}

/** A token endpoint on loopback. */
async function startEndpoint(answer: Answer): Promise<Endpoint> {
  const forms: URLSearchParams[] = [];
  const server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const form = new URLSearchParams(text);
      forms.push(form);
      const { status, body, headers = {} } = answer(form);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}/token`, forms, stop: () => server.close() };
}

const secret = (value: string) => new Secret('BILLING_REFRESH', value);

function config(tokenUrl: string, changes: Partial<OAuth2Config> = {}): OAuth2Config {
  return {
    tokenUrl,
    clientId: 'app-1',
    clientSecret: new Secret('BILLING_CLIENT', 'planted-client'),
    refreshToken: secret('planted-refresh'),
    scope: undefined,
    ...changes,
  };
}

const signal = new AbortController().signal;
const client = httpClientFor({ timeoutSeconds: 10, proxy: undefined, caFile: undefined }, signal);

ava('a token is requested with the refresh token, and reused until it expires', async (t) => {
  let now = 1_000_000;
  let count = 0;
  const endpoint = await startEndpoint(() => {
    count += 1;
    return {
      status: 200,
      body: { access_token: `token-${count}`, expires_in: 3600, refresh_token: 'next-refresh' },
    };
  });
  const oauth2 = config(endpoint.url);
  const ask = () => accessToken(oauth2, { client, now: () => now });
  t.is(await ask(), 'token-1');
  now += 3_500_000;
  t.is(await ask(), 'token-1');
  now += 100_000;
  t.is(await ask(), 'token-2');
  dropAccessToken(oauth2);
  t.is(await ask(), 'token-3');
  endpoint.stop();
  t.deepEqual(
    endpoint.forms.map((form) => form.get('refresh_token')),
    ['planted-refresh', 'next-refresh', 'next-refresh'],
  );
  t.is(endpoint.forms[0]?.get('grant_type'), 'refresh_token');
});

ava('tokens that were fetched are known to redactors, a new refresh token too', async (t) => {
  const body = { access_token: 'fetched-access', refresh_token: 'fetched-refresh' };
  const endpoint = await startEndpoint(() => ({ status: 200, body }));
  await accessToken(config(endpoint.url), { client });
  endpoint.stop();
  t.is(
    createRedactor([])('NO fetched-access, fetched-refresh'),
    'NO [token by BILLING_REFRESH], [refresh token by BILLING_REFRESH]',
  );
});

ava('without a refresh token the application asks for itself', async (t) => {
  const endpoint = await startEndpoint(() => ({ status: 200, body: { access_token: 'token' } }));
  await accessToken(config(endpoint.url, { refreshToken: undefined, scope: 'mail/.default' }), { client });
  endpoint.stop();
  t.deepEqual(Object.fromEntries(endpoint.forms[0] ?? []), {
    client_id: 'app-1',
    client_secret: 'planted-client',
    grant_type: 'client_credentials',
    scope: 'mail/.default',
  });
});

for (const [what, status, body, reason, words] of [
  [
    'a refresh token that has expired',
    400,
    { error: 'invalid_grant', error_description: 'planted-refresh' },
    'auth',
    /sign in again and store the new one/,
  ],
  ['a wrong client secret', 401, { error: 'invalid_client' }, 'auth', /check client_id and client_secret/],
  ['a scope that does not exist', 400, { error: 'invalid_scope' }, 'config', /check scope and tenant/],
  ['an endpoint that is down', 503, 'down', 'http', /status 503/],
  ['an answer without a token', 200, {}, 'schema', /expected an access_token/],
  ['a page instead of JSON', 200, '<html>', 'schema', /status 200/],
] as const) {
  ava(`${what} fails with the reason ${reason} and a remedy, without any secret`, async (t) => {
    const endpoint = await startEndpoint(() => ({ status, body }));
    const error = await t.throwsAsync(accessToken(config(endpoint.url), { client }), {
      instanceOf: CheckError,
    });
    endpoint.stop();
    t.is(error.reason, reason);
    t.regex(error.message, words);
    t.notRegex(error.message, /planted/);
  });
}

ava('tokens are requested through the shared HTTP client, with its limits and reasons', async (t) => {
  const huge = await startEndpoint(() => ({ status: 200, body: { access_token: 'x'.repeat(2_000_000) } }));
  const large = await t.throwsAsync(accessToken(config(huge.url), { client }), { instanceOf: CheckError });
  huge.stop();
  t.is(large.reason, 'schema');

  const busy = await startEndpoint(() => ({ status: 429, body: {}, headers: { 'retry-after': '30' } }));
  const limited = await t.throwsAsync(accessToken(config(busy.url), { client }), { instanceOf: CheckError });
  busy.stop();
  t.is(limited.reason, 'rate_limit');
  t.is(limited.retryAfterSeconds, 30);

  const elsewhere = await startEndpoint(() => ({ status: 200, body: { access_token: 'stolen' } }));
  const moved = await startEndpoint(() => ({ status: 307, body: '', headers: { location: elsewhere.url } }));
  const redirected = await t.throwsAsync(accessToken(config(moved.url), { client }), {
    instanceOf: CheckError,
  });
  moved.stop();
  elsewhere.stop();
  t.is(redirected.reason, 'http');
  t.deepEqual(elsewhere.forms, []);

  const proxy = await startEndpoint(() => ({ status: 200, body: { access_token: 'by-proxy' } }));
  const proxied = httpClientFor(
    { timeoutSeconds: 10, proxy: new URL(proxy.url).origin, caFile: undefined },
    signal,
  );
  t.is(await accessToken(config('http://id.invalid/token'), { client: proxied }), 'by-proxy');
  proxy.stop();
});

const entry = { name: 'billing', host: 'outlook.office365.com', user: 'billing@orchard.example' };

ava('Microsoft and Google need no addresses', (t) => {
  const oauth2Of = (oauth2: unknown) => resolveMailbox(mailboxSchema.parse({ ...entry, oauth2 })).oauth2;
  const microsoft = oauth2Of({ provider: 'microsoft', client_id: 'app', refresh_token: secret('x') });
  t.is(microsoft?.tokenUrl, 'https://login.microsoftonline.com/common/oauth2/v2.0/token');
  t.is(microsoft?.scope, 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access');
  const own = oauth2Of({
    provider: 'microsoft',
    tenant: 'orchard.example',
    client_id: 'app',
    client_secret: secret('x'),
  });
  t.is(own?.scope, 'https://outlook.office365.com/.default');
  const google = oauth2Of({
    provider: 'google',
    client_id: 'app',
    client_secret: secret('y'),
    refresh_token: secret('x'),
  });
  t.is(google?.tokenUrl, 'https://oauth2.googleapis.com/token');
});

ava('what is missing or too much is named', (t) => {
  const messages = (rest: object) =>
    mailboxSchema.safeParse({ ...entry, ...rest }).error?.issues.map(({ message }) => message);
  t.deepEqual(messages({}), ['expected either password or oauth2, got none']);
  t.deepEqual(messages({ oauth2: { provider: 'custom', client_id: 'a', refresh_token: secret('x') } }), [
    'expected the URL of the token endpoint, which provider custom needs',
  ]);
  t.deepEqual(messages({ oauth2: { provider: 'microsoft', client_id: 'a', client_secret: secret('x') } }), [
    'expected the id of the tenant, which client credentials need',
  ]);
  t.deepEqual(
    messages({
      oauth2: {
        provider: 'custom',
        client_id: 'a',
        refresh_token: secret('x'),
        token_url: 'http://id.example/t',
      },
    }),
    ['expected a token endpoint with https'],
  );
});

const missing = dovecotMissing();
const withDovecot = missing === undefined ? ava : ava.skip;

withDovecot('mails of a Dovecot that takes tokens only are counted', async (t) => {
  const endpoint = await startEndpoint((form) =>
    form.has('grant_type')
      ? { status: 200, body: { access_token: 'token-of-billing', expires_in: 3600 } }
      : { status: 200, body: { active: form.get('token') === 'token-of-billing', username: 'billing' } },
  );
  const dovecot = await startDovecot({ introspectionUrl: endpoint.url });
  try {
    const now = Date.now();
    dovecot.plant('billing', [
      { source: 'Subject: Low balance alert\r\n\r\nYour balance is low.\r\n', receivedAt: now - 1000 },
    ]);
    const { caFile, port } = dovecot;
    const mailbox = (oauth2: OAuth2Config | undefined) => ({ ...mailboxConfig({ port, caFile }), oauth2 });
    const scan = (oauth2: OAuth2Config | undefined) =>
      scanMailbox({ mailbox: mailbox(oauth2), cursor: emptyCursor, now, signal });
    const result = await scan(config(endpoint.url));
    t.deepEqual(
      result.hits.map(({ topic }) => topic),
      ['low_balance'],
    );
    const refused = await t.throwsAsync(scan(undefined), { instanceOf: CheckError });
    t.is(refused.reason, 'auth');
    t.regex(refused.message, /use oauth2/);
  } finally {
    await dovecot.stop();
    endpoint.stop();
  }
});
