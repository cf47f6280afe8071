import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Keeps Debian's packages from starting their services while they are installed: invoke-rc.d and deb-systemd-invoke
 * ask /usr/sbin/policy-rc.d first, and 101 is its way to say no.
 */

const policy = '/usr/sbin/policy-rc.d';
const refusal = '#!/bin/sh\n# While balance-alert installs what its tests need.\nexit 101\n';

/** Runs `install` in the meantime, and puts back what was there, also where that fails. */
export async function withoutServices(install: () => Promise<void>, file = policy): Promise<void> {
  const aside = `${file}.before-balance-alert`;
  // A run that was killed left its own, and beside it the original where there was one.
  if (!exists(aside) && exists(file) && !isOurs(file)) renameSync(file, aside);
  rmSync(file, { force: true });
  writeFileSync(file, refusal, { mode: 0o755 });
  try {
    await install();
  } finally {
    rmSync(file);
    if (exists(aside)) renameSync(aside, file);
  }
}

function isOurs(path: string): boolean {
  return lstatSync(path).isFile() && readFileSync(path, 'utf8') === refusal;
}

/** A dangling link counts as present, too. */
function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
