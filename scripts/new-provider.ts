import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitCodes, Failure, runScript } from './lib/terminal/failure.ts';
import { providerFiles, registered } from './new-provider/files.ts';
import { presetFile, presetPath } from './new-provider/preset.ts';

/** `npm run new-provider NAME`: a provider in code or a preset to begin with, whose test passes as it is. */

const help = `Creates a new provider: a folder below exporter/providers/ with request, schema, fixture, README and test;
or, with --preset, one data file for a vendor that needs only plain requests.

Usage: npm run new-provider NAME [FOLDER]
       npm run new-provider -- --preset NAME [FOLDER]

  NAME    lower case, digits and hyphens, such as acme-cloud
  FOLDER  the checkout (default: this one)

Exit codes: 0 created, 1 failed (for example, it exists already), 2 usage error.
`;

await runScript('npm run new-provider', async () => {
  const words = process.argv.slice(2).filter((word) => word !== '--preset');
  const isPreset = words.length < process.argv.length - 2;
  const [name, root = dirname(import.meta.dirname), ...rest] = words;
  if (name === '--help' || name === '-h') {
    process.stdout.write(help);
    return;
  }
  if (name === undefined || rest.length > 0 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new Failure(
      `expected one name in lower case, with digits and hyphens, such as acme-cloud${name === undefined ? '' : `, got ${name}`}`,
      [],
      exitCodes.usage,
    );
  }
  if (isPreset) {
    makePreset(name, root);
    return;
  }
  const registry = join(root, 'exporter/providers/registry.ts');
  const files = providerFiles(name);
  const taken = [...files.keys()].filter((path) => existsSync(join(root, path)));
  if (taken.length > 0) throw new Failure(`${taken[0]} already exists`);
  const changed = registered(readFileSync(registry, 'utf8'), name);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    process.stdout.write(`made ${path}\n`);
  }
  writeFileSync(registry, changed);
  process.stdout.write(
    'changed exporter/providers/registry.ts\nNext: put the documented response into the fixture, and adapt schema and mapping to it.\n',
  );
});

function makePreset(name: string, root: string): void {
  const path = presetPath(name);
  for (const taken of [path, `exporter/providers/${name}`]) {
    if (existsSync(join(root, taken))) throw new Failure(`${taken} already exists`);
  }
  writeFileSync(join(root, path), presetFile(name));
  process.stdout.write(
    `made ${path}\nNext: put the documented request and response into it, then run npm run generate and npx ava test/exporter/providers/presets.test.ts\n`,
  );
}
