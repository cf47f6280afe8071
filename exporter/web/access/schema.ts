import * as z from 'zod';

/**
 * The web configuration file of Prometheus' exporter-toolkit, so that one file works for every exporter.
 * Source: https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 */

export const clientAuthTypes = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

export type ClientAuthType = (typeof clientAuthTypes)[number];

/** Go's names of what TLS 1.2 may use, with OpenSSL's. The suites of TLS 1.3 cannot be chosen, in Go as here. */
const cipherSuites = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_AES_128_GCM_SHA256: 'TLS_AES_128_GCM_SHA256',
  TLS_AES_256_GCM_SHA384: 'TLS_AES_256_GCM_SHA384',
  TLS_CHACHA20_POLY1305_SHA256: 'TLS_CHACHA20_POLY1305_SHA256',
} as const;
const curves = { CurveP256: 'P-256', CurveP384: 'P-384', CurveP521: 'P-521', X25519: 'X25519' } as const;
const versions = { TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

/** An enumeration of Go's names that gives OpenSSL's. */
function translated<Names extends Readonly<Record<string, string>>>(names: Names) {
  return z.enum(Object.keys(names)).transform((name) => names[name] ?? name);
}

const version = z
  .enum(['TLS12', 'TLS13'], { error: 'expected TLS12 or TLS13' })
  .transform((name) => versions[name]);

/** As for the toolkit, an empty one counts as none, and an older name stands for the present one. */
const clientAuthType = z
  .enum([...clientAuthTypes, 'RequireClientCert', ''], {
    error: `expected one of ${clientAuthTypes.join(', ')}, got another value`,
  })
  .transform((name): ClientAuthType => {
    if (name === '') return 'NoClientCert';
    return name === 'RequireClientCert' ? 'RequireAnyClientCert' : name;
  });

/** As for the toolkit, an empty one counts as none. */
const source = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));

const tlsSchema = z.strictObject({
  cert: source,
  cert_file: source,
  key: source,
  key_file: source,
  client_ca: source,
  client_ca_file: source,
  client_auth_type: clientAuthType.optional(),
  client_allowed_sans: z.array(z.string()).default([]),
  min_version: version.default('TLSv1.2'),
  max_version: version.default('TLSv1.3'),
  cipher_suites: z.array(translated(cipherSuites)).default([]),
  prefer_server_cipher_suites: z.boolean().default(true),
  curve_preferences: z.array(translated(curves)).default([]),
});

/** A header's value on one line, so that no other header can be smuggled in. */
const headerValue = z
  // `X-XSS-Protection: 0` is a number in YAML.
  .union([z.string(), z.number(), z.boolean()], { error: 'expected text' })
  .transform(String)
  .pipe(z.string().regex(/^[\t\x20-\x7e]*$/, { error: 'expected printable ASCII on one line' }));

const headersSchema = z.strictObject({
  'Content-Security-Policy': headerValue.optional(),
  'Strict-Transport-Security': headerValue.optional(),
  'X-Content-Type-Options': z.literal('nosniff').optional(),
  'X-Frame-Options': z.enum(['deny', 'sameorigin', 'DENY', 'SAMEORIGIN']).optional(),
  'X-XSS-Protection': headerValue.optional(),
});

const goUnitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration in Go's form (`time.ParseDuration`), which is not Prometheus' own: `500ms`, `1.5s`, `1m30s`, `0`. */
const goDuration = z
  .union([z.string(), z.number()], { error: 'expected a duration such as 500ms, 1s or 1m30s, or 0' })
  .transform((given, context) => {
    const text = String(given);
    if (/^0+$/.test(text)) return 0;
    if (/^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) {
      return [...text.matchAll(/([\d.]+)([a-zµ]+)/g)].reduce(
        (sum, [, count, unit = '']) => sum + Number(count) * (goUnitsMs[unit] ?? 0),
        0,
      );
    }
    context.addIssue({ code: 'custom', message: 'expected a duration such as 500ms, 1s or 1m30s, or 0' });
    return z.NEVER;
  });

export const webConfigSchema = z.strictObject({
  tls_server_config: tlsSchema.optional(),
  http_server_config: z
    .strictObject({
      // Accepted, as files for other exporters have it; only HTTP/1.1 is spoken.
      http2: z.boolean().optional(),
      headers: headersSchema.default({}),
    })
    .optional(),
  basic_auth_users: z
    .record(
      z.string().min(1),
      z.string().regex(/^\$2[aby]\$(?:0[4-9]|1\d)\$[./A-Za-z0-9]{53}$/, {
        error: 'expected a bcrypt hash of cost 4 to 19, as `htpasswd -nB` makes',
      }),
    )
    .default({}),
  rate_limit: z
    .strictObject({
      /** 0 turns it off. */
      interval: goDuration.default(0),
      burst: z.int().nonnegative().default(0),
    })
    .refine(({ interval, burst }) => interval === 0 || burst > 0, {
      path: ['burst'],
      error: 'expected 1 or more: with a burst of 0, every request is refused',
    })
    .optional(),
});

export type TlsEntry = z.infer<typeof tlsSchema>;
