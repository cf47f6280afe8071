import type { Express, NextFunction, Request, Response } from 'express';
import express from 'express';
import { contentType } from '../../metrics/exposition.ts';
import { landingPage } from './landing-page.ts';
import type { MetricsPage } from './page.ts';
import { reloadHandler } from './reload.ts';

export interface MetricsAppDependencies {
  readonly page: MetricsPage;
  /** True once every account has been checked once, successfully or not. */
  readonly ready: () => boolean;
  /** The current account file, secrets masked, as YAML. */
  readonly config: () => string;
  /** Loads the account file again; the errors of a bad file, else none. */
  readonly reload: () => Promise<readonly string[]>;
  /** Whether other machines may reload; without it only this one. */
  readonly enableLifecycle?: boolean | undefined;
  /** Names that other machines may call this server by; see `isOwnHost`. */
  readonly allowedHosts?: readonly string[] | undefined;
  readonly telemetryPath: string;
  /** Scrapes at the same time; more are refused with 503. */
  readonly maxRequests: number;
  /** Milliseconds after which a scrape that is still being sent is cut off, so that slow clients free their places. */
  readonly scrapeTimeoutMs?: number | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs?: (() => number) | undefined;
  readonly version: string;
  /** Where this exporter looks after a part of the account file only. */
  readonly shard?: { readonly number: number; readonly count: number } | undefined;
  /** Where the status page is, as seen from this server; undefined where it is not served. */
  readonly statusPort: number | undefined;
  /** Called with internal errors. */
  readonly onError: (error: unknown) => void;
}

const plainText = 'text/plain; charset=utf-8';

/** Longer than any sensible `scrape_timeout`: Prometheus gives up after 10 s by default. */
const defaultScrapeTimeoutMs = 60_000;

/** The metrics port: metrics, health, reload. */
export function createMetricsApp(dependencies: MetricsAppDependencies): Express {
  const { page, ready, config, reload, telemetryPath, maxRequests } = dependencies;
  const { scrapeTimeoutMs = defaultScrapeTimeoutMs, monotonicMs = () => performance.now() } = dependencies;
  const { enableLifecycle = false, allowedHosts = [] } = dependencies;
  let scrapes = 0;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.set({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
    next();
  });

  app.get(telemetryPath, async (request, response) => {
    if (scrapes >= maxRequests) {
      response
        .status(503)
        .type(plainText)
        .end(`limit of ${maxRequests} concurrent scrapes reached, see --web.max-requests\n`);
      return;
    }
    scrapes += 1;
    const limit = setTimeout(() => response.destroy(), scrapeTimeoutMs);
    // Over when the last byte has left, or the client: one that reads slowly is still being served.
    response.once('close', () => {
      clearTimeout(limit);
      scrapes -= 1;
    });
    const gzipped = request.acceptsEncodings('gzip', 'identity') === 'gzip';
    const parts = await page.body(gzipped);
    response.set({
      'Content-Type': contentType,
      Vary: 'Accept-Encoding',
      'Content-Length': String(parts.reduce((sum, part) => sum + part.length, 0)),
    });
    if (gzipped) response.set('Content-Encoding', 'gzip');
    response.cork();
    for (const part of parts) response.write(part);
    response.end();
  });

  app.get('/-/healthy', (_request, response) => {
    response.type(plainText).end('healthy\n');
  });
  app.get('/-/ready', (_request, response) => {
    if (ready()) response.type(plainText).end('ready\n');
    else response.status(503).type(plainText).end('not ready: the first round of checks has not finished\n');
  });
  app.post('/-/reload', reloadHandler({ reload, enableLifecycle, allowedHosts, monotonicMs }));
  app.get('/config', (_request, response) => {
    response.type(plainText).end(config());
  });
  app.get('/', (_request, response) => {
    response
      .set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .type('html')
      .end(landingPage(dependencies));
  });

  for (const path of [telemetryPath, '/-/healthy', '/-/ready', '/config', '/']) {
    app.all(path, (_request, response) => {
      response.status(405).set('Allow', 'GET, HEAD').type(plainText).end('method not allowed: use GET\n');
    });
  }
  app.all('/-/reload', (_request, response) => {
    response.status(405).set('Allow', 'POST').type(plainText).end('method not allowed: use POST\n');
  });
  app.use((_request, response) => {
    response.status(404).type(plainText).end('not found\n');
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    dependencies.onError(error);
    if (response.headersSent) next(error);
    else response.status(500).type(plainText).end('internal error, see the log\n');
  });
  return app;
}
