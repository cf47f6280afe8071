/** An entry of the account file that could not be rendered. That is a defect of the program, and no reason to fail the rest. */
export interface EntryFault {
  readonly subject: 'account' | 'renewal' | 'mailbox';
  readonly name: string;
  readonly error: unknown;
}

export type OnEntryFault = (fault: EntryFault) => void;

/** What `make` gives for each entry; one for which it throws is left out, and `onFault` is called. */
export function mapEntries<Entry, Result>(
  entries: readonly Entry[],
  make: (entry: Entry) => Result,
  onFault: (entry: Entry, error: unknown) => void,
): readonly Result[] {
  const results: Result[] = [];
  for (const entry of entries) {
    try {
      results.push(make(entry));
    } catch (error) {
      onFault(entry, error);
    }
  }
  return results;
}

/** Passes each fault on once, until another error takes its place: pages and scrapes meet it again every time. */
export function onceEach(report: OnEntryFault): OnEntryFault {
  const known = new Map<string, string>();
  return (fault) => {
    const key = `${fault.subject} ${fault.name}`;
    const text = String(fault.error);
    if (known.get(key) === text) return;
    known.set(key, text);
    report(fault);
  };
}
