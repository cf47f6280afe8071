import type { Registry } from 'prom-client';
import { gaugeIn } from './registered.ts';

/** Tells when the certificate of the web configuration ends, in milliseconds since the epoch; undefined: there is none. */
export type TellCertificateExpiry = (expiresAtMs: number | undefined) => void;

/** The exporter and the relay have it alike. Without TLS there is no sample. */
export function certificateExpiryIn(registry: Registry): TellCertificateExpiry {
  const gauge = gaugeIn(registry, 'balance_alert_web_certificate_expiry_timestamp_seconds');
  gauge.remove();
  return (expiresAtMs) => {
    if (expiresAtMs === undefined) gauge.remove();
    else gauge.set(expiresAtMs / 1000);
  };
}
