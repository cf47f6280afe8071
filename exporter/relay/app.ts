import type { Express, NextFunction, Request, Response } from 'express';
import express from 'express';
import { contentType } from '../metrics/exposition.ts';
import type { Outcome } from '../metrics/relay-outcome.ts';
import type { Notification } from './payload.ts';
import { parseNotification } from './payload.ts';

export interface RelayAppDependencies {
  readonly channels: readonly string[];
  readonly deliver: (channel: string, notification: Notification, signal: AbortSignal) => Promise<Outcome>;
  readonly metrics: () => Promise<string>;
  /** Called with internal errors. */
  readonly onError: (error: unknown) => void;
}

/** Several thousand alerts. */
const longestBody = '16mb';

/**
 * Statuses that make Alertmanager do the right thing. Its webhooks try again after 5xx and after nothing else, 429 included
 * (seen with 0.25.0 and 0.35.0); after 4xx it only comes back with the group's next interval.
 */
const statuses: Readonly<Record<Outcome['result'], number>> = { delivered: 200, retry: 503, rejected: 422 };

/** The relay's port: notifications, metrics, health. */
export function createRelayApp({ channels, deliver, metrics, onError }: RelayAppDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');

  // Before the body is read. Alertmanager sends neither header, and a browser sends one of them with every POST.
  app.post('/notify/:channel', (request, response, next) => {
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (origin === undefined && site === undefined) next();
    else answer(response, 403, 'requests of browsers are refused');
  });
  app.post('/notify/:channel', express.json({ limit: longestBody }), async (request, response) => {
    const channel = String(request.params['channel']);
    if (!channels.includes(channel)) {
      answer(response, 404, `no such channel: expected one of ${channels.join(', ')}`);
      return;
    }
    const parsed = parseNotification(request.body);
    if (!parsed.ok) {
      answer(response, 400, parsed.message);
      return;
    }
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const outcome = await deliver(channel, parsed.notification, gone.signal);
    answer(response, statuses[outcome.result], outcome.result === 'delivered' ? 'delivered' : outcome.words);
  });
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', contentType).end(await metrics());
  });
  app.get('/-/healthy', (_request, response) => answer(response, 200, 'healthy'));
  for (const [path, method] of [
    ['/notify/:channel', 'POST'],
    ['/metrics', 'GET'],
    ['/-/healthy', 'GET'],
  ] as const) {
    app.all(path, (_request, response) => {
      response.set('Allow', method);
      answer(response, 405, `method not allowed: use ${method}`);
    });
  }
  app.use((_request, response) => answer(response, 404, 'not found'));
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    const status = statusOf(error);
    if (status === undefined) onError(error);
    if (response.headersSent) next(error);
    else if (status === undefined) answer(response, 500, 'internal error, see the log');
    else answer(response, status, 'expected a JSON body of Alertmanager');
  });
  return app;
}

/** The status of what the body's parser refuses; undefined for errors of ours. */
function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function answer(response: Response, status: number, words: string): void {
  response.status(status).type('text/plain; charset=utf-8').end(`${words}\n`);
}
