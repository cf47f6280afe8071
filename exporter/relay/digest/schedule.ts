import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { RelayMetrics } from '../../metrics/relay.ts';
import type { Outcome } from '../../metrics/relay-outcome.ts';
import { failed } from '../../metrics/relay-outcome.ts';
import type { RecordStore } from '../../storage/record-store.ts';
import type { RelayConfig } from '../config.ts';
import type { Message } from '../message.ts';
import { weekdays } from '../words.ts';

type DigestConfig = Readonly<Omit<NonNullable<RelayConfig['digest']>, 'channels'>> & {
  readonly channels: readonly string[];
};

/** A digest that could not be sent for so long is left out: the next one says more. */
const latestMs = 24 * 3_600_000;

const retryMs = 5 * 60_000;

const kind = 'relay-digest';
const recordSchema = z.object({ dueMs: z.number() });

/** The last moment at or before `nowMs` at which a digest was due, in milliseconds since the epoch. */
export function lastDue(
  { day, hour, timezone }: Pick<DigestConfig, 'day' | 'hour' | 'timezone'>,
  nowMs: number,
): number {
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timezone).toPlainDate();
  const back = (today.dayOfWeek - 1 - weekdays.indexOf(day) + 7) % 7;
  const dueOn = (date: Temporal.PlainDate): number =>
    date.toZonedDateTime({ timeZone: timezone, plainTime: new Temporal.PlainTime(hour) }).epochMilliseconds;
  const date = today.subtract({ days: back });
  const due = dueOn(date);
  return due <= nowMs ? due : dueOn(date.subtract({ days: 7 }));
}

export interface DigestOptions {
  readonly config: DigestConfig;
  /** Without it, a restart in the day after a digest is due may leave it out, and sends none twice. */
  readonly records: RecordStore | undefined;
  readonly now: () => number;
  readonly logger: Logger;
  readonly metrics: Pick<RelayMetrics, 'count' | 'digestSent'>;
  /** @throws where Prometheus does not answer */
  readonly make: () => Promise<Message>;
  readonly send: (channel: string, message: Message) => Promise<Outcome>;
}

/** Sends the digest to each channel once a week. */
export class Digest {
  readonly #options: DigestOptions;
  /** By channel: the last due moment that is dealt with. */
  readonly #done = new Map<string, number>();
  readonly #notBefore = new Map<string, number>();
  #running: Promise<void> | undefined;

  constructor(options: DigestOptions) {
    this.#options = options;
    for (const channel of options.config.channels) {
      const record = options.records?.read(kind, channel, recordSchema);
      if (record !== undefined) this.#done.set(channel, record.dueMs);
    }
  }

  /** Sends what is due; to be called every half a minute or so. Never rejects. */
  tick(): Promise<void> {
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Waits for what is being sent. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #work(): Promise<void> {
    const { config, now, logger, metrics, make, send } = this.#options;
    const due = lastDue(config, now());
    let message: Message | undefined;
    for (const channel of config.channels) {
      const done = this.#done.get(channel);
      if (done === undefined || now() - due > latestMs) {
        // A relay that has just been set up begins with the next one.
        if ((done ?? Number.NEGATIVE_INFINITY) < due) await this.#finish(channel, due);
        continue;
      }
      if (done >= due || now() < (this.#notBefore.get(channel) ?? 0)) continue;
      this.#notBefore.set(channel, now() + retryMs);
      try {
        message ??= await make();
      } catch (error) {
        const words = messageOf(error);
        metrics.count(channel, failed('prometheus', words));
        logger.warn('the digest could not be created, retrying in 5 minutes', { channel, error: words });
        continue;
      }
      if ((await send(channel, message)).result !== 'delivered') continue;
      metrics.digestSent(channel, now());
      await this.#finish(channel, due);
    }
  }

  async #finish(channel: string, dueMs: number): Promise<void> {
    this.#done.set(channel, dueMs);
    try {
      await this.#options.records?.write(kind, channel, { dueMs });
    } catch (error) {
      this.#options.logger.warn('storage', {
        error: `the digest of ${channel} could not be recorded as sent: ${messageOf(error)}`,
      });
    }
  }
}
