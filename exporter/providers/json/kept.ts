import type { Document } from './document.ts';
import type { NamedRequest } from './schema.ts';

interface Kept {
  readonly answer: Document;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Answers that serve several checks, as long as the account stays as it is in the account file. */
const kept = new WeakMap<NamedRequest, Kept>();

/** The answer of a request, asked for again only when its `keep` is over. A failure is never kept. */
export async function keptAnswer(
  request: NamedRequest,
  now: Date,
  ask: () => Promise<Document>,
): Promise<Document> {
  if (request.keep === undefined) return ask();
  const known = kept.get(request);
  if (known !== undefined && now.getTime() < known.until) return known.answer;
  const answer = await ask();
  kept.set(request, { answer, until: now.getTime() + request.keep * 1000 });
  return answer;
}

/** Forgets what was kept for these requests: a token may have been ended by someone else. */
export function forgetKept(requests: readonly NamedRequest[]): void {
  for (const request of requests) kept.delete(request);
}
