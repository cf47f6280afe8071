import { isWebUrl } from '../config/address.ts';

/**
 * Text that is already HTML. It comes from `html` and `trusted` only, so that everything else, whatever
 * its source, is escaped on its way into a page.
 */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template takes: HTML as it is, text and numbers escaped, lists one after another, nothing for the rest. */
export type Content = Html | string | number | false | null | undefined | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text for an element or a quoted attribute. Control characters, which HTML does not allow, turn into their
 * pictures (U+2400 and on) so that a name that holds one can be seen to hold it; line breaks and tabs stay.
 */
export function escapeHtml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/[&<>"'\r\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff]/.test(text)) return text;
  return (
    text
      .toWellFormed()
      .replace(/[&<>"']/g, (character) => entities[character] ?? '')
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b-\u001f]/g, (character) =>
        String.fromCharCode(0x2400 + character.charCodeAt(0)),
      )
      .replace(/\u007f/g, '\u2421')
      .replace(/[\u0080-\u009f]/g, '\ufffd')
  );
}

function render(content: Content): string {
  if (content instanceof Html) return content.toString();
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  if (content === false || content === null || content === undefined) return '';
  let text = '';
  for (const item of content) text += render(item);
  return text;
}

/** A template that escapes every value put into it; attributes must be written in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) text += render(value) + (strings[index + 1] ?? '');
  return new Html(text);
}

/** Takes a text as HTML. For the output of a renderer that escapes, and for nothing that came from outside. */
export function trusted(text: string): Html {
  return new Html(text);
}

/**
 * A name, a message or any other text from outside, kept apart from the direction of the text around it:
 * letters that run from right to left, and marks that turn the direction, end where it ends.
 */
export function isolated(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

/** An address that a link may have: http, https, or a path of this server; undefined for any other. */
export function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (/^\/(?:[^\s/\\]\S*)?$/.test(url)) return url;
  return isWebUrl(url) ? url : undefined;
}
