/**
 * Questions about a page, answered within it. Each function is sent into the browser as text, so it uses nothing of
 * this file but types. What it needs of the browser is declared here, for this file only: the rest of the program
 * must not be able to name what Node doesn't have.
 */
import type { AxeResults, Result, RunOptions } from 'axe-core';

interface Box {
  readonly top: number;
  readonly right: number;
  readonly width: number;
  readonly height: number;
}

interface ElementInPage {
  readonly id: string;
  readonly outerHTML: string;
  readonly innerHTML: string;
  readonly textContent: string;
  getAttribute(name: string): string | null;
  getBoundingClientRect(): Box;
  closest(selector: string): ElementInPage | null;
  querySelector(selector: string): ElementInPage | null;
  querySelectorAll(selector: string): Iterable<ElementInPage>;
}

declare const document: {
  readonly activeElement: ElementInPage | null;
  readonly body: ElementInPage;
  readonly documentElement: { readonly clientWidth: number; readonly scrollWidth: number };
  readonly scripts: { readonly length: number };
  readonly images: { readonly length: number };
  querySelectorAll(selector: string): Iterable<ElementInPage>;
};

declare function getComputedStyle(
  element: ElementInPage,
  pseudo?: string,
): Readonly<Record<'backgroundColor' | 'content' | 'display' | 'outlineStyle' | 'outlineWidth', string>>;

declare const axe: { run(root: typeof document, options: RunOptions): Promise<AxeResults> };

export interface Stop {
  readonly html: string;
  readonly text: string;
  readonly id: string;
  /** Whether it lies in the window's reach and wears an outline that can be seen. */
  readonly seen: boolean;
}

/** What has the focus. */
export function focused(): Stop | undefined {
  const element = document.activeElement;
  if (element === null) return undefined;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, width, height } = element.getBoundingClientRect();
  return {
    html: element.outerHTML,
    text: element.textContent,
    id: element.id,
    seen:
      outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2 && width > 0 && height > 0 && top >= 0,
  };
}

/** Everything that can be acted on, in the order of the document. */
export function interactive(): readonly string[] {
  return [
    ...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary'),
  ].map((element) => element.outerHTML);
}

/** Elements that reach beyond the right edge of the window, without those that are cut away, and how wide the page is. */
export function width(): { readonly beyond: readonly string[]; readonly page: number } {
  const { clientWidth, scrollWidth } = document.documentElement;
  return {
    beyond: [...document.body.querySelectorAll('*')]
      .filter((element) => element.closest('.cards thead, .hidden') === null)
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .map((element) => element.outerHTML.slice(0, 80)),
    page: scrollWidth,
  };
}

export function groundColour(): string {
  return getComputedStyle(document.body).backgroundColor;
}

/** What could do something that nobody wrote. */
export function intruders(): { readonly scripts: number; readonly images: number } {
  return { scripts: document.scripts.length, images: document.images.length };
}

/** Texts of all elements that a selector finds. */
export function texts(selector: string): readonly string[] {
  return [...document.querySelectorAll(selector)].map(({ textContent }) => textContent);
}

/** The labels that the cells of a card wear, without those that are left out. */
export function cardLabels(heading: string): readonly string[] {
  const card = [...document.querySelectorAll('.accounts tbody')].find(
    (body) => body.querySelector('th bdi')?.textContent === heading,
  );
  return [...(card?.querySelectorAll('td') ?? [])]
    .filter((cell) => getComputedStyle(cell).display !== 'none')
    .map((cell) => getComputedStyle(cell, '::before').content);
}

export interface Badge {
  readonly word: string;
  readonly symbol: string;
  readonly drawn: boolean;
}

export function badges(): readonly Badge[] {
  return [...document.querySelectorAll('.badge')].map((badge) => ({
    word: badge.textContent,
    symbol: badge.querySelector('use')?.getAttribute('href') ?? '',
    drawn: (badge.querySelector('svg')?.getBoundingClientRect().width ?? 0) > 0,
  }));
}

/** The drawings of all symbols. */
export function drawings(): readonly string[] {
  return [...document.querySelectorAll('symbol')].map(({ innerHTML }) => innerHTML);
}

export interface Audit {
  /** Each breach of a rule, with the element and what is wrong with it. */
  readonly breaches: readonly string[];
  /** Ids of the rules that were tried and held. */
  readonly held: readonly string[];
  /** Contrasts that could not be worked out. */
  readonly unknownContrasts: readonly string[];
}

/** Tries the rules of WCAG 2.2 A and AA and of good practice. axe must have been put into the page before. */
export async function audit(): Promise<Audit> {
  const results = await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  });
  const where = (rules: readonly Result[]): readonly string[] =>
    rules.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  return {
    breaches: where(results.violations),
    held: results.passes.map(({ id }) => id),
    unknownContrasts: where(results.incomplete.filter(({ id }) => id === 'color-contrast')),
  };
}
