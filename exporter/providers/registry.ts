import { aliyun } from './aliyun/index.ts';
import type { Provider } from './contract.ts';
import { deepseek } from './deepseek/index.ts';
import { demo } from './demo/index.ts';
import { json } from './json/index.ts';
import { openrouter } from './openrouter/index.ts';

/** Every provider, once. */
const providers: readonly Provider[] = [aliyun, deepseek, demo, json, openrouter];

const byId: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.id, provider]));

export function findProvider(id: string): Provider | undefined {
  return byId.get(id);
}

export function allProviders(): readonly Provider[] {
  return providers;
}

export function providerIds(): readonly string[] {
  return providers.map((provider) => provider.id);
}
