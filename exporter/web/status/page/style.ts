/**
 * The one style sheet. Colours are pairs of text and ground with a contrast of at least 4.5, in light and dark;
 * fonts are the reader's own; tables become cards where the window is narrow.
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --paper: #ffffff; --text: #1b1f23; --soft: #555d66; --line: #dcdcd7; --strong-line: #8a9099;
  --link: #0b57a4; --accent: #1f4e5f;
  --critical: #a11a12; --critical-ground: #fcecea;
  --warning: #7a4a00; --warning-ground: #fdf3dc;
  --notice: #0b4f8a; --notice-ground: #e8f1fb;
  --quiet: #555d66; --quiet-ground: #eeeeec;
  --fine: #17633a; --fine-ground: #e7f4ec;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --paper: #1c2024; --text: #e7e9eb; --soft: #a9b1ba; --line: #343a41; --strong-line: #7b848e;
    --link: #8fc1ff; --accent: #9fd0e0;
    --critical: #ffaba1; --critical-ground: #43201d;
    --warning: #f5c974; --warning-ground: #3a2e14;
    --notice: #a5cdff; --notice-ground: #1b2f47;
    --quiet: #a9b1ba; --quiet-ground: #2a2f35;
    --fine: #90d8ab; --fine-ground: #1a3324;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
h1, h2, h3, p, ul, dl, dd { margin: 0; padding: 0; }
ul { list-style: none; }
h1 { font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 1.1875rem; line-height: 1.3; font-weight: 650; margin: 2.5rem 0 .75rem; }
h2 .total { color: var(--soft); font-weight: 400; margin-left: .25rem; }
h3 { font-size: 1rem; font-weight: 650; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h2:focus, main:focus { outline: none; }
bdi { white-space: pre-wrap; overflow-wrap: anywhere; }
dd, .what p { overflow-wrap: break-word; }
code { overflow-wrap: anywhere; }
.hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.sheet { position: absolute; width: 0; height: 0; }
.skip { position: absolute; left: 1rem; top: -6rem; padding: .5rem .875rem; background: var(--paper); border: 1px solid var(--strong-line); z-index: 1; }
.skip:focus { top: .5rem; }

header { display: flex; flex-wrap: wrap; gap: .75rem 2rem; justify-content: space-between; align-items: flex-start; padding-top: 1.75rem; }
.asof { color: var(--soft); margin-top: .25rem; font-size: .9375rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.125rem; }
.views { margin-top: .5rem; font-size: .9375rem; }
.languages ul { gap: .25rem; }
.languages a { display: block; padding: .25rem .625rem; border-radius: 4px; text-decoration: none; font-size: .9375rem; }
.languages a:hover { text-decoration: underline; }
.languages a[aria-current] { background: var(--quiet-ground); color: var(--text); font-weight: 600; }

.overview { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; margin-top: 1.5rem; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: .875rem 1.125rem 1rem; }
.card-title { display: flex; justify-content: space-between; align-items: baseline; font-weight: 600; }
.card-title .total { color: var(--soft); font-weight: 400; font-variant-numeric: tabular-nums; }
.card ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: .5rem; font-size: .9375rem; }
.card li { display: flex; align-items: center; gap: .375rem; color: var(--text); }
.card li strong { font-weight: 650; font-variant-numeric: tabular-nums; }
.card li .icon { color: var(--tone); }
.icon { width: 1em; height: 1em; flex: none; }

.critical { --tone: var(--critical); --tone-ground: var(--critical-ground); }
.warning { --tone: var(--warning); --tone-ground: var(--warning-ground); }
.notice { --tone: var(--notice); --tone-ground: var(--notice-ground); }
.quiet { --tone: var(--quiet); --tone-ground: var(--quiet-ground); }
.fine { --tone: var(--fine); --tone-ground: var(--fine-ground); }
.badge {
  display: inline-flex; align-items: center; gap: .375rem; padding: .0625rem .5rem .0625rem .4375rem; border-radius: 999px;
  background: var(--tone-ground); color: var(--tone); font-size: .875rem; font-weight: 600; line-height: 1.5; white-space: nowrap;
}

.items, .alone { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; }
.item {
  display: grid; grid-template-columns: 10.5rem minmax(0, 1fr) auto; gap: .25rem 1.25rem; align-items: start;
  padding: .875rem 1.125rem .875rem .9375rem; border-left: 4px solid var(--tone);
}
.items .item:first-child { border-top-left-radius: 5px; }
.items .item:last-child { border-bottom-left-radius: 5px; }
.item + .item { border-top: 1px solid var(--line); }
.alone { margin-bottom: 1rem; border-left: 4px solid var(--tone); }
.item .badge { justify-self: start; }
.what h3 { display: inline; margin-right: .5rem; }
.what .kind { display: inline; color: var(--soft); font-size: .9375rem; }
.what .note { color: var(--soft); }
.links { display: flex; flex-direction: column; align-items: flex-end; gap: .125rem; font-size: .9375rem; text-align: right; max-width: 14rem; }
.errors { margin: .375rem 0 0 1.125rem; list-style: disc; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875rem; }
.further { margin-top: .75rem; }
.calm { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .625rem; color: var(--soft); }

.order { display: flex; flex-wrap: wrap; gap: .25rem .75rem; margin-bottom: .625rem; font-size: .9375rem; color: var(--soft); }
.order ul { flex: 1 1 12rem; display: flex; flex-wrap: wrap; gap: .125rem .875rem; }
.order a { padding: .125rem 0; }
.order a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
.spark { display: block; overflow: visible; }
.spark polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; }
.history { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .625rem; margin-top: .125rem; }
.number .history { justify-content: flex-end; }
.search { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .875rem; margin-bottom: .75rem; font-size: .9375rem; }
.search input[type="search"] {
  font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--strong-line); border-radius: 4px;
  padding: .375rem .625rem; width: 18rem; max-width: 100%;
}
.search input::placeholder { color: var(--soft); opacity: 1; }
p + .search { margin-top: .75rem; }
.search button {
  font: inherit; font-weight: 600; color: var(--paper); background: var(--accent); border: 1px solid var(--accent); border-radius: 4px;
  padding: .375rem 1rem; cursor: pointer;
}
.choice { display: inline-flex; align-items: center; gap: .375rem; }
.choice input { width: 1.0625rem; height: 1.0625rem; margin: 0; accent-color: var(--accent); }

.cards { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; font-size: .9375rem; }
caption { caption-side: top; text-align: left; color: var(--soft); font-size: .875rem; padding-bottom: .375rem; }
th, td { text-align: left; vertical-align: top; }
.cards thead th { color: var(--soft); font-weight: 600; font-size: .875rem; white-space: nowrap; }
.cards th, .cards td { padding: .625rem .75rem; }
.cards th:first-child { padding-left: 1.125rem; }
.cards tbody th { font-weight: 600; min-width: 11rem; }
.cards td { min-width: 5rem; }
.cards td.owner { min-width: 8.75rem; }
.accounts td.number { min-width: 9.75rem; }
.cards tbody tr > * { border-top: 1px solid var(--line); }
.accounts tbody tr + tr > * { border-top: 1px dotted var(--line); }
.cards .number { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.cards .number + .number { padding-right: 1.5rem; }
.amount { font-weight: 500; }
.none { color: var(--soft); }
.note { display: block; color: var(--soft); font-size: .875rem; font-weight: 400; line-height: 1.4; }
.what .note, .value > .note:first-child { display: inline; font-size: inherit; }
.note.strong { color: var(--warning); font-weight: 600; }
.value { display: flow-root; }
.value .badge { margin: 0 .25rem .25rem 0; }
.topics li + li { margin-top: .125rem; }

.pager { margin-top: .875rem; font-size: .9375rem; }
.pager ul { align-items: center; gap: .25rem; }
.pager li { min-width: 2.25rem; text-align: center; color: var(--soft); }
.pager a { display: block; padding: .3125rem .625rem; border-radius: 4px; text-decoration: none; font-variant-numeric: tabular-nums; }
.pager a:hover { text-decoration: underline; }
.pager a[aria-current] { background: var(--quiet-ground); color: var(--text); font-weight: 650; }
[role="status"] { margin-bottom: .75rem; }

footer { color: var(--soft); font-size: .875rem; padding-bottom: 3rem; }
footer h2 { color: var(--text); font-size: 1rem; padding-top: 1.25rem; border-top: 1px solid var(--line); margin-bottom: .5rem; }
footer dl { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin-top: .5rem; }
footer dl div { display: flex; flex-wrap: wrap; gap: 0 .5rem; }
footer dt { font-weight: 600; }

main > p, .runbooks, .prose { margin-top: 1rem; max-width: 46rem; }
.runbooks li { padding: .1875rem 0; }
.prose > * + * { margin-top: .75rem; }
.prose h2 { margin-top: 1.75rem; }
.prose ul, .prose ol { padding-left: 1.375rem; }
.prose ul { list-style: disc; }
.prose li + li { margin-top: .25rem; }
.prose code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; background: var(--quiet-ground); padding: .0625rem .25rem; border-radius: 3px; overflow-wrap: anywhere; }
.prose table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
.prose th, .prose td { padding: .375rem .625rem; border: 1px solid var(--line); }
.prose td code { overflow-wrap: break-word; }
.prose pre { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.prose pre code { background: none; padding: 0; }
main:not(:has(section)) { padding-bottom: 3rem; }

@media screen and (max-width: 47.99rem) {
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.25rem; }
  h1 { font-size: 1.3125rem; }
  h2 { margin-top: 2rem; }
  .overview { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1rem; }
  .card { flex: 1 1 auto; padding: .5rem .625rem; }
  .prose table { font-size: .8125rem; }
  .prose th, .prose td { padding: .25rem .375rem; }
  .card ul { display: none; }
  .card-title { flex-direction: column; font-size: .875rem; }
  .item { grid-template-columns: minmax(0, 1fr); gap: .375rem; padding: .75rem .875rem; }
  .links { flex-direction: row; flex-wrap: wrap; justify-content: flex-start; gap: .125rem 1.125rem; text-align: left; max-width: none; }
  .links a, .views a, .asof a { padding: .125rem 0; }
  .search input[type="search"] { width: 100%; }
}
@media screen and (max-width: 71.99rem) {
  .cards, .cards tbody, .cards caption { display: block; }
  .cards { background: none; border: 0; border-radius: 0; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .accounts, .renewals tbody, .mailboxes tbody {
    display: grid; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)); gap: .625rem; align-items: start;
  }
  .cards caption { grid-column: 1 / -1; padding-bottom: 0; }
  .accounts tbody, .renewals tbody tr, .mailboxes tbody tr {
    display: flex; flex-direction: column; background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
    padding: .5rem 0; min-width: 0;
  }
  .renewals tbody, .mailboxes tbody { margin-top: .625rem; }
  .accounts tbody tr { display: contents; }
  .cards tbody th, .cards tbody th:first-child, .cards td, .cards td.owner { display: block; padding: .1875rem .875rem; min-width: 0; }
  .accounts td.number { min-width: 0; }
  .cards tbody tr > *, .accounts tbody tr + tr > * { border-top: 0; }
  .cards .number + .number { padding-right: .875rem; }
  .cards td, .cards td.owner { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0 .75rem; text-align: left; }
  .cards .number { text-align: left; }
  .number .history { justify-content: flex-start; }
  .cards td.empty { display: none; }
  .cards td::before { content: attr(data-label); color: var(--soft); }
  .accounts td:nth-last-child(-n+3):not(.number) { order: 1; }
}
@media (forced-colors: active) {
  .badge, .card, .items, .cards { border: 1px solid; }
  .languages a[aria-current], .pager a[aria-current] { outline: 2px solid; }
}
@media print {
  :root { --ground: #fff; }
  /* All lengths are in rem: an A4 page holds what a window of 960 pixels does. */
  :root { color-scheme: light; font-size: 9pt; }
  header, main, footer { max-width: none; padding: 0; }
  h2 { margin-top: 1.25rem; break-after: avoid; }
  a { color: inherit; text-decoration: none; }
  .skip, .search, .order, .pager, .languages, .refresh, .views, .links, .mark-paid { display: none; }
  .item { grid-template-columns: 11rem minmax(0, 1fr); padding: .375rem .625rem; }
  .cards { border-radius: 0; }
  .cards th, .cards td, .cards th:first-child { padding: .25rem .375rem; min-width: 0; }
  .cards tbody th, .cards td, .cards td.owner, .accounts td.number { min-width: 0; }
  .cards .number, .cards bdi { overflow-wrap: break-word; }
  /* A link to the vendor's console leads nowhere on paper. */
  .accounts th:last-child, .accounts tr:first-child td:last-child, .renewals th:last-child, .renewals td:last-child { display: none; }
  .cards thead { display: table-header-group; }
  .item, .accounts tbody, tbody tr, .card { break-inside: avoid; }
}
`;
