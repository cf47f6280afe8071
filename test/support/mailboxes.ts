import type { RequestListener } from 'node:http';
import { contentType } from '../../exporter/metrics/exposition.ts';
import { failureReasons } from '../../exporter/readings/check-error.ts';
import { zeros } from '../../exporter/readings/zeros.ts';
import { realNowMs } from './real-clock.ts';
import { renderSnapshot } from './render-snapshot.ts';
import { mailboxState, minute, noAlerts, snapshot } from './snapshots.ts';

/**
 * Serves the exporter's text for two sample mailboxes to a real Prometheus, since demo accounts have none: one that is
 * scanned and got mail, and one that fails, once more at each scrape.
 */
export function mailboxExposition(): RequestListener {
  let scrapes = 0;
  return (_request, response) => {
    scrapes += 1;
    const now = realNowMs();
    const text = renderSnapshot(
      snapshot({
        mailboxes: [
          mailboxState(
            { name: 'billing' },
            {
              lastScanAtMs: now,
              lastSuccessAtMs: now,
              examined: 140 + scrapes,
              alerts: noAlerts({ low_balance: 2, bill: 5, top_up: 1, arrears: 1 }),
              lastAlertAtMs: {
                low_balance: now - 90 * minute,
                bill: now - 3000 * minute,
                top_up: now - 600 * minute,
                arrears: now - 20 * minute,
              },
            },
          ),
          mailboxState(
            { name: 'finance' },
            {
              lastScanAtMs: now,
              lastSuccessAtMs: now - 400 * minute,
              failure: { reason: 'auth', message: 'the server refused the password' },
              failures: { ...zeros(failureReasons), auth: scrapes },
            },
          ),
        ],
      }),
      now,
    ).text;
    response.writeHead(200, { 'content-type': contentType });
    response.end(text);
  };
}
