import { aliyun } from './aliyun/index.ts';
import type { Provider } from './contract.ts';
import { deepseek } from './deepseek/index.ts';
import { demo } from './demo/index.ts';
import { json } from './json/index.ts';
import { openrouter } from './openrouter/index.ts';
import { findPreset, presetIds } from './presets/catalog.ts';

/** Every provider in code, once. */
const providers: readonly Provider[] = [aliyun, deepseek, demo, json, openrouter];

const byId: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.id, provider]));

/** The provider of an id, in code or as a preset, which is read when it is first asked for. */
export function findProvider(id: string): Provider | undefined {
  return byId.get(id) ?? findPreset(id);
}

/** Providers in code; presets are beside them. */
export function allProviders(): readonly Provider[] {
  return providers;
}

/** All providers, presets among them, in the order of their ids. Reads the file of every preset. */
export function everyProvider(): readonly Provider[] {
  return providerIds().flatMap((id) => findProvider(id) ?? []);
}

export function providerIds(): readonly string[] {
  return [...byId.keys(), ...presetIds()].toSorted();
}
