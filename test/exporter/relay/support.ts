import type { ExecutionContext } from 'ava';
import { Secret } from '../../../exporter/config/secret.ts';
import { createRelayMetrics } from '../../../exporter/metrics/relay.ts';
import { createRelayApp } from '../../../exporter/relay/app.ts';
import type { RelayConfig } from '../../../exporter/relay/config.ts';
import type { RelayOptions } from '../../../exporter/relay/relay.ts';
import { Relay } from '../../../exporter/relay/relay.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
import type { StandInBot } from '../../support/bots.ts';
import { botSecret } from '../../support/bots.ts';
import { recordingLogger } from '../../support/logger.ts';
import { serve } from '../../support/served.ts';

export interface TestAlert {
  readonly status?: 'firing' | 'resolved';
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
}

export const low: TestAlert = {
  labels: {
    alertname: 'BalanceLow',
    severity: 'warning',
    project: 'llm-gateway',
    provider: 'openrouter',
    type: 'credits',
    unit: 'USD',
    account_owner: 'platform',
  },
  annotations: {
    summary: 'A balance is below its threshold.',
    description: 'llm-gateway (openrouter) has 42.50 USD left, below its threshold of 100.00.',
    left: '42.50',
    threshold: '100.00',
    days_left: '3.2',
    runs_dry: '2026-11-30',
    dashboard_url: 'https://grafana.example/d/balance-alert-accounts?var-project=llm-gateway&x=(1)',
    runbook_url: 'https://status.example/runbooks/BalanceLow',
    console_url: 'https://console.example/credits?a=1&b=2',
  },
};

/** The body of Alertmanager's webhook, with a field that a newer release has. */
export function payload(alerts: readonly TestAlert[], groupKey = '{}:{alertname="BalanceLow"}'): unknown {
  return {
    version: '4',
    groupKey,
    status: alerts.some(({ status }) => status !== 'resolved') ? 'firing' : 'resolved',
    receiver: 'ops',
    notification_reason: 'first notification',
    truncatedAlerts: 0,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    alerts: alerts.map(
      ({ status = 'firing', labels = {}, annotations = {}, startsAt = '2026-11-27T01:00:00Z' }) => ({
        status,
        labels,
        annotations,
        startsAt,
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'http://prometheus:9090/graph',
        fingerprint: JSON.stringify(labels),
      }),
    ),
  };
}

export interface TestRelay {
  readonly url: string;
  readonly relay: Relay;
  /** Log lines so far. */
  readonly lines: readonly unknown[];
  readonly post: (
    body: unknown,
    channel?: string,
  ) => Promise<{ readonly status: number; readonly text: string }>;
  /** The counter's lines that are not 0. */
  readonly counted: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface TestRelayOptions
  extends Partial<Pick<RelayOptions, 'timeoutMs' | 'patienceMs' | 'now' | 'paidLink'>> {
  readonly language?: RelayConfig['language'];
  readonly secret?: string;
  /** Outlives the relay. */
  readonly storage?: string;
}

/** A relay with a channel for each bot, called after its type, that knows their secret. */
export async function startRelay(
  t: ExecutionContext,
  bots: readonly StandInBot[],
  options: TestRelayOptions = {},
): Promise<TestRelay> {
  const { logger, lines } = recordingLogger();
  const channels = bots.map(({ type, webhook }) => ({
    name: type,
    type,
    url: new Secret('BOT_URL', webhook),
    ...(type === 'wecom_bot' ? {} : { secret: new Secret('BOT_SECRET', options.secret ?? botSecret) }),
  }));
  const records =
    options.storage === undefined
      ? undefined
      : new RecordStore({
          path: options.storage,
          now: Date.now,
          onSetAside: (error) => logger.warn('storage', { error }),
        });
  t.teardown(() => records?.close());
  const metrics = createRelayMetrics(channels.map(({ name }) => name));
  const relay = new Relay({
    config: { language: options.language ?? 'en', channels, secrets: [] },
    logger,
    metrics,
    now: options.now ?? Date.now,
    records,
    timeoutMs: options.timeoutMs ?? 5000,
    patienceMs: options.patienceMs ?? 5000,
    paidLink: options.paidLink,
  });
  const served = await serve(
    createRelayApp({
      channels: relay.channels,
      deliver: (channel, notification, signal) => relay.deliver(channel, notification, signal),
      metrics: metrics.text,
      onError: (error) => t.fail(String(error)),
    }),
  );
  const close = async (): Promise<void> => {
    await relay.close();
    await served.close();
  };
  t.teardown(close);
  const [first] = bots;
  return {
    url: served.url,
    relay,
    lines,
    post: async (body, channel = first?.type ?? '') => {
      const response = await fetch(`${served.url}/notify/${channel}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, text: await response.text() };
    },
    counted: async () =>
      (await (await fetch(`${served.url}/metrics`)).text())
        .split('\n')
        .filter((line) => /^balance_alert_relay_notifications_total\{.*[1-9]\d*$/.test(line))
        .map((line) => line.replace('balance_alert_relay_notifications_total', '')),
    close,
  };
}
