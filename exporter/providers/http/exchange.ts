import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { RequestOptions } from 'node:https';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Route, TunnelSignal } from './connections.ts';
import { ExchangeFailure, failureOf } from './exchange-failure.ts';
import type { Phase } from './phases.ts';
import { phaseLimitsMs, phaseWords } from './phases.ts';

export interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came, packed or not. */
  readonly body: Buffer;
}

export interface ExchangeLimits {
  /** Milliseconds left for all of it. */
  readonly timeoutMs: number;
  /** Milliseconds for the silence between request and first header. */
  readonly responseMs: number;
  /** Most bytes of a body. */
  readonly bodyBytes: number;
  readonly signal: AbortSignal;
  /** Told that nobody waits for an address any more. */
  readonly abandonLookup: (name: string) => void;
}

/**
 * One request and its answer. Whatever happens, it ends in time and leaves nothing open but a connection that can be used again.
 * @throws ExchangeFailure, or a TypeError of Node's for a header or an address that can't be sent
 */
export function exchange(sent: Sent, route: Route, limits: ExchangeLimits): Promise<Received> {
  const { method, url, body } = sent;
  const endsAtMs = performance.now() + limits.timeoutMs;
  return new Promise((resolve, reject) => {
    const tunnel = route.isTunnelled ? new AbortController() : undefined;
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const { via } = route;
    const options: RequestOptions & Partial<TunnelSignal> = {
      agent: route.agent,
      method,
      hostname: via?.hostname ?? hostname,
      port: via?.port ?? url.port,
      path: via === undefined ? `${url.pathname}${url.search}` : url.href,
      headers: {
        ...(via === undefined ? {} : { host: url.host }),
        ...sent.headers,
        ...(via?.authorization === undefined ? {} : { 'proxy-authorization': via.authorization }),
      },
      ...(tunnel === undefined ? {} : { tunnelSignal: tunnel.signal }),
      // Node would take the name of the vendor, by the header.
      ...(via === undefined || isIP(via.hostname) !== 0 ? {} : { servername: via.hostname }),
    };
    const isTls = url.protocol === 'https:' || via?.protocol === 'https:';
    const request = (isTls ? httpsRequest : httpRequest)(options);

    let phase: Phase = route.isTunnelled ? 'tunnel' : 'connect';
    let isSent = false;
    let timer: NodeJS.Timeout | undefined;
    /** When the timer ends, and when the phase does: phases follow each other faster than any of them may last. */
    let timerEndsAtMs = 0;
    let phaseEndsAtMs = 0;
    let isOver = false;

    const finish = (): void => {
      isOver = true;
      clearTimeout(timer);
      limits.signal.removeEventListener('abort', stop);
    };
    const fail = (failure: ExchangeFailure): void => {
      if (isOver) return;
      finish();
      if (phase === 'lookup') limits.abandonLookup(via?.hostname ?? hostname);
      tunnel?.abort();
      request.destroy();
      reject(failure);
    };
    const isReused = (): boolean => request.reusedSocket && phase === 'response';
    const failBy = (error: Error): void => fail(failureOf(error, { phase, isSent, isReused: isReused() }));
    const late = (): string =>
      via !== undefined && phase === 'response' ? 'no response through the proxy in time' : phaseWords[phase];
    const timeOut = (): void =>
      fail(
        new ExchangeFailure('timeout', late(), {
          isSent,
          again: performance.now() < endsAtMs - 1,
          isReused: isReused(),
        }),
      );
    const stop = (): void => fail(new ExchangeFailure('timeout', late(), { isSent, again: false }));
    const enter = (next: Phase): void => {
      phase = next;
      const limitMs = next === 'response' ? limits.responseMs : phaseLimitsMs[next];
      phaseEndsAtMs = Math.min(performance.now() + limitMs, endsAtMs);
      if (timer === undefined || phaseEndsAtMs < timerEndsAtMs) startTimer();
    };
    const startTimer = (): void => {
      clearTimeout(timer);
      timerEndsAtMs = phaseEndsAtMs;
      timer = setTimeout(
        () => {
          if (timerEndsAtMs < phaseEndsAtMs) startTimer();
          else timeOut();
        },
        Math.max(0, phaseEndsAtMs - performance.now()),
      );
    };

    request.on('socket', (socket) => {
      const isSecuring = socket instanceof TLSSocket && !request.reusedSocket;
      const connected = (): void => {
        if (isSecuring) enter('secureConnect');
        else secured();
      };
      const secured = (): void => {
        isSent = true;
        enter('response');
      };
      if (isSecuring) socket.once('secureConnect', secured);
      if (!socket.connecting) return connected();
      enter(isIP(via?.hostname ?? hostname) === 0 ? 'lookup' : 'connect');
      socket.once('lookup', () => {
        if (phase === 'lookup') enter('connect');
      });
      socket.once('connect', connected);
    });
    request.on('response', (response) => {
      enter('body');
      collect(response, limits.bodyBytes, fail, failBy, (received) => {
        if (isOver) return;
        finish();
        resolve(received);
      });
    });
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      const words = 'unexpected 101 Switching Protocols';
      fail(new ExchangeFailure('network', words, { isSent, again: false }));
    });
    request.on('error', failBy);
    limits.signal.addEventListener('abort', stop);
    if (limits.signal.aborted) return stop();
    enter(phase);
    request.end(body);
  });
}

function collect(
  response: IncomingMessage,
  limit: number,
  fail: (failure: ExchangeFailure) => void,
  failBy: (error: Error) => void,
  done: (received: Received) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size <= limit) return;
    const words = `sent more than ${limit} bytes, more than a balance needs`;
    fail(new ExchangeFailure('schema', words, { isSent: true, again: false }));
  });
  response.on('error', failBy);
  response.on('end', () => {
    const [first] = chunks;
    const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
    done({ status: response.statusCode ?? 0, headers: response.headers, body });
  });
}
