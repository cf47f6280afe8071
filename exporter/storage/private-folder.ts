import { chmodSync, mkdirSync } from 'node:fs';

/**
 * Makes a folder for its owner only, whatever the umask; one that is there already stays as it was set up.
 * @throws the file system's error.
 */
export function makePrivateFolder(path: string): void {
  if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(path, 0o700);
}
