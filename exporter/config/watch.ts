import { statSync } from 'node:fs';

export interface FileWatchOptions {
  /** The files to look at; asked for each time, as the account file decides which secrets there are. */
  readonly files: () => readonly string[];
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Called once after a change, when all files have kept still for one interval. */
  readonly onChange: () => void;
}

/**
 * Watches files by looking at them. Notifications of the system are lost in mounted folders, and know nothing of a
 * swapped symbolic link further up; a look at what the path leads to sees both.
 * A file that is still being written is left alone: cut short at the wrong place it may be valid, and lack accounts.
 * @returns a function that ends the watch.
 */
export function watchFiles({ files, interval, onChange }: FileWatchOptions): () => void {
  let known = signature(files());
  let last = known;
  const timer = setInterval(() => {
    const current = signature(files());
    if (current === last && current !== known) {
      known = current;
      onChange();
    }
    last = current;
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
}

/** Changes whenever a file is written, replaced, removed or made. */
function signature(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const { dev, ino, size, mtimeMs, ctimeMs } = statSync(file);
        return [file, dev, ino, size, mtimeMs, ctimeMs].join(' ');
      } catch {
        return `${file} missing`;
      }
    })
    .join('\n');
}
