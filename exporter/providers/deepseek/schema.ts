import * as z from 'zod';
import { secretSchema } from '../../config/secret.ts';
import { allowHttpSchema, baseUrlSchema, keysOverHttps } from '../base-url.ts';
import { currencySchema, moneySchema } from '../money.ts';

export const deepseekOptionsSchema = z
  .strictObject({
    key: secretSchema,
    base_url: baseUrlSchema('https://api.deepseek.com'),
    allow_http: allowHttpSchema,
  })
  .superRefine(keysOverHttps('base_url'));

/** `GET /user/balance`: one entry for each currency; amounts are strings. */
export const balanceSchema = z.looseObject({
  is_available: z.boolean(),
  balance_infos: z
    .array(z.looseObject({ currency: currencySchema, total_balance: moneySchema }))
    .min(1, 'expected at least one currency'),
});
