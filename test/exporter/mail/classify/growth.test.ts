import test from 'ava';
import { createClassifier } from '../../../../exporter/mail/classify/classifier.ts';
import { normalize, sentences } from '../../../../exporter/mail/classify/normalize.ts';
import { matchesOf, toPhrase } from '../../../../exporter/mail/classify/phrase-index.ts';
import { withoutQuotes } from '../../../../exporter/mail/classify/quoted.ts';
import { chinese } from '../../../../exporter/mail/classify/terms/chinese.ts';
import * as context from '../../../../exporter/mail/classify/terms/context.ts';
import { english } from '../../../../exporter/mail/classify/terms/english.ts';
import { french } from '../../../../exporter/mail/classify/terms/french.ts';
import { german } from '../../../../exporter/mail/classify/terms/german.ts';
import { japanese } from '../../../../exporter/mail/classify/terms/japanese.ts';
import { spanish } from '../../../../exporter/mail/classify/terms/spanish.ts';
import { unflow } from '../../../../exporter/mail/imap/bodies.ts';
import { htmlToText } from '../../../../exporter/mail/imap/html-to-text.ts';
import { parseMessage } from '../../../../exporter/mail/imap/message.ts';
import { decodeText, parseHeaders } from '../../../../exporter/mail/imap/mime.ts';

/** Costs below this many milliseconds are noise. */
const noise = 4;

/** The least of some measurements, in milliseconds of this thread: what else the machine does only ever adds. */
function cost(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 2 && least > noise; run += 1) {
    const started = process.threadCpuUsage();
    work();
    const used = process.threadCpuUsage(started);
    least = Math.min(least, (used.user + used.system) / 1000);
  }
  return least;
}

/** The exponent of growth between two sizes; what costs next to nothing grows not at all. */
function exponent(small: number, large: number, times: number): number {
  return large < noise ? 0 : Math.log(large / Math.max(small, noise / times)) / Math.log(times);
}

const growth = 8;
/** 2 is the square, and what is linear is near 1; the rest is for machines that are busy. */
const mostExponent = 1.75;

const phrases = [
  ...[english, chinese, german, french, spanish, japanese].flatMap((terms) =>
    Object.values(terms).flatMap((kinds) => Object.values(kinds).flat()),
  ),
  ...Object.values(context).flatMap((value) => (Array.isArray(value) ? value : Object.values(value).flat())),
].filter((phrase) => typeof phrase === 'string');

/** What a phrase may begin with, over and over, and characters that its expressions take. */
function fillers(phrase: string): readonly string[] {
  const words = phrase.match(/[a-z\u00c0-\u024f]{3,}|[\u3040-\u30ff\u3400-\u9fff]+/g) ?? [];
  return [...words.slice(0, 3), ...words.slice(-2), '1', '$1,', 'a.', ' -'].flatMap((word) => [
    word,
    `${word} `,
  ]);
}

test('no term takes quadratic time', (t) => {
  const worst: [number, string][] = [];
  for (const phrase of phrases) {
    const { pattern } = toPhrase(phrase);
    for (const filler of new Set(fillers(phrase))) {
      const textOf = (length: number) => filler.repeat(Math.ceil(length / filler.length));
      const long = textOf(growth * 250);
      const first = cost(() => matchesOf(pattern, long));
      if (first < noise) continue;
      const small = cost(() => matchesOf(pattern, textOf(250)));
      worst.push([exponent(small, first, growth), `${JSON.stringify(filler)} for ${phrase}`]);
    }
  }
  worst.sort(([one], [other]) => other - one);
  for (const [value, what] of worst.slice(0, 3)) t.log(value.toFixed(2), what);
  t.deepEqual(
    worst.filter(([value]) => value > mostExponent),
    [],
  );
});

const classifier = createClassifier({ extend: { arrears: ['dunning step'] }, replace: {} });

const readers: Readonly<Record<string, (text: string) => void>> = {
  'the header fields': (text) =>
    void parseHeaders(Buffer.from(`Subject: ${text}\r\nFrom: ${text}\r\nDate: ${text}\r\n`)),
  'a folded subject': (text) =>
    void parseHeaders(Buffer.from(`Subject: ${text.replace(/.{60}/g, '$&\r\n ')}\r\n`)),
  'encoded words': (text) =>
    void parseHeaders(Buffer.from(`Subject: ${'=?utf-8?B?5aa=?= '.repeat(text.length / 17)}`)),
  'a subject': (text) => void classifier.isOpen(text),
  'the whole decision': (text) => void classifier.judge({ subject: text, text }),
  normalising: (text) => void sentences(normalize(text)),
  'older mails in an answer': (text) => void withoutQuotes(text),
  'flowed text': (text) => void unflow(text.replaceAll(' ', ' \n'), true),
  HTML: (text) => void htmlToText(text),
  'hidden elements': (text) => void htmlToText('<div hidden>x</div>'.repeat(text.length / 19)),
  'open elements': (text) => void htmlToText('<b><p>'.repeat(text.length / 6)),
  'a whole mail': (text) =>
    void parseMessage(Buffer.from(`Content-Type: multipart/mixed; boundary=a\r\n\r\n${text}`)),
  parts: (text) =>
    void parseMessage(
      Buffer.from(`Content-Type: multipart/mixed; boundary=a\r\n\r\n${'--a\r\n'.repeat(text.length / 5)}`),
    ),
  'a charset that nobody named': (text) => void decodeText(Buffer.from(text, 'latin1'), undefined),
};

const contents = [
  '1',
  '1,',
  'a@',
  '<',
  '>',
  '> ',
  ' ',
  '\n',
  '您的账户',
  '=?',
  '--',
  'on ',
  '.',
  'your balance is low. ',
  'payment ',
  '\u00ff',
];

for (const [name, read] of Object.entries(readers)) {
  test(`reading a mail takes at most linear time: ${name}`, (t) => {
    const found = contents.map((filler) => {
      const textOf = (length: number) => filler.repeat(Math.ceil(length / filler.length));
      const measure = () =>
        exponent(
          cost(() => read(textOf(8192))),
          cost(() => read(textOf(65_536))),
          growth,
        );
      // A busy machine adds to one measurement, hardly to three.
      let value = measure();
      for (let again = 0; again < 2 && value > mostExponent; again += 1) value = Math.min(value, measure());
      return [value, JSON.stringify(filler)] as const;
    });
    const [worst] = found.toSorted(([one], [other]) => other - one);
    t.log(`exponent ${worst?.[0].toFixed(2)} with ${worst?.[1]}`);
    t.deepEqual(
      found.filter(([value]) => value > mostExponent),
      [],
    );
  });
}

test('a subject of 64 kB costs what a short one costs', (t) => {
  for (const filler of ['1', 'a@', '您的账户', '=?utf-8?Q?=31?= ']) {
    const bytes = Buffer.from(
      `Subject: ${filler.repeat(65_536 / filler.length)}\r\nFrom: ${filler.repeat(8000)}\r\n`,
    );
    const { subject, sender } = parseHeaders(bytes);
    t.true(subject.length <= 998, filler);
    t.true(sender.length <= 998, filler);
  }
});
