import * as z from 'zod';
import { secretSchema } from '../../config/secret.ts';
import { allowHttpSchema, baseUrlSchema, keysOverHttps } from '../base-url.ts';
import { currencySchema, moneySchema } from '../money.ts';

export const aliyunOptionsSchema = z
  .strictObject({
    access_key_id: secretSchema,
    access_key_secret: secretSchema,
    /** The international site has an address of its own. */
    endpoint: baseUrlSchema('https://business.aliyuncs.com'),
    allow_http: allowHttpSchema,
  })
  .superRefine(keysOverHttps('endpoint'));

/** `QueryAccountBalance`, where it succeeded: amounts are strings, with thousands separators. */
export const balanceSchema = z.looseObject({
  Data: z.looseObject({ AvailableAmount: moneySchema, Currency: currencySchema }),
});

/** The verdict, in a 200 as well as in an error's body. */
export const verdictSchema = z.looseObject({
  Success: z.boolean().optional(),
  Code: z.union([z.string(), z.number()]).optional(),
  Message: z.string().optional(),
});
