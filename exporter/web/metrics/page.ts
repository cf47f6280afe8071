import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { SelfMetrics } from '../../metrics/self.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { OnEntryFault } from '../entries.ts';
import type { TextParts } from './text.ts';
import { createTextRenderer, renderSummary } from './text.ts';

const compress = promisify(gzip);

export interface MetricsPage {
  /** The whole text, ready to be sent one part after the other, packed where asked for. */
  readonly body: (gzipped: boolean) => Promise<readonly Buffer[]>;
}

export interface MetricsPageDependencies {
  readonly snapshot: () => Snapshot;
  readonly self: Omit<SelfMetrics, 'tellCertificateExpiry'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forward; `performance.now` unless given. */
  readonly monotonicMs?: () => number;
  /** Called for each entry that cannot be rendered; its series are left out. */
  readonly onEntryFault?: OnEntryFault | undefined;
}

/** The text is made at most once in this many milliseconds, however often it is asked for. */
const freshness = 1000;

interface Rendered {
  readonly snapshot: Snapshot;
  readonly text: TextParts;
}

interface Page {
  /** By the monotonic clock, which no change of the wall clock moves. */
  readonly madeAt: number;
  readonly validUntil: number;
  readonly plain: Promise<readonly Buffer[]>;
  gzipped: Promise<readonly Buffer[]> | undefined;
}

/**
 * Keeps the text that is served. The accounts' part is rendered again when the snapshot changed or the text expired; what
 * speaks of the moment, and the exporter's own metrics, with each page. Scrapes at the same time share one page.
 */
export function createMetricsPage({
  snapshot,
  self,
  now,
  monotonicMs = () => performance.now(),
  onEntryFault,
}: MetricsPageDependencies): MetricsPage {
  const render = createTextRenderer(onEntryFault);
  let rendered: Rendered | undefined;
  let page: Page | undefined;
  let lastNow = Number.NEGATIVE_INFINITY;

  function renderAccounts(current: Snapshot, moment: number): TextParts {
    if (rendered?.snapshot === current && moment >= lastNow) {
      const { text } = rendered;
      if (text.leftOut.size === 0 && moment < text.validUntil) return text;
    }
    const started = performance.now();
    const text = render(current, moment);
    rendered = { snapshot: current, text };
    self.observeRender((performance.now() - started) / 1000);
    return text;
  }

  function currentPage(): Page {
    const moment = now();
    const fresh = page !== undefined && monotonicMs() - page.madeAt < freshness;
    // A wall clock that went back may have un-expired a reading: then only a new text is right.
    if (page === undefined || !fresh || moment >= page.validUntil || moment < lastNow) {
      const current = snapshot();
      const { parts, validUntil, leftOut } = renderAccounts(current, moment);
      const summary = renderSummary(current, moment, leftOut);
      page = {
        madeAt: monotonicMs(),
        validUntil,
        plain: self.text().then((own) => [...parts, ...summary, Buffer.from(own)]),
        gzipped: undefined,
      };
    }
    lastNow = moment;
    return page;
  }

  return {
    async body(gzipped) {
      const current = currentPage();
      if (!gzipped) return current.plain;
      current.gzipped ??= current.plain.then(async (parts) => [
        await compress(Buffer.concat(parts), { level: constants.Z_BEST_SPEED }),
      ]);
      return current.gzipped;
    },
  };
}
