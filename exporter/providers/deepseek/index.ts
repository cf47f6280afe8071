import { defineProvider } from '../contract.ts';
import { balanceSchema, deepseekOptionsSchema } from './schema.ts';

/**
 * The balance of a DeepSeek account in each of its currencies, granted and topped-up money together.
 * Source: api-docs.deepseek.com, "Get user balance".
 */
export const deepseek = defineProvider({
  id: 'deepseek',
  title: 'DeepSeek',
  kind: 'balance',
  units: ['CNY', 'USD'],
  sign: 'unchanged: the remaining amount is positive',
  docs: 'https://api-docs.deepseek.com/api/get-user-balance',
  evidence: 'vendor',
  credential: 'API key',
  permission: 'any key',
  minIntervalSeconds: 60,
  options: deepseekOptionsSchema,
  variables: { key: ['DEEPSEEK_API_KEY'] },
  async check({ options, http }) {
    const answer = await http.json(
      {
        url: `${options.base_url}/user/balance`,
        headers: { authorization: `Bearer ${options.key.reveal()}` },
      },
      balanceSchema,
    );
    // `is_available` says that too little is left for a call; the amounts say it as well, and more exactly.
    return answer.balance_infos.map(({ currency, total_balance: value }) => ({
      kind: 'balance',
      type: 'balance',
      unit: currency,
      value,
    }));
  },
});
