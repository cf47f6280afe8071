import * as z from 'zod';
import { messageOf } from '../errors.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { DeliveryMemory } from './channel.ts';

/**
 * Longer than Alertmanager takes to try again when an answer was lost; shorter than any sensible time between two reminders
 * of the same alerts.
 */
const memoryMs = 5 * 60_000;

const kind = 'relay-deliveries';

const recordSchema = z.object({ delivered: z.array(z.object({ id: z.string(), atMs: z.number() })) });

export interface MemoryOptions {
  /** Undefined: nothing outlives the process. */
  readonly records: RecordStore | undefined;
  readonly now: () => number;
  /** Takes a message about a record that can't be written. */
  readonly onFault: (message: string) => void;
}

/** What a channel delivered in the last minutes. */
export function createDeliveryMemory(
  channel: string,
  { records, now, onFault }: MemoryOptions,
): DeliveryMemory {
  let entries = records?.read(kind, channel, recordSchema)?.delivered ?? [];
  // A clock that was set back must not make an entry immortal.
  const current = () => entries.filter(({ atMs }) => Math.abs(now() - atMs) < memoryMs);
  return {
    has: (id) => current().some((entry) => entry.id === id),
    async add(ids) {
      entries = [...current(), ...ids.map((id) => ({ id, atMs: now() }))];
      try {
        await records?.write(kind, channel, { delivered: entries });
      } catch (error) {
        // Delivered it is; at worst a lost answer leads to a second message.
        onFault(`the deliveries of channel ${channel} could not be stored: ${messageOf(error)}`);
      }
    },
  };
}
