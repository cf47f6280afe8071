import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import MarkdownIt from 'markdown-it';

const root = resolve(import.meta.dirname, '../..');
const pages = ['README.md', 'docs/*.md', 'exporter/providers/*/README.md'].flatMap((pattern) =>
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

test('there are documents to look at', (t) => {
  t.true(pages.length > 10, pages.join(', '));
  t.true(pages.flatMap((page) => read(page).targets).length > 30);
});

test('every link and picture of the documents leads to a file and a heading that are there', (t) => {
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

test('every script and npm script that the documents name is there', (t) => {
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
