import test from 'ava';
import fc from 'fast-check';
import type { HeadedMail } from '../../../../exporter/mail/imap/bodies.ts';
import { readTexts } from '../../../../exporter/mail/imap/bodies.ts';
import { layoutOf } from '../../../../exporter/mail/imap/layout.ts';
import type { TextPart } from '../../../../exporter/mail/imap/mime.ts';
import { parseHeaders } from '../../../../exporter/mail/imap/mime.ts';

function headed(uid: number, fields: readonly string[], size = 2000): HeadedMail {
  return { uid, size, headers: parseHeaders(Buffer.from(`Subject: a\r\n${fields.join('\r\n')}\r\n\r\n`)) };
}

const plain: TextPart = {
  part: '1.1',
  kind: 'plain',
  encoding: '8bit',
  charset: 'utf-8',
  flowed: false,
  deleteSpace: false,
  longest: 32 * 1024,
};

/** A session that has these bodies, tells the same structure of every mail, and notes what it is asked for. */
function session(bodies: Readonly<Record<number, string>> = {}) {
  const asked: string[] = [];
  return {
    asked,
    bodies: async (uids: readonly number[]) => {
      asked.push(`bodies ${uids.join()}`);
      return new Map(
        uids.flatMap((uid): [number, Buffer][] => {
          const body = bodies[uid];
          return body === undefined ? [] : [[uid, Buffer.from(body)]];
        }),
      );
    },
    structures: async (uids: readonly number[]) => {
      asked.push(`structures ${uids.join()}`);
      return new Map(uids.map((uid) => [uid, [plain]]));
    },
    parts: async (uids: readonly number[], parts: readonly TextPart[]) => {
      asked.push(`parts ${parts.map(({ part, longest }) => `${part}<${longest}>`).join()} of ${uids.join()}`);
      return new Map(uids.map((uid) => [uid, new Map(parts.map(({ part }) => [part, Buffer.from('text')]))]));
    },
  };
}

const alternative = 'Content-Type: multipart/alternative; boundary="B"';
const forms = [
  ...['preamble', '--B', 'Content-Type: text/plain; charset=utf-8', '', '余额不足', '--B'],
  ...['Content-Type: text/html', 'Content-Transfer-Encoding: quoted-printable', '', '<p>low=20balance</p>'],
  ...['--B--', ''],
].join('\r\n');

test('a mail of one text needs no structure: its header tells type, charset and encoding', async (t) => {
  const it = session();
  const texts = await readTexts(it, [
    headed(1, ['Content-Type: Text/Plain; charset="gbk"', 'Content-Transfer-Encoding: Base64']),
    headed(2, ['Content-Type: text/html']),
    headed(3, ['Content-Type: text/plain']),
  ]);
  t.deepEqual(it.asked, ['parts 1<32768> of 1,3', 'parts 1<131072> of 2']);
  t.is(texts.get(3)?.(), 'text');
  t.like(layoutOf(headed(1, ['Content-Type: text/plain; charset=gbk; format=flowed']).headers, 10), [
    { part: '1', kind: 'plain', charset: 'gbk', flowed: true, longest: 32_768 },
  ]);
});

test('a small mail with its text in several forms is read with one command', async (t) => {
  const it = session({ 1: forms, 2: forms });
  const texts = await readTexts(it, [headed(1, [alternative]), headed(2, [alternative], 48 * 1024)]);
  t.deepEqual(it.asked, ['bodies 1,2']);
  t.is(texts.get(1)?.().replaceAll('\r', ''), '余额不足\n\nlow balance');
});

test('a larger one, one of unknown size, and one whose header does not tell are read by their parts', async (t) => {
  const it = session();
  const mails = [
    headed(1, [alternative], 48 * 1024 + 1),
    headed(2, [alternative], 0),
    headed(3, ['Content-Type: multipart/alternative']),
    headed(4, []),
  ];
  const texts = await readTexts(it, mails);
  t.deepEqual(it.asked, ['structures 1,2,3,4', 'parts 1.1<32768> of 1,2,3,4']);
  t.is(texts.get(4)?.(), 'text');
});

test('of a mail that can have attachments nothing but its text is asked for, however small it is', async (t) => {
  const it = session();
  const types = ['mixed', 'related', 'signed', 'report', 'digest'].map((type) => `multipart/${type}`);
  await readTexts(
    it,
    [...types, 'application/pdf', 'message/rfc822'].map((type, index) =>
      headed(index + 1, [`Content-Type: ${type}; boundary=B`], 900),
    ),
  );
  t.deepEqual(it.asked, ['structures 1,2,3,4,5,6,7', 'parts 1.1<32768> of 1,2,3,4,5,6,7']);
  const file = headed(8, ['Content-Type: text/plain', 'Content-Disposition: Attachment; filename=a.txt']);
  const texts = await readTexts(it, [file]);
  t.is(texts.get(8)?.(), '');
  t.is(it.asked.length, 2);
});

test('where the forms are not to be found, or the server gives none, its word on the structure counts', async (t) => {
  const it = session({ 1: 'no boundary in here', 2: '' });
  const texts = await readTexts(
    it,
    [1, 2, 3].map((uid) => headed(uid, [alternative])),
  );
  t.deepEqual(it.asked, ['bodies 1,2,3', 'structures 1,2,3', 'parts 1.1<32768> of 1,2,3']);
  t.is(texts.get(1)?.(), 'text');
});

test('texts are read with few commands, each for no more than 3 MiB', async (t) => {
  const it = session();
  const mails = (count: number, size: number) =>
    Array.from({ length: count }, (_, index) => headed(index, ['Content-Type: text/html'], size));
  await readTexts(it, mails(100, 6000));
  t.is(it.asked.length, 1);
  await readTexts(it, mails(100, 30_000_000));
  t.is(it.asked.length, 1 + 5);
});

test('no header field makes the layout throw', (t) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          'text/plain',
          'multipart/alternative',
          ';',
          'boundary',
          '=',
          '"',
          '*0*',
          "''%",
          'é',
          ' ',
        ),
      ),
      fc.string(),
      (pieces, other) => {
        for (const contentType of [pieces.join(''), other]) {
          layoutOf({ ...headed(1, []).headers, contentType, transferEncoding: other, disposition: other }, 9);
        }
      },
    ),
    { numRuns: 2000 },
  );
  t.pass();
});
