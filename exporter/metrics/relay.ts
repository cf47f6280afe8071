import { Registry } from 'prom-client';
import type { TellCertificateExpiry } from './certificate.ts';
import { certificateExpiryIn } from './certificate.ts';
import { registerDefaultMetrics } from './default-metrics.ts';
import { counterIn, gaugeIn } from './registered.ts';
import type { Outcome } from './relay-outcome.ts';
import { rejectReasons, retryReasons } from './relay-outcome.ts';

export interface RelayMetrics {
  readonly text: () => Promise<string>;
  /** Counts one notification of a channel. */
  readonly count: (channel: string, outcome: Outcome) => void;
  /** Sets when a channel last got the digest, in milliseconds since the epoch. */
  readonly digestSent: (channel: string, atMs: number) => void;
  readonly tellCertificateExpiry: TellCertificateExpiry;
}

/** The relay's own metrics. Every series of a channel is there from the start, so that a first failure is an increase. */
export function createRelayMetrics(channels: readonly string[]): RelayMetrics {
  const registry = new Registry();
  registerDefaultMetrics(registry);
  const notifications = counterIn(registry, 'balance_alert_relay_notifications_total');
  for (const channel of channels) {
    notifications.inc({ channel, result: 'delivered', reason: 'none' }, 0);
    for (const reason of retryReasons) notifications.inc({ channel, result: 'retry', reason }, 0);
    for (const reason of rejectReasons) notifications.inc({ channel, result: 'rejected', reason }, 0);
  }
  const digest = gaugeIn(registry, 'balance_alert_relay_digest_timestamp_seconds');
  return {
    text: () => registry.metrics(),
    count: (channel, outcome) =>
      notifications.inc({
        channel,
        result: outcome.result,
        reason: outcome.result === 'delivered' ? 'none' : outcome.reason,
      }),
    tellCertificateExpiry: certificateExpiryIn(registry),
    digestSent: (channel, atMs) => digest.set({ channel }, atMs / 1000),
  };
}
