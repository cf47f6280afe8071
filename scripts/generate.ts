import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dashboards, languages } from '../dashboards/index.ts';
import { accountFileJsonSchemaText, schemaFileName } from '../exporter/account-file/json-schema.ts';
import { messageOf } from '../exporter/errors.ts';
import { renderRules } from '../rules/index.ts';
import { renderMetricsPage } from './metrics-page.ts';
import { providersPage } from './providers-page.ts';

/**
 * Everything that is made from source and committed beside it, by path from the checkout's root.
 * `owned` folders hold nothing else: what nothing makes any more is removed from them.
 */
export function generatedFiles(): {
  readonly files: ReadonlyMap<string, string>;
  readonly owned: readonly string[];
} {
  const files = new Map<string, string>([
    ['docs/metrics.md', renderMetricsPage()],
    ['docs/providers.md', providersPage()],
    [`exporter/examples/${schemaFileName}`, accountFileJsonSchemaText()],
  ]);
  for (const { name, yaml } of renderRules()) {
    files.set(`rules/generated/${name}`, yaml);
  }
  for (const language of languages) {
    for (const { uid, json } of dashboards(language)) {
      files.set(`dashboards/generated/${language}/${uid}.json`, json);
    }
  }
  return {
    files,
    owned: ['rules/generated', ...languages.map((language) => `dashboards/generated/${language}`)],
  };
}

/** What stands on disk and differs from what the source makes: to be written, or to be removed. */
export async function differences(
  root: string,
): Promise<{ readonly write: string[]; readonly remove: string[] }> {
  const { files, owned } = generatedFiles();
  const write: string[] = [];
  for (const [path, text] of files) {
    if ((await readIfThere(join(root, path))) !== text) {
      write.push(path);
    }
  }
  const remove: string[] = [];
  for (const folder of owned) {
    const names = await readdir(join(root, folder)).catch(emptyWhenMissing);
    remove.push(...names.map((name) => `${folder}/${name}`).filter((path) => !files.has(path)));
  }
  return { write, remove };
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
}

function emptyWhenMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') {
    return [];
  }
  throw error;
}

const usage = `Usage: npm run generate [-- --check]

Writes rules/generated, dashboards/generated, docs/metrics.md, the table in docs/providers.md and the JSON Schema of the
account file from their sources.

  --check  write nothing; exit 1 and name the files when something would change
  --help   show this text
`;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
  const { write, remove } = await differences(root);
  if (values.check === true) {
    for (const path of [...write, ...remove]) {
      process.stderr.write(`${path} is not what its source makes; run npm run generate\n`);
    }
    return write.length + remove.length > 0 ? 1 : 0;
  }
  const { files } = generatedFiles();
  for (const path of write) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), files.get(path) ?? '');
    process.stdout.write(`wrote ${path}\n`);
  }
  for (const path of remove) {
    await rm(join(root, path), { recursive: true });
    process.stdout.write(`removed ${path}\n`);
  }
  return 0;
}

if (import.meta.main) {
  process.exitCode = await main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    return 2;
  });
}
