import * as z from 'zod';
import { secretSchema } from '../../config/secret.ts';
import { allowHttpSchema, baseUrlSchema, keysOverHttps } from '../base-url.ts';
import { moneySchema } from '../money.ts';

export const openrouterOptionsSchema = z
  .strictObject({
    key: secretSchema,
    base_url: baseUrlSchema('https://openrouter.ai'),
    allow_http: allowHttpSchema,
  })
  .superRefine(keysOverHttps('base_url'));

/** `GET /api/v1/credits`: what was bought and what was used, in USD. */
export const creditsSchema = z.looseObject({
  data: z.looseObject({ total_credits: moneySchema, total_usage: moneySchema }),
});

/** `GET /api/v1/key`: what the key itself may still use; `null` where it has no limit. */
export const keySchema = z.looseObject({
  data: z.looseObject({
    limit: moneySchema.nullish(),
    limit_remaining: moneySchema.nullish(),
    limit_reset: z.string().nullish(),
    is_management_key: z.boolean().optional(),
    is_provisioning_key: z.boolean().optional(),
  }),
});
