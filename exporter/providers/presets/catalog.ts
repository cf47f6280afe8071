import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseWith } from '../../config/parse.ts';
import type { Provider } from '../contract.ts';
import { type Preset, presetSchema } from './definition.ts';
import { presetProvider } from './provider.ts';

/**
 * Presets are files beside this one in the checkout, and beside the bundle in the image. Nothing is read before an account
 * names one, so they cost neither the bundle nor the start anything.
 */
const places = ['./presets/', './vendors/'];

const loaded = new Map<string, Provider>();
let ids: readonly string[] | undefined;

/** Ids of all presets, in order. */
export function presetIds(): readonly string[] {
  ids ??= names()
    .map((name) => name.slice(0, -'.yaml'.length))
    .toSorted();
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
  const text = inPlaces((place) => readFileSync(new URL(`${place}${id}.yaml`, import.meta.url), 'utf8'));
  return parsePreset(id, text ?? '');
}

/** @throws Error that names the first thing that is wrong with the text */
export function parsePreset(id: string, text: string): Preset {
  const parsed = parseWith(presetSchema, parse(text));
  if (parsed.ok) return parsed.data;
  const [fault] = parsed.faults;
  throw new Error(`preset ${id}: ${fault?.path.join('.')}: ${fault?.message}`);
}

function names(): readonly string[] {
  return (inPlaces((place) => readdirSync(new URL(place, import.meta.url))) ?? []).filter((name) =>
    name.endsWith('.yaml'),
  );
}

function inPlaces<T>(read: (place: string) => T): T | undefined {
  for (const place of places) {
    try {
      return read(place);
    } catch {
      // The other place, then. A program without presets still has its providers.
    }
  }
  return undefined;
}
