import type { ComponentName } from '../names.ts';
import { createCertificate } from './certificate.ts';
import { derivedKey } from './keys.ts';

/**
 * The stack's own authority and the certificates of its servers. They follow from a secret of the state and from the days
 * since the stack got it, so that an `up` changes nothing until a certificate is due, and then renews it by itself.
 */

const dayMs = 86_400_000;

/** In days: how long something is valid, and after how long an `up` makes the next one. */
const server = { valid: 365, renewed: 305 };
const authority = { valid: 3652, renewed: 2920 };

/** Clocks of clients may be behind. */
const earlierMs = 3_600_000;

export interface IssueOptions {
  /** 32 random bytes; secret. */
  readonly seed: Uint8Array;
  /** When the seed was made, in milliseconds since the epoch: periods are counted from then. */
  readonly createdAtMs: number;
  readonly nowMs: number;
  /** Of the authority, for people who look at a list of them. */
  readonly title: string;
  /** DNS names and IP addresses of each server. */
  readonly names: Readonly<Record<ComponentName, readonly string[]>>;
}

export interface ServerCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM; secret. */
  readonly key: string;
}

export interface Issued {
  /** The authority's certificate, PEM: what clients trust. */
  readonly authority: string;
  readonly servers: Readonly<Record<ComponentName, ServerCertificate>>;
  /** When the servers' certificates end, in milliseconds since the epoch. */
  readonly notAfterMs: number;
}

export function issueCertificates({ seed, createdAtMs, nowMs, title, names }: IssueOptions): Issued {
  const ageDays = Math.max(0, (nowMs - createdAtMs) / dayMs);
  const generation = Math.floor(ageDays / authority.renewed);
  const bornMs = createdAtMs + generation * authority.renewed * dayMs;
  // Counted within the authority's, so that no server's certificate outlives its authority.
  const period = Math.floor(Math.max(0, nowMs - bornMs) / (server.renewed * dayMs));
  const startMs = bornMs + period * server.renewed * dayMs;
  const notAfterMs = startMs + server.valid * dayMs;

  const issuer = {
    subject: generation === 0 ? title : `${title} ${generation + 1}`,
    key: derivedKey(seed, `authority ${generation}`),
  };
  const certified = (component: ComponentName): ServerCertificate => {
    const key = derivedKey(seed, `server ${component} ${generation} ${period}`);
    return {
      key: key.pem,
      certificate: createCertificate({
        subject: component,
        key,
        issuer,
        notBeforeMs: startMs - earlierMs,
        notAfterMs,
        names: names[component],
      }),
    };
  };
  return {
    authority: createCertificate({
      ...issuer,
      issuer,
      notBeforeMs: bornMs - earlierMs,
      notAfterMs: bornMs + authority.valid * dayMs,
    }),
    servers: {
      exporter: certified('exporter'),
      prometheus: certified('prometheus'),
      alertmanager: certified('alertmanager'),
      relay: certified('relay'),
      grafana: certified('grafana'),
    },
    notAfterMs,
  };
}
