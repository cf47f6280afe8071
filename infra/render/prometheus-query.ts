import type { HttpAuth } from '../settings/http-auth.ts';
import type { Settings } from '../settings/parse.ts';

/** Prometheus as the stack's containers ask it. */

/** The stack's own, on its network. */
export const prometheusAddress = (closed: boolean): string =>
  `${closed ? 'https' : 'http'}://prometheus:9090`;

/** For the page's history and the digest: wherever the rules are. */
export interface PrometheusQuery {
  readonly url: string;
  /** Of an external one; secret. */
  readonly auth: HttpAuth | undefined;
  /** Whether it is asked with the authority and the password that the stack makes. */
  readonly closed: boolean;
}

/** Undefined without a Prometheus. */
export function prometheusQueryOf({
  prometheus,
  tls,
}: Pick<Settings, 'prometheus' | 'tls'>): PrometheusQuery | undefined {
  const { mode, external } = prometheus;
  if (mode === 'none') return undefined;
  if (external !== undefined) return { url: external.containerUrl, auth: external.auth, closed: false };
  const closed = tls !== undefined;
  return { url: prometheusAddress(closed), auth: undefined, closed };
}
