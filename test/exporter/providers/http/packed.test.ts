import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import test from 'ava';
import iconv from 'iconv-lite';
import { unpack } from '../../../../exporter/providers/http/unpack.ts';
import { startScriptedVendor } from '../../../support/scripted-vendor.ts';
import { client, failure } from './support.ts';

const text = '{"balance":"12.50","名称":"余额"}';

function sends(body: Buffer, headers: Readonly<Record<string, string>>, status = 200) {
  return startScriptedVendor((_request, response) => response.writeHead(status, headers).end(body));
}

const packed: readonly (readonly [string, string | undefined, Buffer])[] = [
  ['gzip', 'gzip', gzipSync(text)],
  ['gzip by its old name, in capitals', 'X-GZIP', gzipSync(text)],
  ['deflate in zlib’s format', 'deflate', deflateSync(text)],
  ['deflate as a bare stream', 'deflate', deflateRawSync(text)],
  ['br', 'br', brotliCompressSync(text)],
  ['zstd', 'zstd', zstdCompressSync(text)],
  ['two codings, one in the other', 'gzip, br', brotliCompressSync(gzipSync(text))],
  ['gzip that nobody names', undefined, gzipSync(text)],
  ['zstd that nobody names', undefined, zstdCompressSync(text)],
  ['no coding, named as such', 'identity', Buffer.from(text)],
];

for (const [title, coding, body] of packed) {
  test(`an unrequested compressed response is read: ${title}`, async (t) => {
    await using vendor = await sends(body, coding === undefined ? {} : { 'content-encoding': coding });
    t.is((await client().request({ url: vendor.url })).text, text);
  });
}

const zeros = Buffer.alloc(40 * 1_048_576);
const bombs: readonly (readonly [string, Buffer])[] = [
  ['gzip', gzipSync(zeros)],
  ['deflate', deflateSync(zeros)],
  ['br', brotliCompressSync(zeros)],
  ['zstd', zstdCompressSync(zeros)],
  ['gzip, gzip', gzipSync(gzipSync(zeros))],
];

for (const [coding, body] of bombs) {
  test(`a bomb is cut off while it unpacks: ${coding}`, async (t) => {
    t.true(body.length < 1_048_576);
    await using vendor = await sends(body, { 'content-encoding': coding });
    const error = await failure(client().request({ url: vendor.url }));
    t.is(error.reason, 'schema');
    t.regex(error.message, /decompresses to more than 1048576 bytes/);
  });
}

const broken: readonly (readonly [string, string, Buffer])[] = [
  ['gzip that is cut', 'gzip', gzipSync(text).subarray(0, 20)],
  ['gzip that is none', 'gzip', Buffer.from(text)],
  ['deflate that is none', 'deflate', Buffer.from(text)],
  ['br that is none', 'br', Buffer.from(text)],
  ['zstd that is none', 'zstd', Buffer.from(text)],
  ['a coding that is not known', 'compress', Buffer.from(text)],
  ['four layers', 'gzip, gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(gzipSync(text))))],
];

for (const [title, coding, body] of broken) {
  test(`what cannot be decompressed is schema: ${title}`, async (t) => {
    await using vendor = await sends(body, { 'content-encoding': coding });
    const error = await failure(client().request({ url: vendor.url }));
    t.is(error.reason, 'schema', error.message);
  });
}

test('a frame that wants a window of more than 8 MiB is refused, not given the memory', (t) => {
  // RFC 8878, 3.1.1.1.2: window descriptor 0x88 stands for 2^27 bytes.
  const frame = Buffer.from('28b52ffd0088', 'hex');
  t.false(unpack(Buffer.concat([frame, Buffer.from('010000', 'hex')]), 'zstd', 1_048_576).ok);
});

test('an error with a broken body is reported by its status', async (t) => {
  await using vendor = await sends(Buffer.from('x'), { 'content-encoding': 'gzip' }, 401);
  t.is((await failure(client().request({ url: vendor.url }))).reason, 'auth');
});

const charsets: readonly (readonly [string, string, Buffer])[] = [
  ['GBK', 'application/json; charset=GBK', iconv.encode(text, 'gbk')],
  ['GB2312 in quotes', 'text/html; charset="gb2312"', iconv.encode(text, 'gb2312')],
  ['GB18030', 'application/json;charset=gb18030', iconv.encode(text, 'gb18030')],
  ['Big5', 'application/json; charset=Big5', iconv.encode('{"餘額":1}', 'big5')],
  ['UTF-8 with a byte order mark', 'application/json', iconv.encode(text, 'utf8', { addBOM: true })],
  ['UTF-16 by its byte order mark', 'application/json', iconv.encode(text, 'utf-16le', { addBOM: true })],
  ['a charset that nobody knows', 'application/json; charset=x-own', Buffer.from(text)],
];

for (const [title, type, body] of charsets) {
  test(`the text of an answer is read in its charset: ${title}`, async (t) => {
    await using vendor = await sends(body, { 'content-type': type });
    t.is((await client().request({ url: vendor.url })).text, title === 'Big5' ? '{"餘額":1}' : text);
  });
}

test('an XML document is read in the charset that it declares', async (t) => {
  const xml = '<?xml version="1.0" encoding="GBK"?><余额>1</余额>';
  await using vendor = await sends(iconv.encode(xml, 'gbk'), { 'content-type': 'text/xml' });
  t.is((await client().request({ url: vendor.url })).text, xml);
});
