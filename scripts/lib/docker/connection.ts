import type { RequestOptions } from 'node:http';
import { Agent, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import type { EngineSettings } from '../../../infra/settings/engine.ts';
import { sshAddressOf } from '../../../infra/settings/ssh.ts';
import { SshStream } from '../ssh/stream.ts';
import { codeOf, Failure, messageOf } from '../terminal/failure.ts';
import { missingTls, tlsFailureOf, tlsOptionsOf, wantsTls } from './tls.ts';

/** How requests reach an engine: over a socket of this machine, TCP with or without TLS, or ssh. */

/** What a call carries, where it carries anything. */
export interface EngineBody {
  /** Of the content, such as `application/json`. */
  readonly type: string;
  /** A stream where it is too large to be held. */
  readonly content: Buffer | Readable;
}

export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: EngineBody | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EngineAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export type SendToEngine = (request: EngineRequest) => Promise<EngineAnswer>;

interface Transport {
  readonly request: typeof requestPlain;
  readonly options: RequestOptions;
}

/**
 * Requests fail with a Failure that says what is wrong with the way there, or with the certificates.
 * @throws Failure for addresses that are not supported
 */
export function connectionTo(engine: EngineSettings): SendToEngine {
  const transportFor = transportOf(engine);
  return async (request) => {
    const answer = await send(engine.host, transportFor(), request);
    if (wantsTls(answer.status, answer.body)) throw missingTls(engine.host);
    return answer;
  };
}

function transportOf(engine: EngineSettings): () => Transport {
  const { host } = engine;
  // A connection for each: one that is kept can have been closed by the engine when the next request takes it.
  const once = { agent: false } as const;
  if (host.startsWith('unix://')) {
    const options = { ...once, socketPath: host.slice('unix://'.length) };
    return () => ({ request: requestPlain, options });
  }
  const address = sshAddressOf(host);
  if (address !== undefined) {
    const agent = new SshAgent(() => new SshStream({ address, options: engine.sshOpts ?? [] }));
    return () => ({ request: requestPlain, options: { agent } });
  }
  if (/^(tcp|https?):\/\//.test(host) && URL.canParse(host)) {
    const { hostname, port } = new URL(host.replace(/^\w+:/, 'tcp:'));
    const options = { ...once, host: hostname.replace(/^\[|\]$/g, '') };
    const portOr = (usual: number) => (port === '' ? usual : Number(port));
    let known: Transport | undefined;
    return () => {
      const tls = known === undefined ? tlsOptionsOf(engine, options.host, Date.now()) : undefined;
      known ??=
        tls === undefined
          ? { request: requestPlain, options: { ...options, port: portOr(2375) } }
          : { request: requestTls, options: { ...options, ...tls, port: portOr(2376) } };
      return known;
    };
  }
  throw new Failure(`unsupported engine address ${host}`, [
    'supported: unix://PATH, tcp://HOST:PORT with or without TLS, ssh://USER@HOST:PORT',
    'for other addresses, use Pulumi directly: npm run build && scripts/pulumi up',
  ]);
}

/** Logins take longer than requests, so connections are kept. Few at a time: servers limit how many may log in at once. */
class SshAgent extends Agent {
  readonly #open: () => Duplex;

  constructor(open: () => Duplex) {
    super({ keepAlive: true, maxSockets: 3 });
    this.#open = open;
  }

  override createConnection(): Duplex {
    return this.#open();
  }
}

/** Seconds without any answer after which an engine counts as gone. Removing a big container can take some. */
const silence = 60;

function send(
  host: string,
  transport: Transport,
  { method, path, body, signal }: EngineRequest,
): Promise<EngineAnswer> {
  const headers = {
    host: 'docker',
    ...(body === undefined
      ? {}
      : {
          'content-type': body.type,
          ...(Buffer.isBuffer(body.content) ? { 'content-length': body.content.length } : {}),
        }),
  };
  return new Promise((resolve, reject) => {
    const options = {
      ...transport.options,
      method,
      path,
      headers,
      timeout: silence * 1000,
      ...(signal === undefined ? {} : { signal }),
    };
    const call = transport.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      response.on('error', (error) => reject(unreachable(host, error)));
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${silence} s`)));
    call.on('error', (error) => {
      // A kept connection that was lost in the meantime has said nothing about this request.
      if (call.reusedSocket && method === 'GET' && signal?.aborted !== true)
        send(host, transport, { method, path, body, signal }).then(resolve, reject);
      else reject(unreachable(host, error));
    });
    if (body === undefined || Buffer.isBuffer(body.content)) call.end(body?.content);
    else pipeline(body.content, call, (error) => error && call.destroy(error));
  });
}

function unreachable(host: string, error: Error): Failure {
  if (error instanceof Failure) return error;
  const tls = tlsFailureOf(host, error);
  if (tls !== undefined) return tls;
  const elsewhere = /^(tcp|https?):/.test(host);
  const hints: Readonly<Record<string, string>> = {
    ENOENT: 'nothing listens there: check that Docker is installed and running',
    ECONNREFUSED: 'nothing listens there: check that Docker is running',
    EACCES: 'permission denied: add this user to the group docker and log in again, or run as root',
    ENOTFOUND: 'there is no such host',
    ECONNRESET: elsewhere
      ? 'it closed the connection without an answer, as some do with a client certificate that they refuse'
      : 'it closed the connection without an answer',
    HPE_INVALID_CONSTANT: host.startsWith('ssh://')
      ? 'the login over there prints something before the engine does: a session without a terminal must be silent (.bashrc, .profile)'
      : 'something else than a Docker engine answers there',
    HPE_CR_EXPECTED: 'something else than a Docker engine answers there',
  };
  const hint =
    elsewhere && codeOf(error) === 'ECONNREFUSED'
      ? 'nothing listens there: dockerd listens on TCP only with --host tcp://... and certificates, and most use ssh instead'
      : hints[codeOf(error) ?? ''];
  return new Failure(`cannot reach the Docker engine at ${host}: ${messageOf(error)}`, [
    ...(hint === undefined ? [] : [hint]),
    'to use another engine: scripts/pulumi config set docker:host ADDRESS',
  ]);
}
