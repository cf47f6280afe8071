import type { ClientRequest, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { messageOf } from '../errors.ts';
import type { TlsConfig, WebConfigResult } from '../web/access/load.ts';
import type { ListenAddress } from '../web/listen.ts';
import { formatAddress } from '../web/listen.ts';

/** Shorter than the five seconds after which the container runtime kills this command. */
const timeoutMs = 3000;

/** An exporter that listens on all interfaces also listens on loopback. */
const loopback: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/**
 * `balance-alert healthcheck`: queries `/-/healthy` of the exporter on this machine, over TLS where its web
 * configuration requires it. Returns the exit code.
 */
export async function runHealthcheck(
  address: ListenAddress,
  webConfigFile: string | undefined,
  write: (text: string) => void,
): Promise<number> {
  const web = webConfigFile === undefined ? undefined : await readWebConfig(webConfigFile);
  const host = loopback.get(address.host) ?? address.host;
  const place = `${formatAddress({ host, port: address.port })}/-/healthy`;
  // A file that was broken while the exporter runs leaves open which of the two it speaks: TLS then, else plain.
  const plain = { url: `http://${place}`, ask };
  const secure = { url: `https://${place}`, ask: askSecurely(web?.ok === true ? web.config.tls : undefined) };
  const attempts =
    web === undefined || (web.ok && web.config.tls === undefined)
      ? [plain]
      : web.ok
        ? [secure]
        : [secure, plain];
  let failure = '';
  for (const { url, ask } of attempts) {
    try {
      const { status, body } = await ask(url);
      if (status === 200) {
        write(body);
        return 0;
      }
      failure = `${url}: expected 200, got ${status}\n`;
    } catch (error) {
      failure = `${url}: ${messageOf(error)}\n`;
    }
  }
  write(failure);
  return 1;
}

/** Loaded where there is such a file only: the parsers of YAML and of its schema are most of this command. */
async function readWebConfig(file: string): Promise<WebConfigResult> {
  const { loadWebConfig } = await import('../web/access/load.ts');
  return loadWebConfig(file);
}

async function ask(url: string): Promise<Answer> {
  const http = await import('node:http');
  return answerOf((options, onResponse) => http.get(url, options, onResponse));
}

/**
 * The certificate is not verified: it is for the name that others use, and the answer holds nothing worth protecting. Where the
 * exporter wants a certificate of ours, a handshake that it ends for the lack of one is an answer, too.
 */
function askSecurely(tls: TlsConfig | undefined): (url: string) => Promise<Answer> {
  return async (url) => {
    const https = await import('node:https');
    let connected = false;
    try {
      return await answerOf((options, onResponse) => {
        const request = https.get(url, { ...options, rejectUnauthorized: false }, onResponse);
        request.on('socket', (socket) =>
          socket.on('secureConnect', () => {
            connected = true;
          }),
        );
        return request;
      });
    } catch (error) {
      const wantsCertificate = tls?.clientAuth.startsWith('Require') === true;
      if (connected && wantsCertificate)
        return { status: 200, body: 'healthy (a client certificate is required)\n' };
      throw error;
    }
  };
}

type Get = (
  options: { readonly agent: false; readonly signal: AbortSignal },
  onResponse: (response: IncomingMessage) => void,
) => ClientRequest;

function answerOf(get: Get): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    signal.addEventListener('abort', () =>
      reject(new Error(`no response within ${timeoutMs / 1000} seconds`)),
    );
    get({ agent: false, signal }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    }).on('error', reject);
  });
}
