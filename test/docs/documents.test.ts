import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import MarkdownIt from 'markdown-it';
import { presetIds } from '../../exporter/providers/presets/catalog.ts';
import { allProviders } from '../../exporter/providers/registry.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = ['*.md', 'docs/*.md', 'exporter/**/README.md', 'findings/*.md'].flatMap((pattern) =>
  globSync(pattern, { cwd: root }).sort(),
);

interface Page {
  /** Where links and pictures lead, without those out of the project. */
  readonly targets: readonly string[];
  /** Fragments that headings make, as GitHub names them. */
  readonly fragments: readonly string[];
  readonly text: string;
}

function read(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  const tokens = new MarkdownIt({ html: true }).parse(text, {});
  const inline = tokens.flatMap(({ children }) => children ?? []);
  const targets = inline
    .map((token) => token.attrGet('href') ?? token.attrGet('src'))
    .filter((target) => typeof target === 'string')
    .filter((target) => !/^[a-z]+:/.test(target));
  const fragments = tokens
    .filter((_, index) => tokens[index - 1]?.type === 'heading_open')
    .map(({ content }) => fragmentOf(content));
  return { targets, fragments, text };
}

function fragmentOf(heading: string): string {
  return heading
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .toLowerCase()
    .replaceAll(/\s/g, '-');
}

test('there are documents to check', (t) => {
  t.true(pages.length > 10, pages.join(', '));
  t.true(pages.flatMap((page) => read(page).targets).length > 30);
});

test('every link and picture of the documents leads to an existing file and heading', (t) => {
  const broken = pages.flatMap((page) =>
    read(page).targets.flatMap((target) => {
      const [path = '', fragment] = decodeURI(target).split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, file))) return [`${page}: ${target}: no such file`];
      return fragment === undefined || !file.endsWith('.md') || read(file).fragments.includes(fragment)
        ? []
        : [`${page}: ${target}: no such heading`];
    }),
  );
  t.deepEqual(broken, []);
});

test('every script and npm script that the documents name exists', (t) => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = pages.flatMap((page) => {
    const { text } = read(page);
    return [
      ...[...text.matchAll(/(?<![\w/])(?:\.\/)?(scripts\/[\w./-]*\w)/g)]
        .filter(([, path = '']) => !existsSync(join(root, path)))
        .map(([, path]) => `${page}: ${path}`),
      ...[...text.matchAll(/npm run ([\w-]+)/g)]
        .filter(([, name = '']) => !(name in scripts))
        .map(([command]) => `${page}: ${command}`),
    ];
  });
  t.deepEqual(named, []);
});

/** The cells of every table row in a document, as written. */
function tableRows(path: string): readonly (readonly string[])[] {
  const tokens = new MarkdownIt().parse(readFileSync(join(root, path), 'utf8'), {});
  const rows: string[][] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'tr_open') rows.push([]);
    if (token.type === 'td_open') rows.at(-1)?.push(tokens[index + 1]?.content ?? '');
  }
  return rows;
}

for (const path of ['README.md', 'docs/providers.md']) {
  test(`the table of vendors lists every provider of the registry with its page: ${path}`, (t) => {
    const listed = tableRows(path).flatMap(([provider = '']) => {
      const [, id, target] = /^\[`([\w-]+)`\]\(([^)]+)\)$/.exec(provider) ?? [];
      return id === undefined || target === undefined ? [] : [[id, join(dirname(path), target)]];
    });
    t.deepEqual(
      listed.sort(),
      [
        ...allProviders().map(({ id }) => [id, `exporter/providers/${id}/README.md`]),
        ...(path === 'README.md' ? [] : presetIds()).map((id) => [
          id,
          `exporter/providers/presets/vendors/${id}.yaml`,
        ]),
      ].sort(),
    );
  });
}

test('the index of findings links to every program, and to nothing else', (t) => {
  const linked = new Set(read('findings/README.md').targets);
  t.deepEqual([...linked].sort(), globSync('*.sh', { cwd: join(root, 'findings') }).sort());
});

test('the index links to every page of docs/', (t) => {
  const linked = new Set(read('docs/README.md').targets.map((target) => join('docs', target)));
  const missing = pages.filter(
    (page) => page.startsWith('docs/') && page !== 'docs/README.md' && !linked.has(page),
  );
  t.deepEqual(missing, []);
});

test('every picture is shown by a document', (t) => {
  const shown = new Set(
    pages.flatMap((page) => read(page).targets.map((target) => join(dirname(page), target))),
  );
  const unused = globSync('docs/pictures/*', { cwd: root }).filter((picture) => !shown.has(picture));
  t.deepEqual(unused, []);
});

test('the architecture page names every folder of the exporter, and only existing paths', (t) => {
  const { text } = read('docs/architecture.md');
  const named = [...text.matchAll(/`((?:exporter|infra|rules|dashboards|scripts|test)\/[\w./-]*)`/g)].map(
    ([, path = '']) => path,
  );
  t.deepEqual(
    named.filter((path) => !existsSync(join(root, path))),
    [],
  );
  const folders = globSync('exporter/*/', { cwd: root }).map((folder) => `${folder.replace(/\/$/, '')}/`);
  t.true(folders.length > 10);
  t.deepEqual(
    folders.filter((folder) => !named.includes(folder)),
    [],
  );
});

test('drawings are well-formed, describe themselves, and load nothing', (t) => {
  const drawings = globSync('docs/pictures/*.svg', { cwd: root });
  t.true(drawings.length > 0);
  for (const drawing of drawings) {
    const text = readFileSync(join(root, drawing), 'utf8');
    t.regex(text, /^<svg [^>]*role="img" aria-labelledby="title"/, drawing);
    t.regex(text, /<title id="title">[^<]+<\/title>/, drawing);
    t.notRegex(text, /<script|<image|<foreignObject|\b(?:xlink:)?href=|url\((?!#)/, drawing);
  }
});
