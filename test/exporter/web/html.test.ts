import test from 'ava';
import fc from 'fast-check';
import { escapeHtml, html, isolated, safeUrl, trusted } from '../../../exporter/web/html.ts';

test('every value in a template is escaped, and HTML made by a template is not escaped again', (t) => {
  const name = `<b>"Tom" & 'Jerry'</b>`;
  t.is(
    html`<p title="${name}">${name}</p>`.toString(),
    '<p title="&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jerry&#39;&lt;/b&gt;">&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jerry&#39;&lt;/b&gt;</p>',
  );
  t.is(html`<p>${html`<b>${'<'}</b>`}</p>`.toString(), '<p><b>&lt;</b></p>');
});

test('lists stand one after another, and nothing stands for what is false or missing', (t) => {
  t.is(html`${['a', html`<br>`, 2]}|${false}${null}${undefined}|${0}`.toString(), 'a<br>2||0');
});

test('control characters are seen as their pictures, line breaks stay, and broken letters are replaced', (t) => {
  t.is(escapeHtml('a\u0000b\u001bc\u007fd\u0085e'), 'a\u2400b\u241bc\u2421d\ufffde');
  t.is(escapeHtml('one\r\ntwo\rthree\tfour\n'), 'one\ntwo\nthree\tfour\n');
  t.is(escapeHtml('\ud800 \u{1F388}'), '\ufffd \u{1F388}');
});

test('whatever the text, no character of it can end an element, an attribute or an entity', (t) => {
  const decode = (text: string): string =>
    text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => {
      const characters: Readonly<Record<string, string>> = {
        '&amp;': '&',
        '&lt;': '<',
        '&gt;': '>',
        '&quot;': '"',
        '&#39;': "'",
      };
      return characters[entity] ?? '';
    });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const escaped = escapeHtml(text);
      t.notRegex(escaped.replace(/&(amp|lt|gt|quot|#39);/g, ''), /[<>&"']/);
      t.is(decode(escaped), text);
    }),
  );
});

test('a name is kept apart from the direction of the text around it', (t) => {
  t.is(isolated('שלום <').toString(), '<bdi>שלום &lt;</bdi>');
});

test('only trusted text is taken as HTML', (t) => {
  t.is(html`${trusted('<hr>')}${'<hr>'}`.toString(), '<hr>&lt;hr&gt;');
});

test('links lead to the web or to a path of the server, and nowhere else', (t) => {
  for (const url of ['https://vendor.example/billing?a=1', 'http://localhost:3000', '/grafana/', '/']) {
    t.is(safeUrl(url), url);
  }
  for (const url of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>',
    'file:///etc/passwd',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/\t/elsewhere.example',
    'vendor.example',
    '',
    undefined,
  ]) {
    t.is(safeUrl(url), undefined, String(url));
  }
});
