/** Where an exporter is, as a Prometheus that this stack does not run finds it. */

/** Both run on one host, neither in a container, or the exporter in one whose port is published there. */
export interface SameHost {
  readonly kind: 'same-host';
  readonly port: number;
}

/** Exporters on other servers: several where the accounts are split by `--poll.shard`. */
export interface OtherServer {
  readonly kind: 'other-server';
  /** `HOST:PORT`. */
  readonly addresses: readonly string[];
}

/** Prometheus and exporter are containers on one network, the same on Docker Desktop and on Linux. */
export interface DockerNetwork {
  readonly kind: 'docker-network';
  /** The network that Prometheus' container joins. */
  readonly network: string;
  /** `HOST:PORT`, where the host is the exporter's name on that network. */
  readonly address: string;
}

/** Prometheus is in a container, and the exporter's port is published on the host, or the exporter runs on it. */
export interface DockerHost {
  readonly kind: 'docker-host';
  /** Docker Desktop resolves `host.docker.internal` by itself; on Linux the container has to be started with it. */
  readonly engine: 'desktop' | 'linux';
  /** `HOST:PORT`: `host.docker.internal`, or the address of the gateway of the container's network. */
  readonly address: string;
}

/** Prometheus asks the Docker engine. It must reach the container's own address, which Docker Desktop does not route. */
export interface DockerDiscovery {
  readonly kind: 'docker-discovery';
  /** Address of the engine, as in `DOCKER_HOST`. */
  readonly engineHost: string;
  /** A container has an address on each of its networks; the one on this network is scraped. */
  readonly network: string;
  /** Port in the container. */
  readonly port: number;
}

/** Prometheus asks the API server of Kubernetes for the endpoints of a service. */
export interface Kubernetes {
  readonly kind: 'kubernetes';
  readonly namespace: string;
  readonly service: string;
  /** Name of the service's port: a pod of it has another port for people. */
  readonly portName: string;
  /** Where Prometheus is outside the cluster; inside, it finds the API server by itself. */
  readonly server?: DiscoveryServer | undefined;
}

/** Prometheus asks Consul for the instances of a service. */
export interface Consul {
  readonly kind: 'consul';
  readonly service: string;
  readonly server: DiscoveryServer;
}

/** Targets in files that Prometheus reads again when they change. */
export interface FileDiscovery {
  readonly kind: 'file';
  /** Path on Prometheus' machine; its last part may have a `*`. Ends in `.yaml`, `.yml` or `.json`. */
  readonly path: string;
}

/** Prometheus asks a URL for targets. */
export interface HttpDiscovery {
  readonly kind: 'http';
  readonly url: string;
}

/** What Prometheus asks for targets. Files are paths on Prometheus' machine. */
export interface DiscoveryServer {
  readonly url: string;
  readonly tokenFile?: string | undefined;
  readonly caFile?: string | undefined;
}

export type ScrapeTarget =
  | SameHost
  | OtherServer
  | DockerNetwork
  | DockerHost
  | DockerDiscovery
  | Kubernetes
  | Consul
  | FileDiscovery
  | HttpDiscovery;

/**
 * How the exporter is asked, whatever finds it. Credentials are files on Prometheus' machine: a value in a snippet would
 * end up in a terminal, a repository and a page of Prometheus.
 */
export interface ScrapeAccess {
  /** `/metrics` where left out. */
  readonly path?: string | undefined;
  readonly credentials?:
    | { readonly kind: 'basic'; readonly username: string; readonly passwordFile: string }
    | { readonly kind: 'bearer'; readonly tokenFile: string }
    | undefined;
  /** Plain HTTP where left out. */
  readonly tls?: ScrapeTls | undefined;
}

export interface ScrapeTls {
  /** The system's authorities where left out. */
  readonly caFile?: string | undefined;
  /** The name in the exporter's certificate, where it is not that of the target. */
  readonly serverName?: string | undefined;
  /** Where the exporter asks for a client certificate. */
  readonly client?: { readonly certFile: string; readonly keyFile: string } | undefined;
}
