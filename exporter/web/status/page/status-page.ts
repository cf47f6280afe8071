import type { Content, Html } from '../../html.ts';
import { html, safeUrl } from '../../html.ts';
import type { Standing } from '../../view/standing.ts';
import { tones } from '../../view/standing.ts';
import type { Row, StatusView } from '../../view/status.ts';
import { countByStanding } from '../../view/status.ts';
import { queryLink } from '../query.ts';
import { accountsSection } from './accounts.ts';
import { attentionSection } from './attention.ts';
import type { PageContext } from './context.ts';
import { icon } from './icons.ts';
import { layout } from './layout.ts';
import { mailboxesSection } from './mailboxes.ts';
import { ago, clock } from './parts.ts';
import { renewalsSection } from './renewals.ts';

const refreshSeconds = 60;

/** The status page: what needs attention, then everything else. */
export function statusPage(context: PageContext, view: StatusView, version: string): Html {
  const { text, query, language } = context;
  return layout({
    language,
    title: text.title,
    tabTitle:
      view.attentionCount > 0 ? `(${context.format.count(view.attentionCount)}) ${text.title}` : text.title,
    root: './',
    inLanguage: (other) => queryLink(query, { language: other }),
    skip: { to: 'attention', words: text.skip },
    refresh: query.refresh ? refreshSeconds : undefined,
    header: html`<p class="asof">${text.asOf(clock(context, view.now), view.timezone)}<span class="refresh"> · ${refreshLinks(context)}</span></p>${shardLine(context)}${otherViews(context)}`,
    main: html`${overview(context, view)}
${attentionSection(context, view)}
${accountsSection(context, view.accounts)}
${renewalsSection(context, view.renewals)}
${mailboxesSection(context, view.mailboxes)}`,
    footer: aboutData(context, view, version),
  });
}

/** Auto-refresh disturbs slow readers and screen readers, so it is off unless asked for. */
function refreshLinks({ text, query }: PageContext): Html {
  const again = html`<a href="${queryLink(query, {})}">${text.refresh}</a>`;
  return query.refresh
    ? html`${text.autoRefreshIsOn} <a href="${queryLink(query, { refresh: false })}">${text.stopAutoRefresh}</a>`
    : html`${again} · <a href="${queryLink(query, { refresh: true })}">${text.autoRefresh}</a>`;
}

/** Without it, somebody looks for an account that another exporter has. */
function shardLine({ text, shard, format }: PageContext): Content {
  return (
    shard !== undefined &&
    html`<p class="asof">${text.shard(format.count(shard.number), format.count(shard.count))}</p>`
  );
}

function otherViews({ text, links, runbooks, query }: PageContext): Content {
  const language = query.language === undefined ? '' : `?lang=${query.language}`;
  const entries: readonly (readonly [string, string | undefined])[] = [
    [text.dashboard, safeUrl(links.dashboard)],
    [text.prometheus, safeUrl(links.prometheus)],
    [text.runbooks, runbooks.size > 0 ? `./runbooks/${language}` : undefined],
  ];
  const known = entries.filter(([, url]) => url !== undefined);
  if (known.length === 0) return undefined;
  return html`<nav class="views" aria-label="${text.links}"><ul>${known.map(([words, url]) => html`<li><a href="${url}">${words}</a></li>`)}</ul></nav>`;
}

/** How many things there are of each kind and how they stand. */
function overview(context: PageContext, view: StatusView): Html {
  const { text } = context;
  return html`<section class="overview" aria-label="${text.summary}">
${overviewCard(context, text.accounts, 'accounts', view.accounts)}
${overviewCard(context, text.renewals, 'renewals', view.renewals)}
${overviewCard(context, text.mailboxes, 'mailboxes', view.mailboxes)}
</section>`;
}

function overviewCard(
  { text, format }: PageContext,
  title: string,
  section: string,
  rows: readonly Row[],
): Html {
  const line = ([standing, count]: readonly [Standing, number]): Html =>
    html`<li class="${tones[standing]}">${icon(standing)}<strong>${format.count(count)}</strong> ${text.standing[standing]}</li>`;
  return html`<div class="card"><p class="card-title"><a href="#${section}">${title}</a> <span class="total">${format.count(rows.length)}</span></p>
${rows.length > 0 && html`<ul>${countByStanding(rows).map(line)}</ul>`}</div>`;
}

function aboutData(context: PageContext, view: StatusView, version: string): Html {
  const { text, links } = context;
  const when = (at: number | undefined): Content =>
    at === undefined ? text.never : html`${clock(context, at)} (${ago(context, at)})`;
  const dashboard = safeUrl(links.dashboard);
  const link = html`<a href="${dashboard}">${text.dashboard}</a>`;
  const runway =
    context.histories !== undefined
      ? text.runwayShown
      : dashboard === undefined
        ? text.noRunway
        : text.noRunwayDashboard(link);
  const facts: readonly (readonly [string, Content])[] = [
    [text.lastBalanceCheck, when(view.lastAccountCheckAt)],
    [text.lastMailScan, when(view.lastMailboxScanAt)],
    [text.configLoaded, when(view.config.lastReloadSuccessAtMs)],
    [text.timezone, view.timezone],
    [text.version, version],
  ];
  return html`<h2 id="about">${text.aboutData}</h2>
<p>${runway}</p>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
