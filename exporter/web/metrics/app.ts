import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import Negotiator from 'negotiator';
import type { Shard } from '../../account-file/shard.ts';
import { contentType } from '../../metrics/exposition.ts';
import { sendText } from '../send-text.ts';
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
  readonly shard?: Shard | undefined;
  /** Where the status page is, as seen from this server; undefined where it is not served. */
  readonly statusPort: number | undefined;
  /** Called with internal errors. */
  readonly onError: (error: unknown) => void;
}

/** Longer than any sensible `scrape_timeout`: Prometheus gives up after 10 s by default. */
const defaultScrapeTimeoutMs = 60_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What a path answers to the one method that it takes; HEAD counts as GET. */
interface Route {
  readonly method: 'GET' | 'POST';
  readonly handler: Handler;
}

/**
 * The metrics port: metrics, health, reload. A handful of fixed paths on Node's own server: with a framework, a process that
 * does nothing but get scraped would hold it in memory.
 */
export function createMetricsApp(dependencies: MetricsAppDependencies): RequestListener {
  const { ready, config, reload, telemetryPath, onError } = dependencies;
  const { enableLifecycle = false, allowedHosts = [] } = dependencies;
  const { monotonicMs = () => performance.now() } = dependencies;
  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ['/', { method: 'GET', handler: landing(dependencies) }],
    ['/config', { method: 'GET', handler: (_request, response) => sendText(response, 200, config()) }],
    ['/-/healthy', { method: 'GET', handler: (_request, response) => sendText(response, 200, 'healthy\n') }],
    [
      '/-/ready',
      {
        method: 'GET',
        handler: (_request, response) =>
          ready()
            ? sendText(response, 200, 'ready\n')
            : sendText(response, 503, 'not ready: the first round of checks has not finished\n'),
      },
    ],
    [
      '/-/reload',
      { method: 'POST', handler: reloadHandler({ reload, enableLifecycle, allowedHosts, monotonicMs }) },
    ],
    [normalized(telemetryPath), { method: 'GET', handler: scrapeHandler(dependencies) }],
  ]);
  return (request, response) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    const route = routes.get(normalized(request.url ?? '/'));
    if (route === undefined) return sendText(response, 404, 'not found\n');
    const { method, handler } = route;
    if (request.method !== method && !(request.method === 'HEAD' && method === 'GET')) {
      response.setHeader('Allow', method === 'GET' ? 'GET, HEAD' : method);
      return sendText(response, 405, `method not allowed: use ${method}\n`);
    }
    // Begun within a promise, so that what it throws at once is caught with what it throws later.
    Promise.resolve()
      .then(() => handler(request, response))
      .catch((error: unknown) => {
        onError(error);
        if (response.headersSent) response.destroy();
        else sendText(response, 500, 'internal error, see the log\n');
      });
  };
}

/** The path of a request without its query; as with other web servers of Node, case and a slash at the end make no difference. */
function normalized(url: string): string {
  const [path = ''] = url.split('?');
  return path.toLowerCase().replace(/(?<=.)\/$/, '');
}

function landing(dependencies: MetricsAppDependencies): Handler {
  return (_request, response) => {
    response.setHeader(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    );
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(landingPage(dependencies));
  };
}

function scrapeHandler({
  page,
  maxRequests,
  scrapeTimeoutMs = defaultScrapeTimeoutMs,
}: MetricsAppDependencies): Handler {
  let scrapes = 0;
  return async (request, response) => {
    if (scrapes >= maxRequests) {
      return sendText(
        response,
        503,
        `limit of ${maxRequests} concurrent scrapes reached, see --web.max-requests\n`,
      );
    }
    scrapes += 1;
    const limit = setTimeout(() => response.destroy(), scrapeTimeoutMs);
    // Over when the last byte has left, or the client: one that reads slowly is still being served.
    response.once('close', () => {
      clearTimeout(limit);
      scrapes -= 1;
    });
    const gzipped = new Negotiator(request).encodings(['gzip', 'identity'])[0] === 'gzip';
    const parts = await page.body(gzipped);
    response.setHeader('Content-Type', contentType);
    response.setHeader('Vary', 'Accept-Encoding');
    response.setHeader(
      'Content-Length',
      parts.reduce((sum, part) => sum + part.length, 0),
    );
    if (gzipped) response.setHeader('Content-Encoding', 'gzip');
    response.cork();
    for (const part of parts) response.write(part);
    response.end();
  };
}
