import type { RequestListener } from 'node:http';
import { sendText } from './send-text.ts';

/**
 * A handler that is loaded with the first request: pages that nobody opens take no memory. A request that comes while it is
 * loaded waits; where loading fails, the request is answered with 500 and the next one tries again.
 */
export function lazily(
  load: () => Promise<RequestListener>,
  onError: (error: unknown) => void,
): RequestListener {
  let loading: Promise<RequestListener> | undefined;
  let handler: RequestListener | undefined;
  return (request, response) => {
    if (handler !== undefined) return handler(request, response);
    loading ??= load();
    loading.then(
      (loaded) => {
        handler = loaded;
        loaded(request, response);
      },
      (error: unknown) => {
        loading = undefined;
        onError(error);
        sendText(response, 500, 'internal error, see the log\n');
      },
    );
  };
}
