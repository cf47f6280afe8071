import type { ScrapeTarget } from './target.ts';

/** What has to be true for a job to find its target, in words for the file that holds it. */
export function notesOf(target: ScrapeTarget): readonly string[] {
  switch (target.kind) {
    case 'same-host':
      return [
        'Prometheus runs on the host of the exporter, outside of containers. Inside a container, 127.0.0.1 is the container itself.',
      ];
    case 'other-server':
      return [
        'The exporter has to listen on an address that Prometheus reaches, with TLS and a password (--web.config.file) or behind a firewall.',
        'The exporter of the stack: bindAddress, with tls or allowOpen.',
      ];
    case 'docker-network':
      return [
        'Prometheus runs in a container on the engine of the exporter, and joins its network:',
        `  docker network connect ${target.network} PROMETHEUS_CONTAINER`,
        "Works on Docker Desktop and on Linux, also if the exporter's ports are published on the loopback interface only.",
      ];
    case 'docker-host':
      return target.engine === 'desktop'
        ? [
            'Prometheus runs in a container of Docker Desktop, and the exporter on the host, or in a container that publishes its port there.',
          ]
        : [
            'Prometheus runs in a container on Linux, and the exporter on the host, or in a container that publishes its port there.',
            'Linux knows host.docker.internal only in containers that are started with it:',
            '  docker run --add-host host.docker.internal:host-gateway ...    (Compose: extra_hosts)',
            "The exporter has to listen on the gateway's address: a port on 127.0.0.1 of the host cannot be reached from containers.",
            "  docker network inspect bridge --format '{{(index .IPAM.Config 0).Gateway}}'",
          ];
    case 'docker-discovery':
      return [
        "Prometheus needs read access to the engine's API, which amounts to root on its host, and a route to the container's address:",
        `either it runs in a container on the network ${target.network}, or on a Linux host. Docker Desktop has no such route for the host.`,
        'The exporter is found by its label balance-alert.component=exporter, which the stack sets.',
      ];
    case 'kubernetes':
      return [
        `Prometheus needs list and watch on endpointslices (discovery.k8s.io), services and pods in the namespace ${target.namespace}.`,
        'Where the Prometheus Operator runs, take the ServiceMonitor of scripts/manifests instead.',
      ];
    case 'consul':
      return [
        'The port that is registered is the port that is scraped: register the metrics port, not the status page.',
      ];
    case 'file':
      return ['Prometheus reads the targets again when the file changes; no reload is needed.'];
    case 'http':
      return [
        'The URL answers with a JSON list such as [{"targets": ["exporter.example:9100"]}] and the content type application/json.',
      ];
  }
}
