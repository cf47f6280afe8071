import type { Logger } from '../log.ts';
import type { RelayMetrics } from '../metrics/relay.ts';
import type { Outcome } from '../metrics/relay-outcome.ts';
import type { RecordStore } from '../storage/record-store.ts';
import { alertMessage } from './alert-message.ts';
import { bots } from './bots/registry.ts';
import { Channel } from './channel.ts';
import type { ChannelConfig, RelayConfig } from './config.ts';
import type { MemoryOptions } from './memory.ts';
import { createDeliveryMemory } from './memory.ts';
import type { Message } from './message.ts';
import type { PaidLink } from './paid-link.ts';
import type { Notification } from './payload.ts';
import { sendMessage } from './send.ts';

export interface RelayOptions {
  readonly config: RelayConfig;
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  readonly now: () => number;
  /** Signs links that mark renewals as paid; undefined: messages have none. */
  readonly paidLink?: PaidLink | undefined;
  /** What outlives restarts; undefined: nothing does. */
  readonly records: RecordStore | undefined;
  /** For one message. */
  readonly timeoutMs: number;
  /** As of `Channel`. */
  readonly patienceMs: number;
}

/** The channels of a configuration. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #channels: ReadonlyMap<string, { readonly config: ChannelConfig; readonly queue: Channel }>;

  constructor(options: RelayOptions) {
    this.#options = options;
    const { config, records, now, logger, patienceMs } = options;
    const memory: MemoryOptions = {
      records,
      now,
      onFault: (error) => logger.warn('storage', { error }),
    };
    this.#channels = new Map(
      config.channels.map((channel) => [
        channel.name,
        {
          config: channel,
          queue: new Channel({
            limits: bots[channel.type].limits,
            memory: createDeliveryMemory(channel.name, memory),
            patienceMs,
            send: (notifications) =>
              this.#send(channel, () => alertMessage(notifications, config.language, options.paidLink)),
          }),
        },
      ]),
    );
  }

  get channels(): readonly string[] {
    return [...this.#channels.keys()];
  }

  /** Delivers a notification of Alertmanager, and counts it. */
  async deliver(name: string, notification: Notification, signal: AbortSignal): Promise<Outcome> {
    const channel = this.#channels.get(name);
    if (channel === undefined) throw new RangeError(`expected one of the channels, got ${name}`);
    const outcome = await channel.queue.deliver(notification, signal);
    this.#count(name, outcome, { alerts: notification.alerts.length });
    return outcome;
  }

  /** Sends a message that no notification asked for, and counts it. */
  async sendDirectly(name: string, message: Message): Promise<Outcome> {
    const channel = this.#channels.get(name);
    if (channel === undefined) throw new RangeError(`expected one of the channels, got ${name}`);
    const outcome = await this.#send(channel.config, () => message);
    this.#count(name, outcome, {});
    return outcome;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#channels.values()].map(({ queue }) => queue.close()));
  }

  #send({ name, type, url, secret }: ChannelConfig, make: () => Message): Promise<Outcome> {
    const { config, timeoutMs, now, logger } = this.#options;
    return sendMessage(make(), {
      bot: bots[type],
      credentials: { url, secret },
      proxy: config.proxy,
      caFile: config.ca_file,
      timeoutMs,
      now,
      onClockSkew: (skewMs) =>
        logger.warn(
          'the clock of this machine differs from that of the bot: using the bot’s time for the signature',
          {
            channel: name,
            seconds: Math.round(skewMs / 1000),
          },
        ),
    });
  }

  #count(channel: string, outcome: Outcome, fields: Readonly<Record<string, number>>): void {
    const { logger, metrics } = this.#options;
    metrics.count(channel, outcome);
    if (outcome.result === 'delivered') {
      logger.info('notification delivered', { channel, ...fields });
      return;
    }
    const { result, reason, words } = outcome;
    logger.warn('notification not delivered', { channel, result, reason, error: words, ...fields });
  }
}
