import { z } from 'zod';
import { messageOf } from '../errors.ts';
import { RecordFolder } from '../storage/record-folder.ts';
import type { DeliveryMemory } from './channel.ts';

/**
 * Longer than Alertmanager takes to try again when an answer was lost; shorter than any sensible time between two reminders
 * of the same alerts.
 */
const memoryMs = 5 * 60_000;

const recordSchema = z.object({ delivered: z.array(z.object({ id: z.string(), atMs: z.number() })) });

export interface MemoryOptions {
  /** Folder of the records; undefined: nothing outlives the process. */
  readonly folder: string | undefined;
  readonly now: () => number;
  /** Told in words of a record that can't be used or written. */
  readonly onFault: (message: string) => void;
}

type Delivered = z.output<typeof recordSchema>['delivered'];

/** What each channel delivered in the last minutes. Relays that share a folder share it. */
export function createDeliveryMemories({
  folder,
  now,
  onFault,
}: MemoryOptions): (channel: string) => DeliveryMemory {
  const records =
    folder === undefined
      ? undefined
      : new RecordFolder({ folder, version: 1, schema: recordSchema, now, onSetAside: onFault });
  return (channel) => {
    let own: Delivered = [];
    const current = (): Delivered => {
      const all = [...(records?.read(channel)?.delivered ?? []), ...own];
      // A clock that was set back must not make an entry immortal.
      const fresh = all.filter(({ atMs }) => Math.abs(now() - atMs) < memoryMs);
      return [...new Map(fresh.map((entry) => [entry.id, entry])).values()];
    };
    return {
      has: (id) => current().some((entry) => entry.id === id),
      async add(ids) {
        own = [...current(), ...ids.map((id) => ({ id, atMs: now() }))];
        try {
          await records?.write(channel, { delivered: own });
        } catch (error) {
          // Delivered it is; at worst a lost answer leads to a second message.
          onFault(`what ${channel} delivered could not be stored: ${messageOf(error)}`);
        }
      },
    };
  };
}
