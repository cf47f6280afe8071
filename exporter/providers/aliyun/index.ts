import { randomUUID } from 'node:crypto';
import { CheckError } from '../../readings/check-error.ts';
import { parseAnswer } from '../answer.ts';
import { defineProvider } from '../contract.ts';
import { reasonOfCode, signedRefusal } from '../signing/refusal.ts';
import { signAcs3 } from './acs3.ts';
import { aliyunOptionsSchema, balanceSchema, verdictSchema } from './schema.ts';

/**
 * What an Alibaba Cloud account can still spend, credit lines included, in the account's currency.
 * Source: help.aliyun.com, BSS OpenAPI 2017-12-14, "QueryAccountBalance".
 */
export const aliyun = defineProvider({
  id: 'aliyun',
  title: 'Alibaba Cloud',
  kind: 'balance',
  units: ['CNY', 'USD', 'JPY'],
  sign: 'unchanged: debt is negative',
  docs: 'https://help.aliyun.com/zh/user-center/developer-reference/api-bssopenapi-2017-12-14-queryaccountbalance',
  evidence: 'vendor',
  credential: 'access key of a RAM user',
  permission: '`bss:DescribeAcccount` (spelled with three c)',
  minIntervalSeconds: 60,
  options: aliyunOptionsSchema,
  variables: {
    access_key_id: ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALICLOUD_ACCESS_KEY'],
    access_key_secret: ['ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'ALICLOUD_SECRET_KEY'],
  },
  async check({ options, http, now }) {
    const address = new URL(`${options.endpoint}/`);
    const credentials = {
      accessKeyId: options.access_key_id.reveal(),
      accessKeySecret: options.access_key_secret.reveal(),
    };
    const { status, text } = await http.request(() => {
      const date = now();
      return {
        url: address.href,
        // The vendor takes each nonce once, so that an attempt more is signed anew.
        headers: signAcs3(
          {
            method: 'GET',
            host: address.host,
            path: address.pathname,
            action: 'QueryAccountBalance',
            version: '2017-12-14',
            query: {},
            body: '',
            date,
            nonce: randomUUID(),
          },
          credentials,
        ),
        // Errors have a body that says which, so their statuses are answers here.
        expectStatus: [200, 400, 401, 403, 404],
        refusal: (response) => signedRefusal(response, date),
      };
    });
    const { Success: success, Code: code, Message: message } = parseAnswer(text, verdictSchema);
    if (success === undefined && code === undefined && status === 200) {
      throw new CheckError('schema', "expected the answer's Success or Code, got neither");
    }
    if (success !== true) throw refusal(status, String(code ?? 'no code'), message);
    const { Data: data } = parseAnswer(text, balanceSchema);
    return [{ kind: 'balance', type: 'balance', unit: data.Currency, value: data.AvailableAmount }];
  },
});

function refusal(status: number, code: string, message: string | undefined): CheckError {
  const known = reasonOfCode(code);
  const reason = known ?? (status === 401 ? 'auth' : status === 403 ? 'permission' : 'business');
  const words = message === undefined ? '' : `: ${message}`;
  return new CheckError(reason, `the vendor refused with ${code} (status ${status})${words}`);
}
