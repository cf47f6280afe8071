import { formatDuration } from '../config/duration.ts';
import { didYouMean } from '../config/nearest-word.ts';
import type { Provider } from '../providers/contract.ts';
import { presetIds, readPreset } from '../providers/presets/catalog.ts';
import type { Preset } from '../providers/presets/definition.ts';
import { hasAddress } from '../providers/presets/definition.ts';
import { everyProvider, findProvider, providerIds } from '../providers/registry.ts';
import { alignColumns } from './columns.ts';

export interface ProvidersOptions {
  /** The provider to describe in full; all of them in a table unless given. */
  readonly id?: string | undefined;
  readonly write: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** `balance-alert providers [ID]`: what can be named in the account file. Returns the exit code. */
export function runProviders({ id, write, warn }: ProvidersOptions): number {
  if (id === undefined) {
    write(table(everyProvider()));
    return 0;
  }
  const provider = findProvider(id);
  if (provider === undefined) {
    warn(`no provider ${JSON.stringify(id)}${didYouMean(id, providerIds())}\n`);
    return 2;
  }
  write(details(provider));
  if (presetIds().includes(id)) write(presetDetails(id, readPreset(id)));
  return 0;
}

function table(providers: readonly Provider[]): string {
  const rows = providers.map((provider) => [
    provider.id,
    provider.title,
    provider.kind,
    provider.units.join(', ') || 'as configured',
    provider.credential,
    formatDuration(provider.minIntervalSeconds),
    provider.evidence,
  ]);
  const header = ['ID', 'VENDOR', 'KIND', 'UNITS', 'CREDENTIAL', 'MIN INTERVAL', 'SOURCE'];
  return alignColumns([header, ...rows]);
}

function details(provider: Provider): string {
  const facts: readonly (readonly [string, string])[] = [
    ['Vendor', provider.title],
    ['Kind', provider.kind],
    ['Units', provider.units.join(', ') || 'as configured'],
    ['Sign', provider.sign],
    ['Credential', provider.credential],
    ['Permission', provider.permission],
    ['Min interval', formatDuration(provider.minIntervalSeconds)],
    ['Source', provider.evidence],
    ['Reference', provider.docs],
    ...Object.entries(provider.variables ?? {}).map(
      ([option, names]) => ['Variables', `${option}: ${names.join(', ')}`] as const,
    ),
  ];
  return facts.map(([name, value]) => `${`${name}:`.padEnd(15)}${value}\n`).join('');
}

/** Notes, and an account as it is written in the account file. */
function presetDetails(id: string, preset: Preset): string {
  const notes = preset.notes === undefined ? '' : `${'Notes:'.padEnd(15)}${preset.notes}\n`;
  const options = Object.entries(preset.options).map(([name, option]) => {
    const isOptional =
      ('optional' in option && option.optional === true) ||
      ('default' in option && option.default !== undefined);
    const value =
      'secret' in option
        ? `{ secret: ${option.variables?.[0] ?? secretName(id, name)} }`
        : String(option.example ?? ('default' in option ? option.default : undefined) ?? '...');
    const choices = 'choices' in option ? `; one of ${Object.keys(option.choices).join(', ')}` : '';
    return `      ${isOptional ? '# ' : ''}${name}: ${value}   # ${option.about}${choices}\n`;
  });
  const address = hasAddress(preset)
    ? ''
    : '      base_url: https://gateway.example   # the address of your own gateway\n';
  return `${notes}\naccounts:\n  - name: ${id}\n    provider: ${id}\n    options:\n${options.join('')}${address}`;
}

function secretName(id: string, option: string): string {
  return `${id}_${option}`.toUpperCase().replaceAll('-', '_');
}
