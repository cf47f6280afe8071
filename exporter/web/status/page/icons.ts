import type { Html } from '../../html.ts';
import { html, trusted } from '../../html.ts';
import type { Standing } from '../../view/standing.ts';
import { standings } from '../../view/standing.ts';

/**
 * A symbol for each standing, of its own shape, so that colour is never what tells them apart.
 * Drawn on a field of 16 by 16 in the colour of the text beside them.
 */
const shapes: Readonly<Record<Standing, string>> = {
  empty: '<circle cx="8" cy="8" r="6.25"/><path d="M5.5 5.5l5 5m0-5l-5 5"/>',
  overdue: '<path d="M2 3.5h12v10.5H2zM2 6.5h12M5 1.5v3m6-3v3M8 8.5v2.2M8 12.2v.1"/>',
  low: '<path d="M2 4h12L8 13z" fill="currentColor"/>',
  over_budget: '<path d="M2 12h12L8 3z" fill="currentColor"/>',
  stale: '<circle cx="8" cy="8" r="6.25"/><path d="M8 4.5V8l2.5 1.8"/>',
  failing: '<path d="M8 1.75L14.5 13.5h-13zM8 6.2v3.3M8 11.6v.1"/>',
  mail: '<path d="M1.5 3.5h13v9h-13zM1.5 4l6.5 5 6.5-5"/>',
  due: '<path d="M2 3.5h12v10.5H2zM2 6.5h12M5 1.5v3m6-3v3M5 9.5h3v2H5z"/>',
  unchecked: '<path d="M3.5 8v.1M8 8v.1M12.5 8v.1"/>',
  paid: '<circle cx="8" cy="8" r="6.25"/><path d="M5.2 8.2l2 2 3.6-4"/>',
  fine: '<path d="M2.5 8.5l3.7 3.7 7.3-8"/>',
};

/** All symbols once, for the page's start; what is drawn on the page refers to them. */
export const iconSheet: Html = html`<svg class="sheet" aria-hidden="true" focusable="false">${standings.map(
  (standing) =>
    html`<symbol id="icon-${standing}" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">${trusted(shapes[standing])}</symbol>`,
)}</svg>`;

/** The symbol of a standing. The word always stands beside it, so it is hidden from those who listen. */
export function icon(standing: Standing): Html {
  return html`<svg class="icon" aria-hidden="true" focusable="false"><use href="#icon-${standing}"/></svg>`;
}

/** The picture in the browser's tab. */
export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f4e5f"/><path d="M7 21.5l6-7 5 4 7-9" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/><path d="M7 26h18" stroke="#f2b84b" stroke-width="2.5" stroke-linecap="round"/></svg>
`;
