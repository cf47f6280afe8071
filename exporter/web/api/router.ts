import { createHash } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import express from 'express';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { renewalCalendar } from '../../subscriptions/ics.ts';
import { renewalsOfNextYear } from '../../subscriptions/renewals.ts';
import type { PaidLinks } from '../access/paid-links.ts';
import type { OnEntryFault } from '../entries.ts';
import { mapEntries } from '../entries.ts';
import { statusView } from '../view/status.ts';
import { accountBody, statusBody } from './body.ts';
import { openApiDocument } from './openapi.ts';
import type { ApiProblem } from './schema.ts';

export interface ApiDependencies {
  readonly snapshot: () => Snapshot;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly version: string;
  /** Links that mark renewals as paid, for the feed; undefined where that is off. */
  readonly paidLinks?: PaidLinks | undefined;
  /** Called for each entry that cannot be rendered. */
  readonly onEntryFault?: OnEntryFault | undefined;
}

const hourMs = 3_600_000;

/** Calendars may ask once a week only: the link is there long before most reminder windows open. */
const longestReminderDays = 60;

/**
 * Whether the client has the version of this tag. Express' own `request.fresh` says no to every request with
 * `Cache-Control: no-cache`, which `fetch` adds by itself to a conditional one.
 */
function hasVersion(request: Request, tag: string): boolean {
  const known = request.get('if-none-match')?.split(',') ?? [];
  return known.some((one) => [tag, `W/${tag}`, '*'].includes(one.trim()));
}

/** Sends a text that clients may keep and ask about: 304 where they have this very text already. */
function sendTagged(request: Request, response: Response, type: string, text: string): void {
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  response.set({ 'Cache-Control': 'no-cache', ETag: tag });
  if (hasVersion(request, tag)) response.status(304).end();
  else response.set('Content-Type', type).send(text);
}

function sendJson(request: Request, response: Response, body: object): void {
  sendTagged(request, response, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
}

function sendProblem(response: Response, problem: ApiProblem): void {
  response
    .status(problem.status)
    .set('Content-Type', 'application/problem+json; charset=utf-8')
    .send(`${JSON.stringify(problem)}\n`);
}

/** `/api/v1/...` and `/renewals.ics` of the status port: read-only, and made from what the page shows. */
export function createApiRouter({
  snapshot,
  now,
  version,
  paidLinks,
  onEntryFault,
}: ApiDependencies): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const document = openApiDocument(version);
  const view = () => statusView(snapshot(), now(), onEntryFault);

  router.use('/api', (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    response.set('Allow', 'GET, HEAD');
    sendProblem(response, {
      title: 'Method Not Allowed',
      status: 405,
      detail: 'The API is read-only: use GET.',
    });
  });
  router.get('/api/v1/status', (request, response) => {
    sendJson(request, response, statusBody(view(), version));
  });
  router.get('/api/v1/accounts/:name', (request, response) => {
    const { name } = request.params;
    const row = view().accounts.find((account) => account.name === name);
    if (row !== undefined) return sendJson(request, response, accountBody(row));
    sendProblem(response, {
      title: 'Not Found',
      status: 404,
      detail: `no enabled account is named ${JSON.stringify(name)}`,
    });
  });
  router.get('/api/v1/openapi.json', (request, response) => sendJson(request, response, document));
  router.use('/api', (_request, response) => {
    sendProblem(response, {
      title: 'Not Found',
      status: 404,
      detail: 'see /api/v1/openapi.json for what there is',
    });
  });

  router.get('/renewals.ics', (request, response) => {
    const moment = now();
    const usable = mapEntries(
      snapshot().subscriptions,
      (subscription) => {
        renewalsOfNextYear([subscription], moment);
        return subscription;
      },
      ({ name }, error) => onEntryFault?.({ subject: 'renewal', name, error }),
    );
    // The creation time is in each event; by the hour, so that an unchanged feed is answered with 304.
    const stamp = Math.floor(moment / hourMs) * hourMs;
    const text = renewalCalendar(
      renewalsOfNextYear(usable, moment),
      stamp,
      ({ subscription, date, state, days }) =>
        paidLinks === undefined || state === 'paid' || days > longestReminderDays
          ? undefined
          : paidLinks.url({ name: subscription.name, date: date.toString() }, moment),
    );
    response.set('Content-Disposition', 'inline; filename="renewals.ics"');
    sendTagged(request, response, 'text/calendar; charset=utf-8', text);
  });
  return router;
}
