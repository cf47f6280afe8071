import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import express from 'express';
import type { Shard } from '../../account-file/shard.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { paidPath } from '../access/paid-links.ts';
import type { OnEntryFault } from '../entries.ts';
import type { Histories } from '../history/histories.ts';
import type { Html } from '../html.ts';
import { statusView } from '../view/status.ts';
import { assets } from './page/assets.ts';
import type { StatusLinks } from './page/context.ts';
import type { ErrorStatus } from './page/error-page.ts';
import { errorPage } from './page/error-page.ts';
import { runbookPage, runbooksPage } from './page/runbook-pages.ts';
import { statusPage } from './page/status-page.ts';
import type { PaidDependencies } from './paid.ts';
import { createPaidRouter } from './paid.ts';
import { readQuery } from './query.ts';
import type { Runbook } from './runbooks.ts';
import { formatterFor } from './text/format.ts';
import type { Language } from './text/language.ts';
import { languagesFrom, languageTags } from './text/language.ts';
import { messages } from './text/messages.ts';

export interface StatusDependencies {
  readonly snapshot: () => Snapshot;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** http or https addresses, or paths of this server; any other gets no link. */
  readonly links: StatusLinks;
  /** For browsers that accept neither language or don't say; `en` where it isn't given. */
  readonly language?: Language | undefined;
  readonly version: string;
  /** Where this exporter looks after a part of the account file only. */
  readonly shard?: Shard | undefined;
  /** By alert; without any, there are no pages for them and no links to one. */
  readonly runbooks?: ReadonlyMap<string, Runbook> | undefined;
  /** Answers before the pages do; passes on what it does not know. */
  readonly api?: RequestHandler | undefined;
  /** The same for assistants; undefined where it is off. */
  readonly mcp?: RequestHandler | undefined;
  /** Marking renewals as paid; undefined where it is off. */
  readonly paid?: Omit<PaidDependencies, 'now'> | undefined;
  /** Whether the page has links that mark renewals as paid: not where everybody can read it. */
  readonly showsPaidLinks?: (() => boolean) | undefined;
  /** What Prometheus knows; undefined where it did not answer in time. Without it the page shows no history. */
  readonly histories?: (() => Promise<Histories | undefined>) | undefined;
  /** Called for each entry that cannot be rendered. */
  readonly onEntryFault?: OnEntryFault | undefined;
  /** Told of errors of the program itself, which the page only says to have happened. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** No script at all, nothing from other origins, no framing; forms and links stay as the page has them. */
const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The pages for people: read-only, without scripts, in the reader's language. */
export function createStatusApp(dependencies: StatusDependencies): Express {
  const { snapshot, now, links, version, runbooks = new Map<string, Runbook>() } = dependencies;
  const offered = languagesFrom(dependencies.language ?? 'en');

  const languageOf = (request: Request): Language => {
    const chosen = readQuery(request.query).language;
    if (chosen !== undefined) return chosen;
    const accepted = request.acceptsLanguages([...offered]);
    return offered.find((language) => language === accepted) ?? offered[0] ?? 'en';
  };
  const send = (request: Request, response: Response, page: (language: Language) => Html): void => {
    const language = languageOf(request);
    response.set({ 'Content-Language': languageTags[language], Vary: 'Accept-Language' });
    response.type('html').send(page(language).toString());
  };
  const sendError = (request: Request, response: Response, status: ErrorStatus): void => {
    response.status(status);
    send(request, response, (language) => errorPage(status, language, rootFrom(request.path)));
  };

  const app = express();
  app.disable('etag');
  app.disable('x-powered-by');
  app.enable('strict routing');
  app.enable('case sensitive routing');

  app.use((_request, response, next) => {
    response.set(securityHeaders);
    response.set('Cache-Control', 'no-store');
    next();
  });
  if (dependencies.api !== undefined) app.use(dependencies.api);
  if (dependencies.mcp !== undefined) app.use(dependencies.mcp);
  const { paid } = dependencies;
  if (paid !== undefined) app.use(createPaidRouter({ ...paid, now }, languageOf));
  app.use((request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    response.set('Allow', 'GET, HEAD');
    sendError(request, response, 405);
  });

  app.get('/-/healthy', (_request, response) => {
    response.type('text/plain').send('balance-alert is healthy.\n');
  });

  for (const { path, type, content } of assets) {
    app.get(`/${path}`, (_request, response) => {
      response
        .set({ 'Cache-Control': 'public, max-age=31536000, immutable', 'Content-Type': type })
        .send(content);
    });
  }

  app.get('/', async (request, response) => {
    const histories = await dependencies.histories?.();
    const moment = now();
    const view = statusView(snapshot(), moment, dependencies.onEntryFault);
    const query = readQuery(request.query);
    send(request, response, (language) =>
      statusPage(
        {
          language,
          text: messages[language],
          format: formatterFor(language, view.timezone),
          now: moment,
          query,
          links,
          runbooks,
          histories,
          paidLink:
            paid === undefined || dependencies.showsPaidLinks?.() !== true
              ? undefined
              : (renewal) =>
                  `.${paidPath}?${paid.links.query(renewal, moment)}${query.language === undefined ? '' : `&lang=${query.language}`}`,
          shard: dependencies.shard,
        },
        view,
        version,
      ),
    );
  });

  if (runbooks.size > 0) {
    app.get('/runbooks', (request, response) => {
      const { language } = readQuery(request.query);
      response.redirect(308, language === undefined ? 'runbooks/' : `runbooks/?lang=${language}`);
    });
    app.get('/runbooks/', (request, response) => {
      const chosen = readQuery(request.query).language;
      send(request, response, (language) => runbooksPage({ language, chosen, runbooks }));
    });
    app.get('/runbooks/:alert', (request, response, next) => {
      const runbook = runbooks.get(request.params.alert);
      if (runbook === undefined) return next();
      const chosen = readQuery(request.query).language;
      send(request, response, (language) => runbookPage(runbook, { language, chosen, runbooks }));
    });
  }

  app.use((request, response) => sendError(request, response, 404));

  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    if (isClientError(error)) return sendError(request, response, 400);
    dependencies.onError?.(error);
    sendError(request, response, 500);
  });
  return app;
}

/** The way from an address to the status page: `./` for `/` and `/x`, `../` for `/x/` and `/x/y`, and so on. */
export function rootFrom(path: string): string {
  const depth = path.split('/').length - 2;
  return depth <= 0 ? './' : '../'.repeat(depth);
}

/** What the router throws of an address that it cannot decode. */
function isClientError(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 400;
}
