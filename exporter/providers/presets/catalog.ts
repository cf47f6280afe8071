import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseWith } from '../../config/parse.ts';
import type { Provider } from '../contract.ts';
import { type Preset, presetSchema } from './definition.ts';
import { presetProvider } from './provider.ts';

interface Place {
  readonly folder: string;
  readonly extension: string;
  readonly dataIn: (text: string) => unknown;
}

/**
 * Presets are files beside the bundle in the image, and beside this one in the checkout. Nothing is read before an account
 * names one, so they cost neither the bundle nor the start anything. The build makes JSON of them: reading all as YAML took half
 * of the time of `balance-alert init`.
 */
const places: readonly Place[] = [
  { folder: './presets/', extension: '.json', dataIn: (text) => JSON.parse(text) },
  { folder: './vendors/', extension: '.yaml', dataIn: (text) => parse(text) },
];

const loaded = new Map<string, Provider>();
let ids: readonly string[] | undefined;

/** Ids of all presets, in order. */
export function presetIds(): readonly string[] {
  ids ??= (
    inPlaces(({ folder, extension }) =>
      readdirSync(new URL(folder, import.meta.url))
        .filter((name) => name.endsWith(extension))
        .map((name) => name.slice(0, -extension.length)),
    ) ?? []
  ).toSorted();
  return ids;
}

/** The provider of a preset, read when it is first asked for; undefined where there is none. */
export function findPreset(id: string): Provider | undefined {
  const known = loaded.get(id);
  if (known !== undefined) return known;
  if (!presetIds().includes(id)) return undefined;
  const provider = presetProvider(id, readPreset(id));
  loaded.set(id, provider);
  return provider;
}

/**
 * The data of a preset.
 * @throws Error that names the first thing that is wrong with its file
 */
export function readPreset(id: string): Preset {
  const found = inPlaces(({ folder, extension, dataIn }) => ({
    text: readFileSync(new URL(`${folder}${id}${extension}`, import.meta.url), 'utf8'),
    dataIn,
  }));
  return presetOf(id, found?.dataIn(found.text));
}

function presetOf(id: string, data: unknown): Preset {
  const parsed = parseWith(presetSchema, data);
  if (parsed.ok) return parsed.data;
  const [fault] = parsed.faults;
  throw new Error(`preset ${id}: ${fault?.path.join('.')}: ${fault?.message}`);
}

function inPlaces<T>(read: (place: Place) => T): T | undefined {
  for (const place of places) {
    try {
      return read(place);
    } catch {
      // The other place, then. A program without presets still has its providers.
    }
  }
  return undefined;
}
