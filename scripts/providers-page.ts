import { readFileSync } from 'node:fs';
import { formatDuration } from '../exporter/config/duration.ts';
import type { Provider } from '../exporter/providers/contract.ts';
import { presetIds } from '../exporter/providers/presets/catalog.ts';
import { everyProvider } from '../exporter/providers/registry.ts';
import { vendorsWithoutBalance } from '../exporter/providers/without-balance.ts';

/** The table of vendors in `docs/providers.md`, between two comments. What is around it is written by hand. */

const beginVendors =
  '<!-- Made by `npm run generate` from exporter/providers/without-balance.ts; edits in this table are lost. -->';
const begin = '<!-- Made by `npm run generate` from exporter/providers/; edits in this table are lost. -->';
const end = '<!-- End of what is made. -->';

/** The text of `docs/providers.md`. @throws Error where the page has lost the comments around the table */
export function providersPage(): string {
  const page = readFileSync(new URL('../docs/providers.md', import.meta.url), 'utf8');
  const [before, rest] = split(page, begin);
  const [, between] = split(rest, end);
  const [prose, others] = split(between, beginVendors);
  const [, after] = split(others, end);
  return [before, begin, `\n${table()}`, end, prose, beginVendors, `\n${vendorsTable()}`, end, after].join(
    '',
  );
}

function split(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`docs/providers.md: expected the line ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function table(): string {
  const presets = new Set(presetIds());
  const rows = everyProvider().map((provider) => row(provider, presets.has(provider.id)));
  return [
    '| provider | vendor | reports | sign | credential | permission | min. interval | source |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** The names under which `init` looks for what is needed, the usual ones. */
function wellKnown({ variables = {} }: Provider): string {
  const names = Object.values(variables).flatMap(([usual]) => (usual === undefined ? [] : [`\`${usual}\``]));
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}

function vendorsTable(): string {
  const rows = vendorsWithoutBalance.map(
    ({ vendors, why, instead }) => `| ${vendors} | ${why} | ${instead} |`,
  );
  return ['| vendor | reason | alternative |', '|---|---|---|', ...rows, ''].join('\n');
}

function row(provider: Provider, isPreset: boolean): string {
  const { id, title, kind, units, sign, credential, permission, docs, evidence } = provider;
  const page = isPreset
    ? `../exporter/providers/presets/vendors/${id}.yaml`
    : `../exporter/providers/${id}/README.md`;
  const vendor = docs.startsWith('https://') ? `[${title}](${docs})` : title;
  const reports = `${kind === 'any' ? 'as configured' : kind}${units.length === 0 ? '' : ` in ${units.join(', ')}`}`;
  const cells = [
    `[\`${id}\`](${page})`,
    vendor,
    reports,
    sign,
    `${credential}${wellKnown(provider)}`,
    permission,
    formatDuration(provider.minIntervalSeconds),
    evidence,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
