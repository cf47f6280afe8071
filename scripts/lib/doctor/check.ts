/** One link of the chain from the account file to a notification: what is looked at, and what was found. */

export type Status = 'ok' | 'warning' | 'broken' | 'skipped';

export interface Finding {
  readonly status: Status;
  /** What was found, in one line or some. No secret is in it. */
  readonly detail: string;
  /** What to do, in order; empty where nothing has to be done. */
  readonly todo: readonly string[];
}

export interface Check {
  /** Stable, in lower case with hyphens: scripts that read the JSON report rely on it. */
  readonly id: string;
  /** For people, such as `scrape target`. */
  readonly link: string;
  /** Ids of links that this one hangs on. It is skipped where one of them is broken or was skipped; unknown ids are ignored. */
  readonly needs: readonly string[];
  /** 20 where left out. */
  readonly timeLimitSeconds?: number;
  readonly look: (signal: AbortSignal) => Promise<Finding> | Finding;
}

export interface Result extends Finding {
  readonly id: string;
  readonly link: string;
}

export const ok = (detail: string): Finding => ({ status: 'ok', detail, todo: [] });

/** A link that works and deserves a look. */
export const warning = (detail: string, ...todo: string[]): Finding => ({ status: 'warning', detail, todo });

export const broken = (detail: string, ...todo: string[]): Finding => ({ status: 'broken', detail, todo });

/** A link that could not be looked at, or that this setup does not have. */
export const skipped = (detail: string): Finding => ({ status: 'skipped', detail, todo: [] });

/** The longest list that a finding has in full. */
const mostLines = 10;

/** Lines below a sentence; the rest of a long list is counted. */
export function listed(sentence: string, lines: readonly string[]): string {
  const rest = lines.length - mostLines;
  return [`${sentence}:`, ...lines.slice(0, mostLines), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
