import { basicAuthorization } from '../../../exporter/config/basic-auth.ts';
import type { ComponentName } from '../names.ts';
import { toYaml } from '../yaml.ts';
import { serviceClient, serviceUser } from './client.ts';
import type { Issued } from './issue.ts';
import {
  caPath,
  certificatePath,
  clientConfigPath,
  headerPath,
  keyPath,
  passwordPath,
  webConfigPath,
} from './paths.ts';

/** What is put into each container of a stack with `tls: true`. */

/** All secrets of a closed stack. */
export interface ClosedAccess {
  readonly issued: Issued;
  readonly servicePassword: string;
  /** bcrypt hashes by user. */
  readonly users: Readonly<Record<string, string>>;
}

const contents = {
  [certificatePath]: ({ issued }: ClosedAccess, component: ComponentName) =>
    issued.servers[component].certificate,
  [keyPath]: ({ issued }: ClosedAccess, component: ComponentName) => issued.servers[component].key,
  [caPath]: ({ issued }: ClosedAccess) => issued.authority,
  [passwordPath]: ({ servicePassword }: ClosedAccess) => servicePassword,
  [webConfigPath]: ({ users }: ClosedAccess) =>
    toYaml({
      tls_server_config: { cert_file: certificatePath, key_file: keyPath },
      basic_auth_users: users,
    }),
  [clientConfigPath]: () => toYaml(serviceClient),
  [headerPath]: ({ servicePassword }: ClosedAccess) =>
    `Authorization: ${basicAuthorization(serviceUser, servicePassword)}`,
};

/** Grafana has users of its own, and asks Prometheus by its data source. */
const grafanaPaths: readonly string[] = [certificatePath, keyPath];

/** Paths of a component's files, each with what makes its content. */
export function closedFiles(
  component: ComponentName,
): readonly { readonly path: string; readonly content: (access: ClosedAccess) => string }[] {
  return Object.entries(contents)
    .filter(([path]) => component !== 'grafana' || grafanaPaths.includes(path))
    .map(([path, content]) => ({ path, content: (access) => content(access, component) }));
}
