import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Served } from './served.ts';
import { serve } from './served.ts';

/**
 * Small servers that speak as much of the documented APIs as Prometheus' discoveries ask for. Each refuses what it does not
 * know with 404 and remembers it, so that a test can say that nothing else was asked.
 */

export interface DiscoveryServer extends Served {
  /** Paths that were asked and that the server does not know. */
  readonly unknown: readonly string[];
}

const json = (
  response: ServerResponse,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

const refuse = (response: ServerResponse, status: number, body: unknown = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

async function server(
  answer: (url: URL, request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<DiscoveryServer> {
  const unknown: string[] = [];
  const served = await serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://server');
    if (answer(url, request, response)) return;
    unknown.push(`${request.method} ${url.pathname}`);
    refuse(response, 404, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 });
  });
  return { ...served, unknown };
}

export interface Port {
  readonly name: string;
  readonly port: number;
}

export interface Endpoints {
  readonly service: string;
  readonly addresses: readonly string[];
  readonly ports: readonly Port[];
}

export interface KubernetesServer extends DiscoveryServer {
  /** Tells every watch of a slice that is new or has changed. */
  readonly put: (endpoints: Endpoints) => void;
  /** Resources that were listed or watched, each once. */
  readonly watched: ReadonlySet<string>;
}

/**
 * The API server of Kubernetes: list and watch of the endpoint slices, services and pods of one namespace, to whoever has the token.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function serveKubernetes(
  namespace: string,
  token: string,
  before: readonly Endpoints[],
): Promise<KubernetesServer> {
  let version = 1;
  const slices = new Map(before.map((one) => [one.service, sliceOf(namespace, one, version)]));
  const watches = new Set<(event: unknown) => void>();
  const watched = new Set<string>();
  const resources: Readonly<Record<string, { readonly kind: string; readonly apiVersion: string }>> = {
    [`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`]: {
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
    },
    [`/api/v1/namespaces/${namespace}/services`]: { kind: 'Service', apiVersion: 'v1' },
    [`/api/v1/namespaces/${namespace}/pods`]: { kind: 'Pod', apiVersion: 'v1' },
  };
  const itemsOf = (kind: string): readonly object[] =>
    kind === 'EndpointSlice'
      ? [...slices.values()]
      : kind === 'Service'
        ? [...slices.keys()].map((name) => serviceOf(namespace, name, version))
        : [];
  const served = await server((url, request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      refuse(response, 401, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 401 });
      return true;
    }
    if (url.pathname === '/version') {
      json(response, { major: '1', minor: '34', gitVersion: 'v1.34.0' });
      return true;
    }
    const resource = resources[url.pathname];
    if (resource === undefined) return false;
    watched.add(resource.kind);
    if (url.searchParams.get('watch') === null) {
      json(response, {
        kind: `${resource.kind}List`,
        apiVersion: resource.apiVersion,
        metadata: { resourceVersion: String(version) },
        items: itemsOf(resource.kind),
      });
      return true;
    }
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
    const send = (event: unknown): void => void response.write(`${JSON.stringify(event)}\n`);
    if (url.searchParams.get('sendInitialEvents') === 'true') {
      // What a client that streams its lists waits for before it takes them as complete.
      for (const object of itemsOf(resource.kind)) send({ type: 'ADDED', object });
      send({
        type: 'BOOKMARK',
        object: {
          ...resource,
          metadata: {
            resourceVersion: String(version),
            annotations: { 'k8s.io/initial-events-end': 'true' },
          },
        },
      });
    } else response.flushHeaders();
    if (resource.kind === 'EndpointSlice') {
      watches.add(send);
      response.once('close', () => watches.delete(send));
    }
    return true;
  });
  return {
    ...served,
    watched,
    put(endpoints) {
      version += 1;
      const type = slices.has(endpoints.service) ? 'MODIFIED' : 'ADDED';
      const object = sliceOf(namespace, endpoints, version);
      slices.set(endpoints.service, object);
      for (const send of watches) send({ type, object });
    },
  };
}

function sliceOf(namespace: string, { service, addresses, ports }: Endpoints, version: number): object {
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: {
      name: `${service}-abcde`,
      namespace,
      uid: `slice-${service}`,
      resourceVersion: String(version),
      labels: { 'kubernetes.io/service-name': service },
    },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: ports.map(({ name, port }) => ({ name, port, protocol: 'TCP' })),
  };
}

function serviceOf(namespace: string, name: string, version: number): object {
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, namespace, uid: `service-${name}`, resourceVersion: String(version) },
    spec: { type: 'ClusterIP', clusterIP: '10.0.0.1', ports: [] },
  };
}

/**
 * An agent of Consul: the service's instances, by blocking queries, to whoever has the token.
 * https://developer.hashicorp.com/consul/api-docs/health#list-service-instances-for-service
 */
export function serveConsul(
  service: string,
  token: string,
  instances: readonly { readonly address: string; readonly port: number }[],
): Promise<DiscoveryServer> {
  return server((url, request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      refuse(response, 403, 'Permission denied');
      return true;
    }
    if (url.pathname === '/v1/agent/self') {
      json(response, { Config: { Datacenter: 'dc1' } });
      return true;
    }
    if (url.pathname !== `/v1/health/service/${service}`) return false;
    // Nothing changes after the first answer, so a query for what is newer waits until its caller gives up.
    if (Number(url.searchParams.get('index') ?? 0) >= 1) return true;
    json(
      response,
      instances.map(({ address, port }, index) => ({
        Node: { ID: 'n1', Node: 'node-1', Address: '127.0.0.9', Datacenter: 'dc1' },
        Service: { ID: `${service}-${index}`, Service: service, Tags: [], Address: address, Port: port },
        Checks: [],
      })),
      { 'X-Consul-Index': '1' },
    );
    return true;
  });
}

