import type { CheckOutcome } from '../../exporter/accounts/check.ts';
import { checkAccount } from '../../exporter/accounts/check.ts';
import { createRedactor } from '../../exporter/config/redact.ts';
import { secretsWithin } from '../../exporter/config/secret.ts';
import { createHttpClient } from '../../exporter/providers/http.ts';
import { readPreset } from '../../exporter/providers/presets/catalog.ts';
import { findProvider } from '../../exporter/providers/registry.ts';
import { exampleOptions, presetNow } from './presets.ts';
import { answer, startScriptedVendor } from './scripted-vendor.ts';
import { accountConfig } from './snapshots.ts';

export interface PresetAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Options of the account beside those of the preset's examples. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** One check of a preset against one answer. */
export async function checkPreset(
  id: string,
  { status = 200, body, headers = {}, options = {} }: PresetAnswer,
): Promise<CheckOutcome> {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no provider ${id}`);
  await using vendor = await startScriptedVendor(
    answer(status, typeof body === 'string' ? body : JSON.stringify(body), headers),
  );
  const parsed = provider.options.parse({
    ...exampleOptions(readPreset(id)),
    ...options,
    base_url: vendor.url,
  });
  return await checkAccount(
    accountConfig({ provider: id, options: parsed }),
    {
      findProvider,
      httpClient: (_account, signal) => createHttpClient({ timeout: 5000, signal, retries: 0 }),
      now: () => presetNow.getTime(),
      redact: createRedactor(secretsWithin(parsed)),
    },
    AbortSignal.timeout(10_000),
  );
}
