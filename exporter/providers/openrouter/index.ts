import type * as z from 'zod';
import { CheckError } from '../../readings/check-error.ts';
import type { BalanceReading, Reading } from '../../readings/reading.ts';
import type { ProviderContext } from '../contract.ts';
import { defineProvider } from '../contract.ts';
import { creditsSchema, keySchema, openrouterOptionsSchema } from './schema.ts';

/**
 * Credits of an OpenRouter account, or, with an ordinary key, what that key may still use.
 * Source: openrouter.ai API reference, "Get remaining credits" and "Get current API key".
 */
export const openrouter = defineProvider({
  id: 'openrouter',
  title: 'OpenRouter',
  kind: 'credits',
  units: ['USD'],
  sign: 'purchased minus used: the remaining amount is positive',
  docs: 'https://openrouter.ai/docs/api-reference/credits/get-credits',
  // The vendor's figures are up to a minute old.
  evidence: 'vendor',
  credential: 'management key',
  permission: 'any management key; an ordinary key reports its own limit only',
  minIntervalSeconds: 60,
  options: openrouterOptionsSchema,
  variables: { key: ['OPENROUTER_MANAGEMENT_KEY', 'OPENROUTER_PROVISIONING_KEY', 'OPENROUTER_API_KEY'] },
  async check(context) {
    try {
      const { data } = await ask(context, '/api/v1/credits', creditsSchema);
      // An ordinary key was seen to get zeros here instead of a refusal. An account that never bought anything says
      // the same, so the key itself decides.
      if (data.total_credits === 0 && data.total_usage === 0) return await checkKey(context, 'zeros');
      return [credits(data.total_credits - data.total_usage)];
    } catch (error) {
      if (error instanceof CheckError && (error.reason === 'auth' || error.reason === 'permission')) {
        return await checkKey(context, error.reason);
      }
      throw error;
    }
  },
});

type Context = ProviderContext<z.output<typeof openrouterOptionsSchema>>;

function ask<Schema extends z.ZodType>({ http, options }: Context, path: string, schema: Schema) {
  const headers = { authorization: `Bearer ${options.key.reveal()}` };
  return http.json({ url: `${options.base_url}${path}`, headers }, schema);
}

/** What the key may still use, where it may not see the account's credits. */
async function checkKey(
  context: Context,
  cause: 'auth' | 'permission' | 'zeros',
): Promise<readonly Reading[]> {
  const { data } = await ask(context, '/api/v1/key', keySchema);
  if (cause === 'zeros' && (data.is_management_key === true || data.is_provisioning_key === true))
    return [credits(0)];
  const { limit, limit_remaining: remaining, limit_reset: reset } = data;
  if (remaining === null || remaining === undefined) {
    throw new CheckError(
      'permission',
      "an ordinary key without a limit cannot read the account's credits: use a management key",
    );
  }
  const reading: BalanceReading = {
    kind: 'balance',
    // A key's limit that comes back by itself is a quota; one that does not is spent for good.
    type: reset === null || reset === undefined ? 'credits' : 'quota',
    unit: 'USD',
    value: remaining,
  };
  return [
    {
      ...reading,
      ...(typeof reset === 'string' ? { window: windowOf(reset) } : {}),
      ...(typeof limit === 'number' ? { limit } : {}),
    },
  ];
}

function windowOf(reset: string): string {
  const windows: Readonly<Record<string, string>> = { daily: 'day', weekly: 'week', monthly: 'month' };
  return windows[reset] ?? reset;
}

function credits(value: number): BalanceReading {
  return { kind: 'balance', type: 'credits', unit: 'USD', value: Number(value.toFixed(6)) };
}
