import test from 'ava';
import { Secret } from '../../../exporter/config/secret.ts';
import { mailboxSchema, resolveMailbox } from '../../../exporter/mail/schema.ts';

const password = new Secret('BILLING_IMAP', 'x');
const entry = { name: 'billing', host: 'imap.example.com', user: 'billing@example.com', password };

function problems(change: object): readonly string[] {
  const result = mailboxSchema.safeParse({ ...entry, ...change });
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('the shortest entry gets port 993, INBOX, 15 minutes, a week and two minutes', (t) => {
  t.deepEqual(resolveMailbox(mailboxSchema.parse(entry)), {
    ...entry,
    oauth2: undefined,
    port: 993,
    starttls: false,
    folders: ['INBOX'],
    intervalSeconds: 900,
    lookbackSeconds: 604_800,
    timeoutSeconds: 120,
    caFile: undefined,
    senders: { allow: [], mute: [] },
    terms: { extend: {}, replace: {} },
    owner: undefined,
  });
});

test('STARTTLS goes with port 143 unless another is given', (t) => {
  t.is(resolveMailbox(mailboxSchema.parse({ ...entry, starttls: true })).port, 143);
  t.is(resolveMailbox(mailboxSchema.parse({ ...entry, starttls: true, port: 1143 })).port, 1143);
});

test('a folder that is named twice is scanned once', (t) => {
  const { folders } = resolveMailbox(mailboxSchema.parse({ ...entry, folders: ['INBOX', '账单', 'INBOX'] }));
  t.deepEqual(folders, ['INBOX', '账单']);
});

test('every error is reported with its position and the expected value', (t) => {
  t.deepEqual(problems({ password: 'hunter2' }), [
    'password: expected { secret: NAME }: a secret is named here, never written out',
  ]);
  t.deepEqual(problems({ host: 'imaps://imap.example.com' }), [
    'host: expected a host name such as imap.example.com, without scheme, port or path',
  ]);
  t.deepEqual(problems({ interval: '30s' }), ['interval: expected a duration from 1m to 7d']);
  t.deepEqual(problems({ interval: 'often' }), [
    'interval: expected a duration such as 30s, 10m or 1h30m, got "often"',
  ]);
  t.deepEqual(problems({ lookback: '8w' }), ['lookback: expected a duration from 1h to 31d']);
  t.deepEqual(problems({ timeout: '2s' }), ['timeout: expected a duration from 5s to 1h']);
  t.deepEqual(problems({ folders: [] }), ['folders: expected at least one folder']);
  t.deepEqual(problems({ senders: { mute: ['not an address'] } }), [
    'senders.mute.0: expected an address such as billing@vendor.example, or a domain such as vendor.example',
  ]);
  t.deepEqual(problems({ terms: { extend: { bill: ['...'] } } }), [
    'terms.extend.bill.0: expected a term with at least one letter or digit',
  ]);
  t.deepEqual(problems({ terms: { extend: { bill: ['dues'] }, replace: { bill: ['dues'] } } }), [
    'terms.extend.bill: expected terms of bill under extend or under replace, got both',
  ]);
  t.deepEqual(problems({ tls: false }), [': Unrecognized key: "tls"']);
  t.deepEqual(problems({ terms: { extend: { bills: ['dues'] } } }), [
    'terms.extend: Unrecognized key: "bills"',
  ]);
});
