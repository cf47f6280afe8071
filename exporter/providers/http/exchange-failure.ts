import { codeOf } from '../../errors.ts';
import type { Phase } from './phases.ts';
import { phaseWords } from './phases.ts';
import { ProxyRefusal } from './tunnel.ts';

export interface FailureTraits {
  /** Whether the request may have reached the vendor. */
  readonly isSent: boolean;
  /** Whether another attempt may end better. */
  readonly again: boolean;
  /** Whether the connection had served another request before, and nothing was answered on it yet. */
  readonly isReused?: boolean;
  /** Whether such a connection turned out to be closed by the other side. */
  readonly isStale?: boolean;
}

/** Why there is no answer, in words that go on after the request's address. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  readonly reason: 'timeout' | 'network' | 'tls' | 'schema';
  readonly isSent: boolean;
  readonly again: boolean;
  readonly isReused: boolean;
  readonly isStale: boolean;

  constructor(reason: ExchangeFailure['reason'], words: string, traits: FailureTraits) {
    super(words);
    this.reason = reason;
    this.isSent = traits.isSent;
    this.again = traits.again;
    this.isReused = traits.isReused ?? false;
    this.isStale = traits.isStale ?? false;
  }
}

export interface FailureContext {
  readonly phase: Phase;
  readonly isSent: boolean;
  readonly isReused: boolean;
}

/** System errors, which say something of the network whatever phase they come in. */
const connectionCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENODATA',
]);

/** What an error of Node's says about the other side. None of them is a fault of this program. */
export function failureOf(error: Error, { phase, isSent, isReused }: FailureContext): ExchangeFailure {
  if (error instanceof ProxyRefusal) return proxyRefusal(error.status, isSent);
  const code = codeOf(error) ?? 'no code';
  if (code === 'ETIMEOUT') return new ExchangeFailure('timeout', phaseWords.lookup, { isSent, again: true });
  if (code.startsWith('HPE_')) {
    const words = error.message.replace(/^Parse Error:?\s*/, '');
    const where = phase === 'tunnel' ? "the proxy's response" : 'the response';
    const detail = words === '' ? code : `${code}: ${words}`;
    return new ExchangeFailure('network', `${where} is not valid HTTP (${detail})`, { isSent, again: false });
  }
  const isTls =
    /^(ERR_SSL|ERR_TLS|ERR_OSSL|EPROTO$)/.test(code) ||
    (phase === 'secureConnect' && !connectionCodes.has(code));
  if (isTls) {
    return new ExchangeFailure('tls', `TLS failed (${code}): ${opensslWords(error)}`, {
      isSent,
      again: false,
    });
  }
  const isStale = isReused && ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED'].includes(code);
  return new ExchangeFailure('network', `the connection failed (${code})`, {
    isSent,
    again: true,
    isReused,
    isStale,
  });
}

export function proxyRefusal(status: number, isSent: boolean): ExchangeFailure {
  const words = status === 407 ? 'authentication required' : 'tunnel refused';
  return new ExchangeFailure('network', `the proxy answered ${status}: ${words}`, {
    isSent,
    again: status >= 500,
  });
}

/** OpenSSL's own reason, without the place in its source; Node's words where the fault is one that Node looks for. */
function opensslWords(error: Error): string {
  const isOpenssl = codeOf(error)?.startsWith('ERR_SSL') === true;
  if (isOpenssl && 'reason' in error && typeof error.reason === 'string') return error.reason;
  return error.message
    .replace(/^.*?:error:[0-9A-F]+:[^:]*:[^:]*:/s, '')
    .replace(/[\s:]+$/, '')
    .trim();
}
