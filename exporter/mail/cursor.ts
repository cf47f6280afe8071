import { hash } from 'node:crypto';
import * as z from 'zod';

/** How far the mails of one folder have been examined. */
export interface FolderCursor {
  readonly folder: string;
  /** The server's word for the numbering of a folder; when it changes, all UIDs mean something else. */
  readonly uidValidity: string;
  /** Every mail with a UID up to this one is done. */
  readonly lastUid: number;
  /** Mails that the server received before this moment are never looked at, in milliseconds since the epoch. */
  readonly since: number;
}

/**
 * How far the mails of a mailbox have been examined.
 *
 * UIDs alone don't do: a mail that is moved to another folder, or a folder that is numbered anew, gives old mails
 * new UIDs. So the newest mails are remembered by a hash of their header fields as well.
 */
export interface MailboxCursor {
  readonly folders: readonly FolderCursor[];
  /** Hashes of the mails that were examined last, oldest first, each with the minute it was received in (base 36). */
  readonly seen: readonly string[];
  /**
   * When the newest mail was received whose hash had to make room: no mail up to then can be told from one
   * that was examined before. Milliseconds since the epoch.
   */
  readonly forgottenUpTo: number;
}

export const cursorSchema = z.strictObject({
  folders: z.array(
    z.strictObject({
      folder: z.string(),
      uidValidity: z.string(),
      lastUid: z.int().min(0),
      since: z.number(),
    }),
  ),
  seen: z.array(z.string()),
  forgottenUpTo: z.number(),
});

/** What a mailbox that was never scanned starts with. */
export const emptyCursor: MailboxCursor = { folders: [], seen: [], forgottenUpTo: 0 };

/** Hashes kept for a mailbox: some 200 kB of them. */
const mostSeen = 10_000;

export interface MailIdentity {
  readonly messageId: string;
  readonly sender: string;
  readonly subject: string;
  readonly date: string;
  readonly size: number;
}

/**
 * The hash that a mail is known by, in any folder. The Message-ID alone won't do: some programs give the same one
 * to all their mails, and a warning must not pass for one that was seen. Without one the size has to help.
 */
export function identityOf({ messageId, sender, subject, date, size }: MailIdentity): string {
  const fields = [messageId, sender, subject, date, messageId === '' ? size : 0];
  return hash('sha256', JSON.stringify(fields), 'base64url').slice(0, 11);
}

const minute = 60_000;

/** The mails that were seen, for one scan to look up and add to. */
export class SeenMails {
  /** By its hash, each as the cursor has it. */
  readonly #entries = new Map<string, string>();
  #forgottenUpTo: number;

  constructor({ seen, forgottenUpTo }: MailboxCursor) {
    for (const entry of seen) this.#entries.set(entry.split('.')[0] ?? '', entry);
    this.#forgottenUpTo = forgottenUpTo;
  }

  has(hash: string): boolean {
    return this.#entries.has(hash);
  }

  /** `receivedAt` in milliseconds since the epoch. */
  add(hash: string, receivedAt: number): void {
    // The minute after it was received.
    this.#entries.set(hash, `${hash}.${Math.ceil(receivedAt / minute).toString(36)}`);
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= mostSeen) break;
      this.#entries.delete(oldest);
      const minutes = Number.parseInt(entry.split('.')[1] ?? '', 36) || 0;
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, minutes * minute);
    }
  }

  cursor(folders: readonly FolderCursor[]): MailboxCursor {
    return { folders, seen: [...this.#entries.values()], forgottenUpTo: this.#forgottenUpTo };
  }
}

export interface FolderView {
  readonly folder: string;
  readonly uidValidity: string;
}

/**
 * The position from which to continue in a folder that was just opened. A folder that is new, or numbered anew,
 * begins at `lookback`
 * seconds before `now` (milliseconds since the epoch).
 */
export function cursorFor(
  cursor: MailboxCursor,
  view: FolderView,
  { now, lookback }: { readonly now: number; readonly lookback: number },
): FolderCursor {
  const known = cursor.folders.find(({ folder }) => folder === view.folder);
  if (known?.uidValidity === view.uidValidity) return known;
  const since = now - lookback * 1000;
  return {
    ...view,
    lastUid: 0,
    since: known === undefined ? since : Math.max(since, known.since, cursor.forgottenUpTo + 1),
  };
}
