import type { Language } from '../../dashboards/index.ts';
import { certificatePath, keyPath } from './tls/paths.ts';

/** Grafana's own settings, as data. */

export const adminUser = 'admin';
export const adminPasswordPath = '/run/secrets/grafana-admin-password';
export const grafanaStoragePath = '/var/lib/grafana';

export interface GrafanaOptions {
  readonly publicUrl: string;
  readonly anonymous: boolean;
  readonly language: Language;
  /** Whether it serves TLS. */
  readonly closed: boolean;
}

/** Environment of the container. No secret in it: `docker inspect` shows each of these to whoever may ask the engine. */
export function grafanaEnvironment(options: GrafanaOptions): Readonly<Record<string, string>> {
  return {
    GF_SECURITY_ADMIN_USER: adminUser,
    // A file, read at start.
    GF_SECURITY_ADMIN_PASSWORD__FILE: adminPasswordPath,
    ...(options.closed
      ? {
          GF_SERVER_PROTOCOL: 'https',
          GF_SERVER_CERT_FILE: certificatePath,
          GF_SERVER_CERT_KEY: keyPath,
          // A cookie that is sent over TLS only would never come back through a proxy without it.
          GF_SECURITY_COOKIE_SECURE: String(options.publicUrl.startsWith('https:')),
        }
      : {}),
    // A proxy that serves a sub-path strips it, as for Prometheus.
    GF_SERVER_ROOT_URL: `${options.publicUrl}/`,
    GF_USERS_ALLOW_SIGN_UP: 'false',
    GF_USERS_DEFAULT_LANGUAGE: options.language === 'zh' ? 'zh-Hans' : 'en-US',
    GF_AUTH_ANONYMOUS_ENABLED: String(options.anonymous),
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    // Nothing is reported or asked outside the engine.
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    GF_SECURITY_DISABLE_GRAVATAR: 'true',
  };
}

/**
 * The health check: plain GET, because busybox' wget answers oddly to `--spider`. Over TLS its images have curl at least.
 */
export function grafanaHealthcheck(closed: boolean): readonly string[] {
  if (!closed) return ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:3000/api/health'];
  const address = 'https://127.0.0.1:3000/api/health';
  return [
    'CMD-SHELL',
    `curl -fsk -o /dev/null ${address} || wget -q --no-check-certificate -O /dev/null ${address}`,
  ];
}
