import test from 'ava';
import { matchesOf, toPhrase } from '../../../../exporter/mail/classify/phrase-index.ts';
import { chinese } from '../../../../exporter/mail/classify/terms/chinese.ts';
import * as context from '../../../../exporter/mail/classify/terms/context.ts';
import { english } from '../../../../exporter/mail/classify/terms/english.ts';
import { french } from '../../../../exporter/mail/classify/terms/french.ts';
import { german } from '../../../../exporter/mail/classify/terms/german.ts';
import { japanese } from '../../../../exporter/mail/classify/terms/japanese.ts';
import { spanish } from '../../../../exporter/mail/classify/terms/spanish.ts';
import { parseHeaders } from '../../../../exporter/mail/imap/mime.ts';
import { cpuMs, growthOf, harmlessMs, mostExponent, repeated } from '../../../support/growth.ts';

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

/** Characters; a sentence has at most 400, so this is far longer than any that a term is compared with. */
const longest = 8000;

test('no term takes more than in proportion to the length of a text', (t) => {
  const worst: [number, string][] = [];
  for (const phrase of phrases) {
    const { pattern } = toPhrase(phrase);
    for (const filler of new Set(fillers(phrase))) {
      const work = (length: number) => {
        const text = repeated(filler, length);
        return () => void matchesOf(pattern, text);
      };
      if (cpuMs(work(longest)) < harmlessMs) continue;
      worst.push([growthOf(work, longest).exponent, `${JSON.stringify(filler)} for ${phrase}`]);
    }
  }
  worst.sort(([one], [other]) => other - one);
  for (const [value, what] of worst.slice(0, 3)) t.log(value.toFixed(2), what);
  t.deepEqual(
    worst.filter(([value]) => value > mostExponent),
    [],
  );
});

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
