import MarkdownIt from 'markdown-it';
import type { Html } from '../../html.ts';
import { safeUrl, trusted } from '../../html.ts';

export interface MarkdownOptions {
  /** Where a link to another heading of the document, `#like-this`, leads to; undefined where there is no such heading. */
  readonly resolveHeading: (heading: string) => string | undefined;
}

/**
 * Markdown as HTML below a page's own title: HTML within it is shown as text, no image is loaded, headings begin at
 * the second level, and a link without a target here is plain text.
 */
export function renderMarkdown(source: string, { resolveHeading }: MarkdownOptions): Html {
  const renderer = new MarkdownIt({ html: false, linkify: false }).disable('image');
  renderer.core.ruler.push('place-in-page', ({ tokens }) => {
    const level = (tag: string): number => Number(tag.slice(1));
    const headings = tokens.filter(({ type }) => type === 'heading_open' || type === 'heading_close');
    const least = Math.min(...headings.map(({ tag }) => level(tag)));
    for (const heading of headings) heading.tag = `h${Math.min(6, level(heading.tag) - least + 2)}`;
    for (const token of tokens) {
      if (token.children !== null) token.children = withKnownLinks(token.children, resolveHeading);
    }
  });
  return trusted(renderer.render(source));
}

type Token = ReturnType<InstanceType<typeof MarkdownIt>['parse']>[number];

/** Points links to where they lead from the page, and takes the others from around their text. Links don't nest. */
function withKnownLinks(
  tokens: readonly Token[],
  resolveHeading: MarkdownOptions['resolveHeading'],
): Token[] {
  let known = true;
  return tokens.filter((token) => {
    if (token.type === 'link_open') {
      const target = targetOf(String(token.attrGet('href') ?? ''), resolveHeading);
      known = target !== undefined;
      if (target !== undefined) token.attrSet('href', target);
      return known;
    }
    return token.type !== 'link_close' || known;
  });
}

function targetOf(href: string, resolveHeading: MarkdownOptions['resolveHeading']): string | undefined {
  if (href.startsWith('#')) return resolveHeading(href.slice(1));
  return href.startsWith('/') ? undefined : safeUrl(href);
}
