import type { ClientRequest, ClientRequestArgs } from 'node:http';
import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions } from 'node:https';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { ProxyAddress } from '../../config/proxy.ts';
import type { Authorities } from './authorities.ts';
import { createAuthorities } from './authorities.ts';
import type { NameLookup } from './lookup.ts';
import { sharedNames } from './lookup.ts';
import { openTunnel } from './tunnel.ts';

/** How long an idle connection is kept: over the usual interval of ten minutes, where the vendor allows it. */
const idleLimitMs = 15 * 60_000;

/** An idle connection is probed so often: routers forget silent ones after minutes, and a dead one is found before it is used. */
const probeMs = 45_000;

/** Over all vendors. Each of TLS takes some tens of kilobytes; whoever finds none kept makes a handshake. */
const mostIdle = 512;

/** TLS sessions kept for resumption, one for each host. */
const mostSessions = 500;

/**
 * With several addresses, how long one is tried before the next. The runtime's 250 ms are less than one round trip between
 * some continents.
 */
const addressMs = 1500;

/** How one request gets to its host. */
export interface Route {
  readonly agent: HttpAgent;
  /** Set where a request goes to the proxy itself, which passes it on: plain http only. */
  readonly via: ProxyAddress | undefined;
  /** Whether the agent opens a tunnel first. */
  readonly isTunnelled: boolean;
}

export interface ConnectionsOptions {
  readonly names?: NameLookup;
  readonly authorities?: Authorities;
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  readonly secureContext: SecureContext;
}

/** What a request tells the agent beside Node's own options: a tunnel that is being opened ends with it. */
export interface TunnelSignal {
  readonly tunnelSignal: AbortSignal;
}

/** All connections to vendors, kept between checks. */
export class Connections {
  readonly names: NameLookup;
  readonly #authorities: Authorities;
  readonly #agents = new Map<string, Agents>();
  readonly #idle = new Idle();

  constructor({ names = sharedNames(), authorities = createAuthorities() }: ConnectionsOptions = {}) {
    this.names = names;
    this.#authorities = authorities;
  }

  /**
   * @param fresh a connection of its own, that is not kept
   * @throws CheckError `config` where the file of authorities can't be read
   */
  route(
    protocol: string,
    proxy: ProxyAddress | undefined,
    caFile: string | undefined,
    fresh: boolean,
  ): Route {
    const secureContext = this.#authorities.of(caFile);
    const agents = fresh
      ? this.#make(proxy, secureContext, false)
      : this.#kept(JSON.stringify([proxy ?? null, caFile ?? null]), proxy, secureContext);
    const isTls = protocol === 'https:';
    // A proxy that is asked to pass on a request may itself be reached over TLS.
    const usesTls = isTls || proxy?.protocol === 'https:';
    return {
      agent: usesTls ? agents.https : agents.http,
      via: isTls ? undefined : proxy,
      isTunnelled: isTls && proxy !== undefined,
    };
  }

  #kept(key: string, proxy: ProxyAddress | undefined, secureContext: SecureContext): Agents {
    const known = this.#agents.get(key);
    if (known?.secureContext === secureContext) return known;
    // Idle connections were made while other authorities were trusted.
    if (known !== undefined) closeIdle(known);
    for (const [other, agents] of this.#agents) if (isUnused(agents)) this.#agents.delete(other);
    const made = this.#make(proxy, secureContext, true);
    this.#agents.set(key, made);
    return made;
  }

  #make(proxy: ProxyAddress | undefined, secureContext: SecureContext, keepAlive: boolean): Agents {
    const options: AgentOptions = {
      keepAlive,
      keepAliveMsecs: probeMs,
      timeout: idleLimitMs,
      // Each in its turn: of several to a vendor, none then idles until the vendor closes it, which some do after 5 s.
      scheduling: 'fifo',
      maxFreeSockets: 32,
      maxCachedSessions: mostSessions,
      autoSelectFamilyAttemptTimeout: addressMs,
      lookup: this.names.lookup,
      secureContext,
    };
    return {
      http: new KeptHttpAgent(options, this.#idle),
      https: new KeptHttpsAgent(options, this.#idle, proxy, this.names.lookup, secureContext),
      secureContext,
    };
  }
}

/** Counts idle connections over all agents. */
class Idle {
  readonly #sockets = new Set<Duplex>();
  readonly #watched = new WeakSet<Duplex>();

  /** Whether there is room for one more, which is then counted. */
  add(socket: Duplex): boolean {
    if (this.#sockets.size >= mostIdle) return false;
    this.#sockets.add(socket);
    if (!this.#watched.has(socket)) {
      this.#watched.add(socket);
      socket.once('close', () => this.remove(socket));
    }
    return true;
  }

  remove(socket: Duplex): void {
    this.#sockets.delete(socket);
  }
}

class KeptHttpAgent extends HttpAgent {
  readonly #idle: Idle;

  constructor(options: AgentOptions, idle: Idle) {
    super(options);
    this.#idle = idle;
  }

  override keepSocketAlive(socket: Duplex) {
    return this.#idle.add(socket) && super.keepSocketAlive(socket);
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    this.#idle.remove(socket);
    super.reuseSocket(socket, request);
  }
}

/** Goes through a tunnel where there is a proxy, except to the proxy itself. */
class KeptHttpsAgent extends HttpsAgent {
  readonly #idle: Idle;
  readonly #proxy: ProxyAddress | undefined;
  readonly #lookup: LookupFunction;
  readonly #secureContext: SecureContext;

  constructor(
    options: AgentOptions,
    idle: Idle,
    proxy: ProxyAddress | undefined,
    lookup: LookupFunction,
    secureContext: SecureContext,
  ) {
    super(options);
    this.#idle = idle;
    this.#proxy = proxy;
    this.#lookup = lookup;
    this.#secureContext = secureContext;
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const proxy = this.#proxy;
    if (proxy === undefined || !hasTunnelSignal(options)) return super.createConnection(options, callback);
    const { host, port, tunnelSignal: signal } = options;
    openTunnel(proxy, host ?? '', Number(port), {
      lookup: this.#lookup,
      secureContext: this.#secureContext,
      signal,
    }).then(
      (socket) => {
        const secured = super.createConnection(Object.assign({}, options, { socket }));
        if (secured) callback?.(null, secured);
      },
      // The agent looks at the error alone.
      (error: Error) => callback?.(error, new Socket()),
    );
    return undefined;
  }

  override keepSocketAlive(socket: Duplex) {
    return this.#idle.add(socket) && super.keepSocketAlive(socket);
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    this.#idle.remove(socket);
    super.reuseSocket(socket, request);
  }
}

function hasTunnelSignal(options: ClientRequestArgs): options is ClientRequestArgs & TunnelSignal {
  return 'tunnelSignal' in options && options.tunnelSignal instanceof AbortSignal;
}

function closeIdle({ http, https }: Agents): void {
  for (const agent of [http, https]) {
    for (const sockets of Object.values(agent.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
  }
}

function isUnused({ http, https }: Agents): boolean {
  return [http, https].every((agent) =>
    [agent.sockets, agent.freeSockets, agent.requests].every((all) => Object.keys(all).length === 0),
  );
}
