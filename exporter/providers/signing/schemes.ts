import { wholeUrl, withLowerCaseNames } from '../http/parts.ts';
import type { HttpRequest } from '../http.ts';
import { signBaidu } from './baidu.ts';
import type { Signer, SigningCredentials } from './contract.ts';
import { signAws, signTencent, signVolcengine } from './derived-key.ts';
import { signHuawei } from './huawei.ts';
import type { SchemeName } from './names.ts';
import { signedRefusal } from './refusal.ts';

const signers: Readonly<Record<SchemeName, Signer>> = {
  aws: signAws,
  tencent: signTencent,
  volcengine: signVolcengine,
  huawei: signHuawei,
  baidu: signBaidu,
};

/** A request with its signature, and with what the vendor's codes mean. */
export function signed(
  request: HttpRequest,
  scheme: SchemeName,
  credentials: SigningCredentials,
  date: Date,
): HttpRequest {
  const url = wholeUrl(request);
  const headers = withLowerCaseNames(request.headers);
  const { method = 'GET', body = '' } = request;
  return {
    ...request,
    headers: { ...headers, ...signers[scheme]({ method, url, headers, body }, credentials, date) },
    refusal: (response) => signedRefusal(response, date),
  };
}
