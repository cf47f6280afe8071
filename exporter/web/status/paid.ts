import type { Request, Response, Router } from 'express';
import express from 'express';
import type { MarkFileResult } from '../../subscriptions/mark-file.ts';
import { foreignRequest, hostOf } from '../access/origin.ts';
import type { PaidLinks } from '../access/paid-links.ts';
import { paidPath } from '../access/paid-links.ts';
import type { PaidOutcome } from './page/paid-page.ts';
import { paidPage } from './page/paid-page.ts';
import { readQuery } from './query.ts';
import type { Language } from './text/language.ts';

export interface PaidDependencies {
  readonly links: PaidLinks;
  /** Marks a renewal as paid in the account file. */
  readonly mark: (name: string, date: string) => Promise<MarkFileResult>;
  /** Names in `Host`, beside IP addresses, names without dots and that of the links. */
  readonly allowedHosts: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of each renewal that was marked. */
  readonly onMarked: (name: string, date: string) => void;
  /** Told why a renewal of a valid link was not marked; not of links that are not ours, which anyone can make up. */
  readonly onNotMarked: (name: string, date: string, message: string) => void;
}

const statuses: Readonly<Record<PaidOutcome['kind'], number>> = {
  question: 200,
  done: 200,
  already: 200,
  wrong: 403,
  foreign: 403,
  expired: 410,
  refused: 409,
  unwritable: 503,
};

/**
 * The only address of the status port that writes. `GET` asks, also where a program follows links before people do; `POST`
 * with the confirmation marks the renewal that the signed link names. Doing it twice is as good as once.
 */
export function createPaidRouter(
  { links, mark, allowedHosts, now, onMarked, onNotMarked }: PaidDependencies,
  languageOf: (request: Request) => Language,
): Router {
  const hosts = [...allowedHosts, hostOf(new URL(links.externalUrl).host) ?? ''];
  const router = express.Router({ caseSensitive: true, strict: true });
  const queryOf = (request: Request): URLSearchParams =>
    new URL(request.originalUrl, 'http://localhost').searchParams;
  const send = (request: Request, response: Response, outcome: PaidOutcome): void => {
    const query = queryOf(request);
    for (const own of ['lang', 'confirm']) query.delete(own);
    response
      .status(statuses[outcome.kind])
      // With the other pages' `no-referrer`, browsers send the form with `Origin: null`, as they do for pages of other sites. Links
      // to elsewhere get no address this way either.
      .set('Referrer-Policy', 'same-origin')
      .type('html')
      .send(
        paidPage(
          outcome,
          languageOf(request),
          query.toString(),
          readQuery(request.query).language,
        ).toString(),
      );
  };

  router.get(paidPath, (request, response) => {
    const link = links.verify(queryOf(request), now());
    send(request, response, link.ok ? { ...link, kind: 'question' } : { kind: link.why });
  });
  // Of the body nothing is read: the form has its confirmation in the address, too.
  router.post(paidPath, async (request, response) => {
    if (foreignRequest(request, hosts) !== undefined) return send(request, response, { kind: 'foreign' });
    const query = queryOf(request);
    const link = links.verify(query, now());
    if (!link.ok) return send(request, response, { kind: link.why });
    const { name, date } = link;
    if (query.get('confirm') !== 'yes') return send(request, response, { kind: 'question', name, date });
    const result = await mark(name, date);
    const outcome = outcomeOf(result, name, date);
    if (outcome.kind === 'done') onMarked(name, date);
    if (outcome.kind === 'refused' || outcome.kind === 'unwritable') onNotMarked(name, date, outcome.message);
    send(request, response, outcome);
  });
  return router;
}

function outcomeOf(result: MarkFileResult, name: string, date: string): PaidOutcome {
  switch (result.outcome) {
    case 'marked':
      return { kind: 'done', name, date };
    case 'unchanged':
      return { kind: 'already', name, date, message: result.message };
    case 'unreadable':
    case 'unwritable':
      return { kind: 'unwritable', name, date, message: result.message };
    default:
      return { kind: 'refused', name, date, message: result.message };
  }
}
