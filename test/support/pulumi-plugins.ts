import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import * as z from 'zod';
import { run } from '../../scripts/lib/terminal/process.ts';

/** The plugins that the program needs, and whether the Pulumi CLI will find them: looked at before anything is begun. */

export interface Plugin {
  readonly kind: 'resource' | 'language';
  readonly name: string;
  /** Empty for a language host, which comes with the CLI. */
  readonly version: string;
  /** Where it is downloaded from, where that is not Pulumi's own server. */
  readonly server: string | undefined;
}

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  pulumi: z
    .object({
      resource: z.boolean().optional(),
      name: z.string().optional(),
      version: z.string().optional(),
      server: z.string().optional(),
    })
    .optional(),
});

/** The language host, and the plugin of each dependency that has one: what the CLI itself looks for in node_modules. */
export function neededPlugins(root: string): readonly Plugin[] {
  const read = (folder: string) =>
    manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const language: Plugin = { kind: 'language', name: 'nodejs', version: '', server: undefined };
  const resources = Object.keys(read(root).dependencies ?? {}).flatMap((dependency): Plugin[] => {
    const { pulumi } = read(join(root, 'node_modules', dependency));
    if (pulumi?.resource !== true || pulumi.name === undefined || pulumi.version === undefined) return [];
    return [{ kind: 'resource', name: pulumi.name, version: pulumi.version, server: pulumi.server }];
  });
  return [language, ...resources];
}

/**
 * Plugins that the CLI won't get, in its own order of places: PATH (unless PULUMI_IGNORE_AMBIENT_PLUGINS), beside the CLI,
 * the cache of plugins, the network. The cache takes a later version of the same major one as well.
 * @param cli the path of the CLI
 * @returns for people, such as `the Pulumi plugin docker 5.2.0`
 */
export async function missingPlugins(
  plugins: readonly Plugin[],
  cli: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const plugin of plugins) {
    if (isThere(plugin, cli, environment) || (await canBeDownloaded(plugin, cli, environment))) continue;
    missing.push(
      plugin.kind === 'language'
        ? `pulumi-language-${plugin.name} beside the Pulumi CLI or on PATH`
        : `the Pulumi plugin ${plugin.name} ${plugin.version}`,
    );
  }
  return missing;
}

function isThere(
  { kind, name, version }: Plugin,
  cli: string,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const program = `pulumi-${kind}-${name}`;
  const ambient = ['', '0', 'false'].includes(environment['PULUMI_IGNORE_AMBIENT_PLUGINS'] ?? '');
  const folders = ambient ? (environment['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '') : [];
  if ([...folders, dirname(cli)].some((folder) => existsSync(join(folder, program)))) return true;
  const home = environment['PULUMI_HOME'] || join(environment['HOME'] || homedir(), '.pulumi');
  return (
    kind === 'resource' && cachedVersions(join(home, 'plugins'), name).some((have) => suits(have, version))
  );
}

function cachedVersions(folder: string, name: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const prefix = `resource-${name}-v`;
  // A download that is under way or broke off has such a file beside its folder.
  const entries = readdirSync(folder);
  return entries
    .filter((entry) => entry.startsWith(prefix) && !/\.(lock|partial)$/.test(entry))
    .filter((entry) => !entries.includes(`${entry}.partial`))
    .map((entry) => entry.slice(prefix.length));
}

/** Whether a version is the wanted one or later, of the same major. */
function suits(have: string, wanted: string): boolean {
  const [a, b] = [have, wanted].map((version) => version.split('.').map((part) => Number.parseInt(part, 10)));
  if (a === undefined || b === undefined || a[0] !== b[0]) return false;
  return a.join('.').localeCompare(b.join('.'), 'en', { numeric: true }) >= 0;
}

/** Fetches it into the cache, as the CLI would in the middle of the first operation. */
async function canBeDownloaded(
  { kind, name, version, server }: Plugin,
  cli: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (kind !== 'resource' || environment['PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION'] === 'true')
    return false;
  const args = [
    'plugin',
    'install',
    kind,
    name,
    version,
    ...(server === undefined ? [] : ['--server', server]),
  ];
  const { code } = await run(cli, args, {
    cwd: dirname(cli),
    environment: { ...environment, PULUMI_SKIP_UPDATE_CHECK: 'true' },
  });
  return code === 0;
}
