import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folders in which programs are looked for: PATH, and where servers are, which is outside of an ordinary user's. */
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Every path at which a program of one of these names is found. */
export function everyOnPath(...names: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).filter(isExecutable);
}

/** The first path at which a program of one of these names is found; undefined where there is none. */
export function onPath(...names: readonly string[]): string | undefined {
  return everyOnPath(...names)[0];
}
