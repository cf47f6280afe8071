import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderManifests } from '../infra/render/kubernetes/manifests.ts';
import type { ManifestOptions } from '../infra/render/kubernetes/options.ts';
import { manifestsUsage, readManifestsRequest } from './lib/render/manifests-request.ts';
import { reportWritten, writeOwnFiles } from './lib/render/owned-files.ts';
import { readFlags } from './lib/terminal/arguments.ts';
import { exitCodes, Failure, runScript } from './lib/terminal/failure.ts';

/** `scripts/manifests`: the exporter for Kubernetes, as files. */

await runScript(manifestsUsage.script, async () => {
  const print = (text: string) => process.stdout.write(text);
  const flags = readFlags(manifestsUsage, process.argv.slice(2), print);
  if (flags === undefined) return;
  const { options, out } = readManifestsRequest(flags, (path) => readFileSync(path, 'utf8'), Date.now());
  reportWritten(out, await writeOwnFiles(resolve(out), render(options), manifestsUsage.script), print);
  const names = [...new Set([...options.secretNames, ...(options.relay?.secretNames ?? [])])].toSorted();
  if (names.length > 0)
    print(`the Secret ${options.secret} in ${options.namespace} must have the keys ${names.join(', ')}\n`);
});

/** @throws Failure (2) for an account file that no ConfigMap holds */
function render(options: ManifestOptions): ReadonlyMap<string, string> {
  try {
    return renderManifests(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure(
      error.message,
      ['split the file, or serve it from a volume of your own'],
      exitCodes.usage,
    );
  }
}
