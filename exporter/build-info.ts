import { readFileSync } from 'node:fs';

// Written into the bundle by the build; not there when the program runs from a checkout.
declare const BALANCE_ALERT_VERSION: string | undefined;
declare const BALANCE_ALERT_REVISION: string | undefined;

export function buildInfo(): BuildInfo {
  if (typeof BALANCE_ALERT_VERSION === 'string' && typeof BALANCE_ALERT_REVISION === 'string') {
    return { version: BALANCE_ALERT_VERSION, revision: BALANCE_ALERT_REVISION };
  }
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : '';
  return { version, revision: 'checkout' };
}

/** The runbooks' text: beside the bundle, or in the checkout's documents; undefined where neither is. */
export function runbooksText(): string | undefined {
  for (const place of ['./alerts.md', '../docs/alerts.md']) {
    try {
      return readFileSync(new URL(place, import.meta.url), 'utf8');
    } catch {
      // The next place, then: a program without runbooks still works.
    }
  }
  return undefined;
}

export interface BuildInfo {
  readonly version: string;
  readonly revision: string;
}

/** The IANA release of the runtime's time-zone data, such as `2026c`, which decides when a day begins. */
export function timezoneData(): string {
  return process.versions['tz'] ?? 'unknown';
}
