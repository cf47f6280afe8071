import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Logger } from '../../log.ts';
import type { ListenAddress } from '../listen.ts';
import { listen } from '../listen.ts';
import { requiresAuthentication } from './exposure.ts';
import { checkClientCertificates, gate } from './gate.ts';
import type { WebConfig } from './load.ts';
import { loadWebConfig } from './load.ts';

/** Servers that obey one web configuration, which can change while they run. */
export class GuardedServers {
  readonly #logger: Pick<Logger, 'info' | 'error'>;
  readonly #file: string | undefined;
  readonly #servers: SecureServer[] = [];
  readonly #onCertificate: (expiresAtMs: number | undefined) => void;
  #config: WebConfig;

  /**
   * `config` has been loaded from `file`; without a file everything is open and nothing changes. `onCertificate` is called
   * with the end of each certificate that is used from then on, in milliseconds since the epoch.
   */
  constructor(
    file: string | undefined,
    config: WebConfig,
    logger: Pick<Logger, 'info' | 'error'>,
    onCertificate: (expiresAtMs: number | undefined) => void = () => undefined,
  ) {
    this.#file = file;
    this.#config = config;
    this.#logger = logger;
    this.#onCertificate = onCertificate;
    onCertificate(config.tls?.expiresAtMs);
  }

  get scheme(): 'http' | 'https' {
    return this.#config.tls === undefined ? 'http' : 'https';
  }

  /** Whether a client has to prove who it is. */
  get requiresAuthentication(): boolean {
    return requiresAuthentication(this.#config);
  }

  /** The configuration and what it refers to, to be watched. */
  files(): readonly string[] {
    return this.#config.files;
  }

  /** As `listen` of web/listen.ts, behind the gate. `admits` says which requests need no password. */
  async listen(
    handler: RequestListener,
    address: ListenAddress,
    flag: string,
    admits?: (request: IncomingMessage) => boolean,
  ): Promise<Server | SecureServer> {
    const current = () => this.#config;
    const { tls } = this.#config;
    const options = tls && {
      ...tls.secure,
      requestCert: tls.clientAuth !== 'NoClientCert',
      // Decided for each connection, so that a change needs no restart.
      rejectUnauthorized: false,
    };
    const server = await listen(gate(handler, current, admits), address, flag, options);
    if (isSecure(server)) {
      checkClientCertificates(server, current);
      this.#servers.push(server);
    }
    return server;
  }

  /** Loads the file again. One that is not valid, a certificate without its key among them, changes nothing. */
  reload(): void {
    if (this.#file === undefined) return;
    const result = loadWebConfig(this.#file);
    const errors = result.ok ? restartNeeded(this.#config, result.config) : result.errors;
    for (const error of errors) {
      this.#logger.error('web configuration not reloaded, keeping the previous one', { error });
    }
    if (!result.ok || errors.length > 0) return;
    this.#config = result.config;
    const { tls } = result.config;
    if (tls !== undefined) for (const server of this.#servers) server.setSecureContext(tls.secure);
    this.#onCertificate(tls?.expiresAtMs);
    this.#logger.info('web configuration reloaded', {
      users: result.config.users.size,
      tls: tls !== undefined,
    });
  }
}

/** By what it can do: its class is loaded where TLS is used only. */
function isSecure(server: Server | SecureServer): server is SecureServer {
  return 'setSecureContext' in server;
}

/** What cannot change while a port is open. */
function restartNeeded(before: WebConfig, after: WebConfig): readonly string[] {
  if ((before.tls === undefined) !== (after.tls === undefined)) {
    return ['TLS cannot be turned on or off while the port is open: restart'];
  }
  // A file that is being written is empty for a moment, and must not open the port.
  if (requiresAuthentication(before) && !requiresAuthentication(after)) {
    return ['authentication cannot be turned off while the port is open: restart'];
  }
  const asks = ({ tls }: WebConfig): boolean => tls !== undefined && tls.clientAuth !== 'NoClientCert';
  return asks(before) === asks(after)
    ? []
    : ['client certificates cannot be turned on or off while the port is open: restart'];
}
