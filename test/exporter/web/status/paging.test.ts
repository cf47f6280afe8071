import test from 'ava';
import { paged, pageLinks } from '../../../../exporter/web/status/paging.ts';
import { queryLink, readQuery } from '../../../../exporter/web/status/query.ts';

const numbers = Array.from({ length: 450 }, (_, index) => index);

test('a long list is cut into pages, and a page past the end is the last one', (t) => {
  const second = paged(numbers, 2, 200);
  t.deepEqual([second.from, second.to, second.total, second.count], [201, 400, 450, 3]);
  t.deepEqual([second.items[0], second.items.at(-1)], [200, 399]);
  t.deepEqual(paged(numbers, 99, 200), paged(numbers, 3, 200));
  t.deepEqual(paged([], 1, 200), { items: [], number: 1, count: 1, from: 0, to: 0, total: 0 });
});

test('links name the first page, the last, and those around the present one', (t) => {
  t.deepEqual(pageLinks(1, 1), [1]);
  t.deepEqual(pageLinks(1, 3), [1, 2, 3]);
  t.deepEqual(pageLinks(10, 50), [1, undefined, 8, 9, 10, 11, 12, undefined, 50]);
  t.deepEqual(pageLinks(5, 50), [1, 2, 3, 4, 5, 6, 7, undefined, 50]);
  t.deepEqual(pageLinks(50, 50), [1, undefined, 48, 49, 50]);
});

test('an address without a query asks for everything that is the default', (t) => {
  const query = readQuery({});
  t.deepEqual(query, {
    language: undefined,
    search: '',
    attentionOnly: false,
    standing: undefined,
    order: 'name',
    accountsPage: 1,
    renewalsPage: 1,
    mailboxesPage: 1,
    refresh: false,
  });
  t.is(queryLink(query, {}), './');
  t.is(queryLink(query, {}, 'accounts'), './#accounts');
});

test('a parameter that cannot be parsed counts as absent', (t) => {
  const query = readQuery({
    lang: 'fr',
    q: ['a', 'b'],
    page: '-1',
    renewals: '1e9',
    mailboxes: '0',
    refresh: 'yes',
  });
  t.deepEqual(query, readQuery({}));
  t.is(readQuery({ page: '99999999999' }).accountsPage, 1);
  t.is(readQuery({ q: `  ${'x'.repeat(500)}` }).search.length, 200);
});

test('a link keeps what the address asks for, but for what it changes', (t) => {
  const query = readQuery({ lang: 'zh', q: 'a&b=c', show: 'attention', page: '3', refresh: 'on' });
  t.is(
    queryLink(query, { accountsPage: 4 }, 'accounts'),
    './?lang=zh&q=a%26b%3Dc&show=attention&page=4&refresh=on#accounts',
  );
  t.is(queryLink(query, { search: '', attentionOnly: false, accountsPage: 1, refresh: false }), './?lang=zh');
});
