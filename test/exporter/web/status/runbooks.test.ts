import { readFileSync } from 'node:fs';
import test from 'ava';
import { renderMarkdown } from '../../../../exporter/web/status/page/markdown.ts';
import { readRunbooks } from '../../../../exporter/web/status/runbooks.ts';
import { alertOf, alertsPointedTo } from '../../../../exporter/web/view/alerts.ts';
import { statusView } from '../../../../exporter/web/view/status.ts';
import { accountState, balance, snapshot, testNow } from '../../../support/snapshots.ts';

const document = `# Alerts

What they mean.

## BalanceLow

Below the threshold.

### What to do

Top it up.

\`\`\`sh
## NotAHeading
\`\`\`

## How to read this page

Not a runbook.

## BalanceEmpty ##

Nothing left.
`;

const render = (source: string): string =>
  renderMarkdown(source, {
    resolveHeading: (heading) => (heading === 'balancelow' ? 'BalanceLow' : undefined),
  })
    .toString()
    .trim();

test('each heading that names an alert begins its runbook', (t) => {
  const runbooks = readRunbooks(document);
  t.deepEqual([...runbooks.keys()], ['BalanceLow', 'BalanceEmpty']);
  t.deepEqual(runbooks.get('BalanceLow'), {
    title: 'BalanceLow',
    markdown: 'Below the threshold.\n\n### What to do\n\nTop it up.\n\n```sh\n## NotAHeading\n```\n',
  });
  t.deepEqual(runbooks.get('BalanceEmpty'), { title: 'BalanceEmpty', markdown: 'Nothing left.\n' });
});

test('line ends of another system and an empty document are read as well', (t) => {
  t.deepEqual([...readRunbooks('## A\r\n\r\ntext\r\n')], [['A', { title: 'A', markdown: 'text\n' }]]);
  t.is(readRunbooks('').size, 0);
});

test('a longer fence is closed by one as long, not by a shorter one', (t) => {
  const runbooks = readRunbooks('## A\n````md\n```\n## Inside\n```\n````\n## B\n');
  t.deepEqual([...runbooks.keys()], ['A', 'B']);
});

test('headings of a runbook begin at the second level, below the page', (t) => {
  t.is(render('### One\n\n#### Two'), '<h2>One</h2>\n<h3>Two</h3>');
  t.is(render('text'), '<p>text</p>');
});

test('HTML in a runbook is text', (t) => {
  t.is(render('<script>alert(1)</script>'), '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>');
  t.is(render('`<b>`'), '<p><code>&lt;b&gt;</code></p>');
});

test('links lead to the web or to another runbook, and any other is plain text', (t) => {
  t.is(
    render('[a](https://vendor.example/?a=1&b=2)'),
    '<p><a href="https://vendor.example/?a=1&amp;b=2">a</a></p>',
  );
  t.is(render('[a](#balancelow) and [b](#nowhere)'), '<p><a href="BalanceLow">a</a> and b</p>');
  t.is(render('[**a** b](metrics.md) [c](/x) [d](../x)'), '<p><strong>a</strong> b c d</p>');
  t.notRegex(render('[a](javascript:alert(1)) [b](data:text/html,x) [c](JAVASCRIPT:x)'), /<a/);
  t.is(render('see https://vendor.example'), '<p>see https://vendor.example</p>');
});

test('nothing is loaded from elsewhere', (t) => {
  t.notRegex(render('![a](https://tracker.example/x.png)'), /<img/);
});

test('tables, lists and code are kept', (t) => {
  t.regex(render('| a | b |\n|---|---|\n| 1 | 2 |'), /<table>[\s\S]*<td>1<\/td>/);
  t.is(render('- a\n- b'), '<ul>\n<li>a</li>\n<li>b</li>\n</ul>');
  t.is(render('```promql\na < b\n```'), '<pre><code class="language-promql">a &lt; b\n</code></pre>');
});

test('every alert that the page points to has a runbook', (t) => {
  const runbooks = readRunbooks(readFileSync(new URL('../../../../docs/alerts.md', import.meta.url), 'utf8'));
  t.deepEqual(
    alertsPointedTo.filter((alert) => !runbooks.has(alert)),
    [],
  );
});

test('a quota that is used up has another runbook than a balance, since it comes back', (t) => {
  const alert = (type: 'balance' | 'quota') => {
    const accounts = [accountState({}, { readings: [balance(0, { type })] })];
    return statusView(snapshot({ accounts }), testNow).attention.map(alertOf);
  };
  t.deepEqual(alert('balance'), ['BalanceEmpty']);
  t.deepEqual(alert('quota'), ['QuotaLowBeforeReset']);
});