export interface FoundContainer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Address by network. */
  readonly networks: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
}

/** A Docker engine: its containers and networks. https://docs.docker.com/reference/api/engine/ */
export function serveDockerEngine(containers: readonly FoundContainer[]): Promise<DiscoveryServer> {
  const networks = [...new Set(containers.flatMap((one) => Object.keys(one.networks)))];
  return server((url, _request, response) => {
    const path = url.pathname.replace(/^\/v[\d.]+/, '');
    if (path === '/_ping') {
      response.writeHead(200, { 'Api-Version': '1.48', OSType: 'linux' });
      response.end('OK');
      return true;
    }
    if (path === '/networks') {
      json(
        response,
        networks.map((name) => ({ Id: `id-of-${name}`, Name: name, Scope: 'local', Labels: {} })),
      );
      return true;
    }
    if (path !== '/containers/json') return false;
    json(
      response,
      containers.map(({ name, labels, networks: addresses, ports }) => ({
        Id: `id-of-${name}`,
        Names: [`/${name}`],
        Labels: labels,
        State: 'running',
        Ports: ports.map((port) => ({ PrivatePort: port, Type: 'tcp' })),
        HostConfig: { NetworkMode: 'bridge' },
        NetworkSettings: {
          Networks: Object.fromEntries(
            Object.entries(addresses).map(([network, address]) => [
              network,
              { NetworkID: `id-of-${network}`, IPAddress: address },
            ]),
          ),
        },
      })),
    );
    return true;
  });
}

/** Lists targets as `http_sd_configs` asks for them. */
export function serveTargets(targets: readonly string[]): Promise<DiscoveryServer> {
  return server((url, _request, response) => {
    if (url.pathname !== '/targets') return false;
    json(response, [{ targets }]);
    return true;
  });
}

/** A forward proxy that reaches some names at one address: what Docker's resolver does for a container. */
export function serveNames(names: readonly string[], port: number): Promise<DiscoveryServer> {
  return server((url, _request, response) => {
    if (!names.includes(url.hostname) || Number(url.port) !== port) return false;
    void fetch(`http://127.0.0.1:${port}${url.pathname}`).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(await answer.text());
    });
    return true;
  });
}
