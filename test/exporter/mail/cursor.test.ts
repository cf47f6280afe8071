import test from 'ava';
import type { MailboxCursor } from '../../../exporter/mail/cursor.ts';
import { cursorFor, emptyCursor, identityOf, SeenMails } from '../../../exporter/mail/cursor.ts';
import { isAcceptedSender } from '../../../exporter/mail/senders.ts';

const now = Date.UTC(2026, 10, 24);
const week = 7 * 86_400;
const view = { folder: 'INBOX', uidValidity: '7' };

function cursor(changes: Partial<MailboxCursor> = {}): MailboxCursor {
  return {
    ...emptyCursor,
    folders: [{ folder: 'INBOX', uidValidity: '7', lastUid: 40, since: now - 1000 }],
    ...changes,
  };
}

test('a folder that was never scanned begins at the lookback', (t) => {
  t.deepEqual(cursorFor(emptyCursor, view, { now, lookback: week }), {
    ...view,
    lastUid: 0,
    since: now - week * 1000,
  });
});

test('a known folder continues at its position, whatever the lookback is now', (t) => {
  const known = cursor();
  const [folder] = known.folders;
  t.truthy(folder);
  if (folder !== undefined) t.is(cursorFor(known, view, { now: now + 1e10, lookback: 3600 }), folder);
});

test('a renumbered folder starts at the lookback, but not before the oldest remembered mail', (t) => {
  const renumbered = { folder: 'INBOX', uidValidity: '8' };
  const since = (forgottenUpTo: number) =>
    cursorFor(cursor({ forgottenUpTo, folders: [{ ...view, lastUid: 40, since: 0 }] }), renumbered, {
      now,
      lookback: week,
    }).since;
  t.is(since(0), now - week * 1000);
  t.is(since(now - 5000), now - 4999);
});

test('a mail is known by its header fields in any folder, and by its size where it has no Message-ID', (t) => {
  const mail = { messageId: '<a@b>', sender: 'x@y', subject: 's', date: 'd', size: 1 };
  t.is(identityOf(mail), identityOf({ ...mail, size: 2 }));
  t.not(identityOf(mail), identityOf({ ...mail, messageId: '<c@b>' }));
  // A vendor that gives all its mails one Message-ID still sends more than one mail.
  t.not(identityOf(mail), identityOf({ ...mail, date: 'e' }));
  const bare = { ...mail, messageId: '' };
  t.is(identityOf(bare), identityOf({ ...bare }));
  t.not(identityOf(bare), identityOf({ ...bare, size: 2 }));
  t.is(identityOf(mail).length, 11);
});

test('of the mails that were seen the newest 10,000 are remembered', (t) => {
  const seen = new SeenMails(emptyCursor);
  for (let index = 0; index < 10_003; index += 1) seen.add(`hash${index}`, now + index);
  t.false(seen.has('hash2'));
  t.true(seen.has('hash3'));
  const kept = seen.cursor([]);
  t.is(kept.seen.length, 10_000);
  t.is(kept.forgottenUpTo, now + 60_000);
  const again = new SeenMails(kept);
  t.true(again.has('hash10002'));
  for (let index = 0; index < 10_000; index += 1) again.add(`later${index}`, now + 120_000);
  t.false(again.has('hash10002'));
  t.is(again.cursor([]).forgottenUpTo, now + 60_000);
});

test('mail counts by its sender: muted never, and only that of the list where there is one', (t) => {
  const lists = { allow: ['vendor.example', 'Me@Other.example'], mute: ['news.vendor.example'] };
  t.deepEqual(
    [
      'a@vendor.example',
      'a@x.vendor.example',
      'me@other.example',
      'you@other.example',
      'a@news.vendor.example',
      '',
    ].map((address) => isAcceptedSender(address, lists)),
    [true, true, true, false, false, false],
  );
  t.true(isAcceptedSender('', { allow: [], mute: ['vendor.example'] }));
  t.false(isAcceptedSender('a@notvendor.example', { allow: ['vendor.example'], mute: [] }));
});
