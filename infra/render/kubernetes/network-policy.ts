import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { relayPort } from '../receivers.ts';
import type { KubernetesObject, ManifestOptions } from './options.ts';
import type { Component } from './parts.ts';
import { labelsOf, metricsPort, nameOf, statusPort } from './parts.ts';

/** Who may talk to exporter and relay, and to whom they may: name service, HTTPS and IMAP anywhere but the link-local range. */
export function networkPolicies(options: ManifestOptions): readonly KubernetesObject[] {
  const { relay } = options;
  return [
    policy(options, 'exporter', [
      { ports: [tcp(metricsPort)], from: [inNamespace(options.prometheusNamespace)] },
      // People reach it through a port-forward, or an ingress in this namespace.
      { ports: [tcp(statusPort)], from: [{ podSelector: {} }] },
    ]),
    ...(relay === undefined
      ? []
      : [
          policy(options, 'relay', [
            {
              ports: [tcp(relayPort)],
              from: [...new Set([relay.alertmanagerNamespace, options.prometheusNamespace])].map(inNamespace),
            },
          ]),
        ]),
  ];
}

type Ingress = NonNullable<NonNullable<INetworkPolicy['spec']>['ingress']>;

function policy(
  { namespace, egressPorts }: ManifestOptions,
  component: Component,
  ingress: Ingress,
): INetworkPolicy {
  const labels = labelsOf(component);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: nameOf(component), namespace, labels },
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress', 'Egress'],
      ingress,
      egress: [
        { ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] },
        {
          ports: [...new Set([443, 993, ...egressPorts])].map(tcp),
          // Without link-local addresses, where clouds serve credentials of the machine.
          to: [
            { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } },
            { ipBlock: { cidr: '::/0', except: ['fe80::/10', 'fd00:ec2::/32'] } },
          ],
        },
      ],
    },
  };
}

function tcp(port: number) {
  return { protocol: 'TCP', port } as const;
}

function inNamespace(name: string) {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}
