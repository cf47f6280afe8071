import { statSync } from 'node:fs';

export interface FileWatchOptions {
  /** The files to look at; asked for each time, as the account file decides which secrets there are. */
  readonly files: () => readonly string[];
  /** Called once after a change, when all files have kept still from one look to the next. */
  readonly onChange: () => void;
}

/**
 * Watches files by looking at them, at each call of the function that it returns. File system notifications are
 * lost in mounted folders, and miss a swapped symbolic link further up; polling the resolved path detects both.
 * A file that is still being written is not loaded: truncated at the wrong place it may be valid, but lack accounts.
 * Made before the files are read for the first time, it misses no change after that.
 */
export function createFileWatch({ files, onChange }: FileWatchOptions): () => void {
  let known = look(files());
  let last = known;
  return () => {
    const current = look(files());
    const changed = differs(current, known);
    const still = !differs(current, last);
    last = current;
    if (changed && still) {
      known = current;
      onChange();
    }
    // Files that are named for the first time have just been read: they count as known from here on.
    for (const [file, state] of look(files().filter((name) => !known.has(name)))) known.set(file, state);
  };
}

/** What changes whenever a file is written, replaced, removed or made, by file. */
function look(files: readonly string[]): Map<string, string> {
  return new Map(
    files.map((file) => {
      try {
        const { dev, ino, size, mtimeMs, ctimeMs } = statSync(file);
        return [file, [dev, ino, size, mtimeMs, ctimeMs].join(' ')];
      } catch {
        return [file, 'missing'];
      }
    }),
  );
}

/** Whether a file that both know is another one. */
function differs(current: ReadonlyMap<string, string>, before: ReadonlyMap<string, string>): boolean {
  for (const [file, state] of current) if (before.has(file) && before.get(file) !== state) return true;
  return false;
}

/**
 * Whether the file behind a path has no name left on its disk, as a single mounted file does after it was replaced
 * on the host (editors, `sed -i` and `renewed` write a new file): the mount still shows the old one.
 */
export function isUnlinked(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.nlink === 0;
}

export function unlinkedError(file: string): string {
  return `${file}: this file was replaced or deleted, but it is mounted by itself, so the new one cannot be seen: mount its folder instead, and restart`;
}
