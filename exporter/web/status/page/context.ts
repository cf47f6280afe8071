import type { Shard } from '../../../account-file/shard.ts';
import type { RenewalId } from '../../access/paid-links.ts';
import type { Histories } from '../../history/histories.ts';
import type { PageQuery } from '../query.ts';
import type { Runbook } from '../runbooks.ts';
import type { Messages } from '../text/contract.ts';
import type { Formatter } from '../text/format.ts';
import type { Language } from '../text/language.ts';

/** Addresses of the other views of the same data; a view without an address gets no link. */
export interface StatusLinks {
  readonly dashboard?: string | undefined;
  readonly prometheus?: string | undefined;
}

/** What every part of a page needs to put data into words. */
export interface PageContext {
  readonly language: Language;
  readonly text: Messages;
  readonly format: Formatter;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly query: PageQuery;
  readonly links: StatusLinks;
  readonly runbooks: ReadonlyMap<string, Runbook>;
  /** What Prometheus knows; undefined where none is asked, or none answered in time. */
  readonly histories?: Histories | undefined;
  /** Where a renewal is marked as paid; undefined where that is off, or not for everyone who reads the page. */
  readonly paidLink?: ((renewal: RenewalId) => string) | undefined;
  /** Where this exporter looks after a part of the account file only. */
  readonly shard?: Shard | undefined;
}
