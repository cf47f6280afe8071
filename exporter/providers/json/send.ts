import { revealed } from '../../config/secret.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../http.ts';
import type { RequestOptions } from './schema.ts';

/** Sends a request; one that has to be signed is signed for each attempt anew, as the date is part of the signature. */
export async function send(
  http: HttpClient,
  request: HttpRequest,
  auth: RequestOptions['auth'],
  now: Date,
): Promise<HttpResponse> {
  if (auth?.type !== 'signature') return http.request(request);
  // Few vendors want this: the signers are loaded with the first such request.
  const { signed } = await import('../signing/schemes.ts');
  const credentials = {
    accessKeyId: revealed(auth.access_key_id),
    accessKeySecret: auth.access_key_secret.reveal(),
    sessionToken: auth.session_token?.reveal(),
    region: auth.region,
    service: auth.service,
  };
  const startedMs = performance.now();
  return http.request(() =>
    signed(request, auth.scheme, credentials, new Date(now.getTime() + performance.now() - startedMs)),
  );
}
