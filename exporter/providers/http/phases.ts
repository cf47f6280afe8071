/** Where an exchange stands. */
export type Phase = 'tunnel' | 'lookup' | 'connect' | 'secureConnect' | 'response' | 'body';

/** Milliseconds for each phase; `response` covers sending and the silence until the first header, `tunnel` all that a proxy does. */
export const phaseLimitsMs: Readonly<Record<Phase, number>> = {
  tunnel: 10_000,
  lookup: 5_000,
  connect: 5_000,
  secureConnect: 5_000,
  response: 15_000,
  body: Number.POSITIVE_INFINITY,
};

export const phaseWords: Readonly<Record<Phase, string>> = {
  tunnel: 'the proxy did not open a tunnel in time',
  lookup: 'DNS lookup timed out',
  connect: 'connecting timed out',
  secureConnect: 'TLS handshake timed out',
  response: 'no response in time',
  body: 'the response was not complete in time',
};
