import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import { checkServerIdentity } from 'node:tls';
import type { EngineSettings } from '../../../infra/settings/engine.ts';
import { codeOf, Failure, messageOf } from '../terminal/failure.ts';

/** TLS to an engine: the client's certificates, and what is wrong with them. No message holds anything of the key. */

interface Materials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** How the parts are called in messages, by where they come from. */
type Names = Readonly<Record<keyof Materials, string>>;

/**
 * Options of a connection; undefined where the engine is configured without TLS.
 * @param host the engine's name or address, without brackets
 * @param now milliseconds since the epoch
 * @throws Failure for certificates that can't be read, don't belong together or have expired
 */
export function tlsOptionsOf(
  engine: EngineSettings,
  host: string,
  now: number,
): ConnectionOptions | undefined {
  const given = materialsOf(engine);
  if (given === undefined) return undefined;
  const { materials, names } = given;
  checkMaterials(materials, names, now);
  return {
    ...materials,
    minVersion: 'TLSv1.2',
    // Left out, both would be about the header "host"; an address is no name to ask for.
    servername: isIP(host) === 0 ? host : '',
    checkServerIdentity: (_servername, certificate) => identityProblem(host, certificate),
  };
}

function materialsOf({
  certPath,
  caMaterial: ca,
  certMaterial: cert,
  keyMaterial: key,
}: EngineSettings): { readonly materials: Materials; readonly names: Names } | undefined {
  if (ca !== undefined && cert !== undefined && key !== undefined) {
    const names = { ca: 'docker:caMaterial', cert: 'docker:certMaterial', key: 'docker:keyMaterial' };
    return { materials: { ca, cert, key }, names };
  }
  if (certPath === undefined) return undefined;
  const names = {
    ca: join(certPath, 'ca.pem'),
    cert: join(certPath, 'cert.pem'),
    key: join(certPath, 'key.pem'),
  };
  return {
    materials: { ca: textOf(names.ca), cert: textOf(names.cert), key: textOf(names.key) },
    names,
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`cannot read ${file}: ${codeOf(error) ?? messageOf(error)}`, [
      'docker:certPath (or DOCKER_CERT_PATH) is a folder with ca.pem, cert.pem and key.pem',
    ]);
  }
}

function checkMaterials({ ca, cert, key }: Materials, names: Names, now: number): void {
  const authority = certificateOf(ca, names.ca);
  const certificate = certificateOf(cert, names.cert);
  let isPair: boolean;
  try {
    isPair = certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    // What the library says could be about the text itself.
    throw new Failure(
      /ENCRYPTED/.test(key)
        ? `${names.key}: the key is protected by a passphrase, which nobody can be asked for`
        : `${names.key}: expected a private key in PEM`,
      ['keys in clear, readable by you only, are what Docker takes'],
    );
  }
  if (!isPair) throw new Failure(`${names.key} is not the key of ${names.cert}`);
  checkPeriod(authority, names.ca, now);
  checkPeriod(certificate, names.cert, now);
}

function certificateOf(text: string, name: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new Failure(`${name}: expected a certificate in PEM`);
  }
}

function checkPeriod({ validFrom, validTo }: X509Certificate, name: string, now: number): void {
  if (now > Date.parse(validTo)) {
    throw new Failure(`the certificate in ${name} expired on ${validTo}`, ['have a new one issued']);
  }
  if (now < Date.parse(validFrom)) {
    throw new Failure(`the certificate in ${name} is valid from ${validFrom} only`, [
      "check this machine's clock",
    ]);
  }
}

/** The provider's plugin takes no name from the subject, as Node would. */
function identityProblem(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname !== undefined) return checkServerIdentity(host, certificate);
  return Object.assign(new Error(`the certificate has no subjectAltName, and names ${host} nowhere else`), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
}

interface Explanation {
  readonly pattern: RegExp;
  readonly message: string;
  readonly hint: string;
}

/** By the code of the error and its message. */
const explanations: readonly Explanation[] = [
  {
    pattern: /ERR_TLS_CERT_ALTNAME_INVALID/,
    message: "the engine's certificate is for another name",
    hint: 'use a name or address in docker:host that the certificate has, or have one issued with it (subjectAltName, IP: for addresses)',
  },
  {
    pattern: /CERT_HAS_EXPIRED/,
    message: "the engine's certificate has expired",
    hint: 'have a new one issued on the host',
  },
  {
    pattern: /CERT_NOT_YET_VALID/,
    message: "the engine's certificate is not valid yet",
    hint: 'compare the clocks of this machine and of the host',
  },
  {
    pattern:
      /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA/,
    message: "the engine's certificate is not from the authority in ca.pem (docker:caMaterial)",
    hint: "take the ca.pem that the host's certificate was issued with",
  },
  {
    // What the engine answers to our certificate, as an alert.
    pattern: /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/,
    message: 'the engine wants a client certificate',
    hint: 'set docker:certPath, or docker:caMaterial, certMaterial and keyMaterial',
  },
  {
    pattern:
      /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(EXPIRED|UNKNOWN|REVOKED)|UNSUPPORTED_CERTIFICATE)|ALERT_ACCESS_DENIED/,
    message: 'the engine refuses our client certificate',
    hint: 'it has to be issued by the authority that dockerd was given (--tlscacert), for client authentication, and be valid by the clock of the host',
  },
  {
    pattern: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|EPROTO/,
    message: 'the engine speaks no TLS on that port',
    hint: 'the port with TLS is 2376 by custom; without certificates, leave docker:certPath and DOCKER_CERT_PATH out',
  },
];

/** What an error of a TLS connection means; undefined for other errors. */
export function tlsFailureOf(host: string, error: Error): Failure | undefined {
  const said = `${codeOf(error) ?? ''} ${error.message}`;
  const found = explanations.find(({ pattern }) => pattern.test(said));
  return found === undefined
    ? undefined
    : new Failure(
        `cannot reach the Docker engine at ${host}: ${found.message} (${detailOf(error.message)})`,
        [found.hint],
      );
}

/** Without OpenSSL's numbers and file names, and without Node's advice to run it in another way. */
function detailOf(message: string): string {
  const reason = /SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
  return reason.split(';')[0]?.trim() ?? '';
}

/** What a server with TLS answers to a request without. */
export function wantsTls(status: number, body: Buffer): boolean {
  return status === 400 && /HTTP request to an HTTPS server/.test(body.toString('latin1'));
}

export function missingTls(host: string): Failure {
  return new Failure(`the Docker engine at ${host} wants TLS, and no certificates are configured`, [
    'set docker:certPath to a folder with ca.pem, cert.pem and key.pem (or DOCKER_CERT_PATH)',
    'or docker:caMaterial, docker:certMaterial and docker:keyMaterial, the latter with --secret',
  ]);
}
