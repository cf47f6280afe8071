import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import type { UploadedFile } from '../render/container.ts';
import type { ComponentName, EngineNames } from '../render/names.ts';
import { serviceUser, webUser } from '../render/tls/client.ts';
import type { ClosedAccess as Access } from '../render/tls/files.ts';
import { closedFiles } from '../render/tls/files.ts';
import { issueCertificates } from '../render/tls/issue.ts';
import type { TlsSettings } from '../settings/parse.ts';
import { childOf } from './options.ts';

export interface ClosedAccessArgs {
  readonly tls: TlsSettings;
  readonly names: EngineNames;
}

/** The stack's authority, certificates and passwords. They follow from random values that the state holds, encrypted. */
export class ClosedAccess extends pulumi.ComponentResource {
  /** Of the user of people; secret. */
  readonly password: pulumi.Output<string>;
  /** Of the user of services; secret. */
  readonly servicePassword: pulumi.Output<string>;
  /** Certificate of the authority, PEM. */
  readonly authority: pulumi.Output<string>;
  /** When the servers' certificates end, in ISO 8601. */
  readonly expiresAt: pulumi.Output<string>;
  readonly #access: pulumi.Output<Access>;

  constructor(name: string, { tls, names }: ClosedAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:ClosedAccess', name, {}, opts);
    const seed = new random.RandomBytes(
      `${name}-seed`,
      // When it was made; the time of later runs is ignored, and the first one stays in the state.
      { length: 32, keepers: { createdAt: new Date(tls.nowMs).toISOString() } },
      childOf(this, { ignoreChanges: ['keepers'], additionalSecretOutputs: ['base64', 'hex'] }),
    );
    // No special characters: these pass through shells, headers and YAML. The hash, with its salt, is kept as well.
    const passwordOf = (user: string) =>
      new random.RandomPassword(
        `${name}-${user}`,
        { length: 32, special: false },
        childOf(this, { additionalSecretOutputs: ['result', 'bcryptHash'] }),
      );
    const people = passwordOf('password');
    const services = passwordOf('service-password');
    this.password = pulumi.secret(people.result);
    this.servicePassword = pulumi.secret(services.result);
    this.#access = pulumi.secret(
      pulumi.all([seed.base64, seed.keepers, people.bcryptHash, services.result, services.bcryptHash]).apply(
        ([base64, keepers, hash, servicePassword, serviceHash]): Access => ({
          issued: issueCertificates({
            seed: Buffer.from(base64, 'base64'),
            createdAtMs: Date.parse(keepers?.['createdAt'] ?? ''),
            nowMs: tls.nowMs,
            title: `${names.network} CA`,
            names: serverNames(names, tls.hosts),
          }),
          servicePassword,
          users: { [webUser]: hash, [serviceUser]: serviceHash },
        }),
      ),
    );
    this.authority = pulumi.unsecret(this.#access.apply(({ issued }) => issued.authority));
    this.expiresAt = pulumi.unsecret(
      this.#access.apply(({ issued }) => new Date(issued.notAfterMs).toISOString()),
    );
    this.registerOutputs({ authority: this.authority, expiresAt: this.expiresAt });
  }

  /** What a component's container needs, to serve and to ask the others. */
  filesOf(component: ComponentName): readonly UploadedFile[] {
    return closedFiles(component).map(({ path, content }) => ({
      path,
      content: this.#access.apply(content),
    }));
  }
}

/** By which a server is called: on the stack's network, on its host, and by everyone else. */
function serverNames(
  names: EngineNames,
  hosts: readonly string[],
): Readonly<Record<ComponentName, readonly string[]>> {
  const namesOf = (component: ComponentName): readonly string[] => [
    ...new Set([component, names.containers[component], 'localhost', '127.0.0.1', '::1', ...hosts]),
  ];
  return {
    exporter: namesOf('exporter'),
    prometheus: namesOf('prometheus'),
    alertmanager: namesOf('alertmanager'),
    relay: namesOf('relay'),
    grafana: namesOf('grafana'),
  };
}
