import type { RemoteWrite } from '../settings/remote-write.ts';

/** The part of `prometheus.yml` that sends samples to other storages. Credentials are files beside it. */

export const secretsFolder = '/etc/prometheus/secrets';

export interface SecretFile {
  readonly path: string;
  readonly content: string;
}

/** One queue for each storage. Version 1.0 is Prometheus' default, and the only one that releases before 2.54 know. */
export function remoteWriteConfig(entries: readonly RemoteWrite[]): {
  readonly remote_write?: readonly Readonly<Record<string, unknown>>[];
} {
  if (entries.length === 0) return {};
  return {
    remote_write: entries.map(({ url, protocol, tenant, username, bearerToken }, index) => ({
      name: `storage-${index + 1}`,
      url,
      ...(protocol === '2.0' ? { protobuf_message: 'io.prometheus.write.v2.Request' } : {}),
      ...(tenant === undefined ? {} : { headers: { 'X-Scope-OrgID': tenant, 'THANOS-TENANT': tenant } }),
      ...(username === undefined ? {} : { basic_auth: { username, password_file: secretPath(index) } }),
      ...(bearerToken === undefined ? {} : { authorization: { credentials_file: secretPath(index) } }),
    })),
  };
}

/** The files that the configuration names. */
export function remoteWriteSecrets(entries: readonly RemoteWrite[]): readonly SecretFile[] {
  return entries.flatMap(({ password, bearerToken }, index) => {
    const content = password ?? bearerToken;
    return content === undefined ? [] : [{ path: secretPath(index), content }];
  });
}

function secretPath(index: number): string {
  return `${secretsFolder}/remote-write-${index + 1}`;
}
