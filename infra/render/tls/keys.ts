import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';

/**
 * Keys that follow from one secret, so that the same state gives the same keys on every run and nothing but that secret has
 * to be kept. P-256, since browsers take no Ed25519 in certificates.
 */

export interface SigningKey {
  /** PKCS #8, PEM; secret. */
  readonly pem: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicDer: Buffer;
  /** An ECDSA signature of the SHA-256 of these bytes, in DER. The same bytes give the same signature (RFC 6979). */
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/** Bytes for one purpose; those of one purpose tell nothing of another's. */
export function derivedBytes(seed: Uint8Array, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', seed, '', `balance-alert ${purpose}`, length));
}

/** @param seed 32 random bytes or more; secret */
export function derivedKey(seed: Uint8Array, purpose: string): SigningKey {
  // Longer than the curve's order, so that the remainder is evenly spread (FIPS 186-5, A.2.1).
  const secret = p256.utils.randomSecretKey(derivedBytes(seed, purpose, 48));
  const point = p256.getPublicKey(secret, false);
  const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  const key: KeyObject = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: base64url(secret),
      x: base64url(point.subarray(1, 33)),
      y: base64url(point.subarray(33)),
    },
  });
  return {
    pem: String(key.export({ type: 'pkcs8', format: 'pem' })),
    publicDer: createPublicKey(key).export({ type: 'spki', format: 'der' }),
    sign: (bytes) => p256.sign(bytes, secret, { format: 'der', lowS: false }),
  };
}
