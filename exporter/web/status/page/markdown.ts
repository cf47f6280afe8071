import MarkdownIt from 'markdown-it';
import type { Html } from './html.ts';
import { safeUrl, trusted } from './html.ts';

export interface MarkdownOptions {
  /** Where a link to another heading of the document, `#like-this`, leads to; undefined for nowhere. */
  readonly resolveHeading: (heading: string) => string | undefined;
}

/**
 * Markdown as HTML below a page's own title: HTML within it is shown as text, images become their description,
 * headings begin at the second level, and a link that leads nowhere from here is plain text.
 */
export function renderMarkdown(source: string, { resolveHeading }: MarkdownOptions): Html {
  const renderer = new MarkdownIt({ html: false, linkify: false }).disable('image');
  const target = (href: string): string | undefined =>
    href.startsWith('#') ? resolveHeading(href.slice(1)) : href.startsWith('/') ? undefined : safeUrl(href);

  renderer.core.ruler.push('place-in-page', ({ tokens }) => {
    const least = Math.min(
      ...tokens.filter(({ type }) => type === 'heading_open').map(({ tag }) => Number(tag.slice(1))),
    );
    for (const token of tokens) {
      if (token.type === 'heading_open' || token.type === 'heading_close') {
        token.tag = `h${Math.min(6, Number(token.tag.slice(1)) - least + 2)}`;
      }
      if (token.type === 'inline' && token.children !== null) {
        let dropped = 0;
        token.children = token.children.filter((child) => {
          if (child.type === 'link_open') {
            const href = target(String(child.attrGet('href') ?? ''));
            if (href === undefined || dropped > 0) dropped += 1;
            else child.attrSet('href', href);
            return dropped === 0;
          }
          if (child.type === 'link_close' && dropped > 0) {
            dropped -= 1;
            return false;
          }
          return true;
        });
      }
    }
  });
  return trusted(renderer.render(source));
}
