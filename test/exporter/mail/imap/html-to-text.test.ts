import test from 'ava';
import fc from 'fast-check';
import { htmlToText } from '../../../../exporter/mail/imap/html-to-text.ts';
import { htmlToTextByTree } from '../../../support/html-by-tree.ts';
import { corpus } from '../classify/corpus/index.ts';

/** Text as it is read on: blanks single, lines trimmed, of empty lines one. */
function readOn(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/[ \t\r\f]+/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
}

const withoutEmptyLines = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^[> ]*$/.test(line))
    .join('\n');

const names =
  'a b blockquote body br center dd div dl form h1 h4 head hr html img li noscript ol option p pre script section select span style svg table tbody td template textarea th title tr ul wbr'.split(
    ' ',
  );

const attributes = [
  ...['', ' hidden', ' start="4"', ' type="cite"', ' style="color:red"', " style='padding:8px'"],
  ...[' class="gmail_quote x"', ' class="a moz-cite-prefix"', ' class=ungmail_quote'],
  ...[' style="display:none"', ' style="Display: None; color:red"', ' style="font-size:0px"'],
  ...[' style="mso-hide:all"', ' STYLE=visibility:hidden'],
];

const texts = ['word', 'two words', ' x', 'y ', '余额不足', '1', '.', '-', ' ', '\n', '  \n ', '\t'];
const entities = ['&nbsp;', '&amp;', '&lt;', 'a&zwnj;b', '\u200b', '&#8232;', '&unknown;', '&'];
const oddities = ['<!-- c -->', '<![if !mso]>', '<![endif]>', '<!doctype html>', '<?xml ?>', '<![CDATA[x]]>'];
const broken = ['<', '<a', '</', '<br/>', '<div/>', '<div class="', '</p>', '</br>'];

const html = fc
  .array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc
          .tuple(fc.constantFrom(...names), fc.constantFrom(...attributes))
          .map(([name, attribute]) => `<${name}${attribute}>`),
      },
      { weight: 4, arbitrary: fc.constantFrom(...names).map((name) => `</${name}>`) },
      { weight: 5, arbitrary: fc.constantFrom(...texts, ...entities) },
      { weight: 1, arbitrary: fc.constantFrom(...oddities, ...broken) },
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));

test('one pass gives the text that html-to-text gives by a tree, whatever the markup', (t) => {
  fc.assert(
    fc.property(html, (mail) => {
      const [one, other] = [readOn(htmlToText(mail)), readOn(htmlToTextByTree(mail))];
      // The package takes a comment, or another element, for an item of a list: an empty line, in a quotation a quoted one.
      const read = /<[uo]l/.test(mail) ? withoutEmptyLines : (text: string) => text;
      t.is(read(one), read(other), mail);
    }),
    { numRuns: 3000 },
  );
});

test('the mails of the corpus give the same text, too', (t) => {
  const mails = corpus.flatMap((mail) => (mail.html === undefined ? [] : [mail.html]));
  t.true(mails.length > 10);
  for (const mail of mails) t.is(readOn(htmlToText(mail)), readOn(htmlToTextByTree(mail)));
});

test('blocks, cells, lists, quotations and preformatted text each stand as a reader sees them', (t) => {
  t.is(
    readOn(
      htmlToText(
        '<h1>Low <b>bal</b>ance</h1><p>Dear<br>customer,</p><table><tr><td>Left</td><td>12 USD</td></tr><tr><td>Due</td></tr></table>' +
          '<ul><li>one<li>two<ol start=3><li>three</ol></ul><pre>a\n  b</pre><div class="gmail_quote">old<br>older</div>',
      ),
    ),
    [
      ...['Low balance', '', 'Dear', 'customer,', '', 'Left 12 USD', '', 'Due', ''],
      ...['* one', '* two', '3. three', '', 'a', 'b', '', '> old', '> older'],
    ].join('\n'),
  );
});

test('only bodies count where there are any, and elements in each other without end are not followed', (t) => {
  t.is(readOn(htmlToText('before<body>one</body>between<body>two</body>after')), 'onetwo');
  t.is(readOn(htmlToText(`${'<div>'.repeat(300)}deep`)), '...');
  t.is(readOn(htmlToText(`${'<div>'.repeat(190)}deep`)), 'deep');
});
