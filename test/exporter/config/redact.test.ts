import test from 'ava';
import fc from 'fast-check';
import { createRedactor, redactFetched } from '../../../exporter/config/redact.ts';
import { Secret } from '../../../exporter/config/secret.ts';

const redactorOf = (value: string) => createRedactor([new Secret('KEY', value)]);

const value = 'p4ss <word> & "more"/+?';

const forms: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['trimmed', (text) => text.trim()],
  ['in a URL', encodeURIComponent],
  ['in a form', (text) => new URLSearchParams({ key: text }).toString()],
  ['in JSON', (text) => JSON.stringify({ key: text })],
  [
    'in HTML',
    (text) =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ],
  ['in base64', (text) => Buffer.from(text).toString('base64')],
  ['in base64url', (text) => Buffer.from(text).toString('base64url')],
  ['in base64 of user:password', (text) => Buffer.from(`admin:${text}`).toString('base64')],
  ['in base64url of another user:password', (text) => Buffer.from(`root1:${text}`).toString('base64url')],
];

for (const [title, form] of forms) {
  test(`a secret is taken out ${title}`, (t) => {
    const said = form(`${value} `);
    const redacted = redactorOf(`${value} `)(`the vendor said ${said} to us`);
    t.true(redacted.includes('[secret KEY]'), redacted);
    for (const part of ['p4ss', 'word', 'more']) t.false(redacted.includes(part), redacted);
  });
}

test('no part of the secret remains in base64, whatever surrounds it', (t) => {
  const ascii = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 40 });
  fc.assert(
    fc.property(ascii, fc.string(), fc.string(), (secret, before, after) => {
      if (secret.trim() !== secret) return;
      const encoded = Buffer.from(before + secret + after).toString('base64');
      const redacted = redactorOf(secret)(encoded);
      t.true(redacted.includes('[secret KEY]'));
    }),
  );
});

test('a token that was fetched is taken out by every redactor, and so is the one before it', (t) => {
  const earlier = createRedactor([]);
  for (const token of ['first-token', 'second-token', 'third-token']) redactFetched('token by KEY', token);
  for (const redact of [earlier, createRedactor([])]) {
    t.is(redact('third-token, second-token'), '[token by KEY], [token by KEY]');
    t.is(redact(Buffer.from('user:third-token').toString('base64url')).includes('dGhpcmQtdG9rZW4'), false);
  }
  // What was replaced twice is accepted by nobody any more.
  t.is(earlier('first-token'), 'first-token');
});

test('fetching the same token again evicts none, and a word is not a token', (t) => {
  const redact = createRedactor([]);
  for (const token of ['token-one', 'token-two', 'token-two', 'token-two'])
    redactFetched('token by A', token);
  redactFetched('token by B', 'bearer');
  t.is(redact('token-one and bearer'), '[token by A] and bearer');
});

test('a thousand kinds of fetched tokens are remembered, the latest of them', (t) => {
  const redact = createRedactor([]);
  for (let index = 0; index < 1001; index += 1) redactFetched(`many ${index}`, `many-token-${index}-`);
  t.is(redact('many-token-0- many-token-1000-'), 'many-token-0- [many 1000]');
});
