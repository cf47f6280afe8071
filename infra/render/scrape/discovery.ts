import { componentLabel } from '../names.ts';
import type { DiscoveryServer, ScrapeTarget } from './target.ts';

/** The part of a scrape job that finds the targets, and drops what else is found. */
export function discoveryOf(target: ScrapeTarget): Readonly<Record<string, unknown>> {
  switch (target.kind) {
    case 'same-host':
      return fixed([`127.0.0.1:${target.port}`]);
    case 'other-server':
      return fixed(target.addresses);
    case 'docker-network':
    case 'docker-host':
      return fixed([target.address]);
    case 'docker-discovery':
      return {
        docker_sd_configs: [{ host: target.engineHost }],
        relabel_configs: [
          keep(`__meta_docker_container_label_${componentLabel.replaceAll(/[^a-z]/g, '_')}`, 'exporter'),
          keep('__meta_docker_network_name', target.network),
          // One target for each port of the container: the other one serves the status page.
          keep('__meta_docker_port_private', String(target.port)),
        ],
      };
    case 'kubernetes':
      return {
        kubernetes_sd_configs: [
          {
            // Ready and unready ones, so that a pod that fails its probe is seen as a target too.
            role: 'endpointslice',
            namespaces: { names: [target.namespace] },
            ...(target.server === undefined
              ? {}
              : { api_server: target.server.url, ...accessTo(target.server) }),
          },
        ],
        relabel_configs: [
          keep('__meta_kubernetes_service_name', target.service),
          keep('__meta_kubernetes_endpointslice_port_name', target.portName),
        ],
      };
    case 'consul': {
      const { protocol, host } = new URL(target.server.url);
      return {
        // The registered port is the one that is scraped: register the exporter's metrics port.
        consul_sd_configs: [
          {
            server: host,
            ...(protocol === 'https:' ? { scheme: 'https' } : {}),
            services: [target.service],
            ...accessTo(target.server),
          },
        ],
      };
    }
    case 'file':
      return { file_sd_configs: [{ files: [target.path] }] };
    case 'http':
      return { http_sd_configs: [{ url: target.url }] };
  }
}

function fixed(targets: readonly string[]) {
  return { static_configs: [{ targets: [...targets] }] };
}

/** The expression is anchored by Prometheus, and none of these values holds a letter that means more than itself but the dot. */
function keep(label: string, value: string) {
  return { source_labels: [label], regex: value.replaceAll('.', '\\.'), action: 'keep' };
}

function accessTo({ tokenFile, caFile }: DiscoveryServer) {
  return {
    ...(tokenFile === undefined ? {} : { authorization: { credentials_file: tokenFile } }),
    ...(caFile === undefined ? {} : { tls_config: { ca_file: caFile } }),
  };
}
