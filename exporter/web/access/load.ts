import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';
import type { Report } from '../../config/parse.ts';
import { readYamlFile } from '../../config/yaml-file.ts';
import { messageOf } from '../../errors.ts';
import type { RateLimitOptions } from './rate-limit.ts';
import type { ClientAuthType, TlsEntry } from './schema.ts';
import { webConfigSchema } from './schema.ts';

export interface TlsConfig {
  readonly secure: SecureContextOptions;
  readonly clientAuth: ClientAuthType;
  /** When the first certificate of the chain ends, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** One of these must be in the client's certificate; empty: any. */
  readonly allowedSans: readonly string[];
}

/** Who may talk to the ports, and how. */
export interface WebConfig {
  /** Undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined;
  /** Hashes of passwords by user; empty: no password is needed. */
  readonly users: ReadonlyMap<string, string>;
  /** Added to every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of each port; undefined: none. */
  readonly rateLimit: RateLimitOptions | undefined;
  /** The file itself and what it refers to, to be watched. */
  readonly files: readonly string[];
}

export const openAccess: WebConfig = {
  tls: undefined,
  users: new Map(),
  headers: {},
  rateLimit: undefined,
  files: [],
};

export type WebConfigResult =
  | { readonly ok: true; readonly config: WebConfig }
  | { readonly ok: false; readonly errors: readonly string[] };

/** The configuration in a file; open access where there is none. */
export function webConfigOf(file: string | undefined): WebConfigResult {
  return file === undefined ? { ok: true, config: openAccess } : loadWebConfig(file);
}

/** Reads a web configuration file. Its relative paths start at its own folder. No key or hash is part of an error. */
export function loadWebConfig(file: string): WebConfigResult {
  const read = readYamlFile(file, webConfigSchema, 'cannot read the web configuration');
  if (!read.ok) return read;
  const { value: parsed, report, errors } = read;

  const files = [file];
  const tls =
    parsed.tls_server_config &&
    readTls(
      parsed.tls_server_config,
      (key, message) => report(['tls_server_config', ...key], message),
      (name) => {
        const path = resolve(dirname(file), name);
        files.push(path);
        return readFileSync(path, 'utf8');
      },
    );
  if (errors.length > 0) return { ok: false, errors };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed.http_server_config?.headers ?? {})) {
    if (value !== undefined) headers[name] = value;
  }
  return {
    ok: true,
    config: {
      tls,
      users: new Map(Object.entries(parsed.basic_auth_users)),
      headers,
      rateLimit: rateLimitOf(parsed.rate_limit),
      files,
    },
  };
}

function rateLimitOf(
  entry: { readonly interval: number; readonly burst: number } | undefined,
): RateLimitOptions | undefined {
  return entry === undefined || entry.interval === 0
    ? undefined
    : { intervalMs: entry.interval, burst: entry.burst };
}

function readTls(entry: TlsEntry, report: Report, readFile: (name: string) => string): TlsConfig | undefined {
  /** The text from the file itself or from one that it names; undefined where there is neither. */
  const textOf = (key: 'cert' | 'key' | 'client_ca'): string | undefined => {
    const named = entry[`${key}_file`];
    if (named === undefined) return entry[key];
    if (entry[key] !== undefined) report([key], `expected either ${key} or ${key}_file, got both`);
    try {
      return readFile(named);
    } catch (error) {
      report([`${key}_file`], `cannot read it: ${messageOf(error)}`);
      return undefined;
    }
  };
  const cert = textOf('cert');
  const key = textOf('key');
  const ca = textOf('client_ca');
  const has = (name: 'cert' | 'key' | 'client_ca'): boolean =>
    entry[name] !== undefined || entry[`${name}_file`] !== undefined;
  if (!has('cert')) report([], 'expected cert or cert_file: TLS needs a certificate');
  if (!has('key')) report([], 'expected key or key_file: TLS needs the private key of the certificate');
  const clientAuth = entry.client_auth_type ?? 'NoClientCert';
  // The toolkit would let everybody in who has a certificate of a public authority.
  if (clientAuth === 'RequireAndVerifyClientCert' && !has('client_ca'))
    report(['client_auth_type'], `${clientAuth} needs client_ca_file`);
  if (clientAuth === 'NoClientCert' && has('client_ca')) {
    report([], 'client_ca_file has no effect without client_auth_type such as RequireAndVerifyClientCert');
  }
  const requires = clientAuth === 'RequireAndVerifyClientCert' || clientAuth === 'RequireAnyClientCert';
  if (entry.client_allowed_sans.length > 0 && !requires) {
    report(
      ['client_allowed_sans'],
      'needs client_auth_type RequireAndVerifyClientCert or RequireAnyClientCert',
    );
  }
  if (entry.min_version > entry.max_version) report(['min_version'], 'is above max_version');
  if (cert === undefined || key === undefined) return undefined;
  const secure: SecureContextOptions = {
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    minVersion: entry.min_version,
    maxVersion: entry.max_version,
    honorCipherOrder: entry.prefer_server_cipher_suites,
    ...(entry.cipher_suites.length === 0 ? {} : { ciphers: entry.cipher_suites.join(':') }),
    ...(entry.curve_preferences.length === 0 ? {} : { ecdhCurve: entry.curve_preferences.join(':') }),
  };
  try {
    createSecureContext(secure);
  } catch (error) {
    report([], `certificate and key cannot be used together: ${messageOf(error)}`);
    return undefined;
  }
  return { secure, clientAuth, expiresAtMs: firstEnd(cert), allowedSans: entry.client_allowed_sans };
}

/** Of the certificates in a PEM text, which OpenSSL has taken already. */
function firstEnd(chain: string): number {
  const certificates = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const ends = certificates.map((certificate) => Date.parse(new X509Certificate(certificate).validTo));
  return Math.min(...ends);
}
