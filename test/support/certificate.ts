import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { realClockEnvironment } from './real-clock.ts';

/** Why no certificates can be made on this machine, or undefined where they can. */
export function opensslMissing(): string | undefined {
  return spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl is not installed';
}

const validDays = '3650';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

export interface CertificateOptions {
  readonly expired?: boolean;
  /** Of the server, as `subjectAltName` has them. */
  readonly names?: string;
  /** An RSA key of so many bits for the server; an elliptic curve unless given. */
  readonly rsaBits?: number;
  readonly digest?: string;
  /** More extensions of the server's certificate, in lines of an OpenSSL configuration. */
  readonly extensions?: string;
  /** More extensions of the authority's. */
  readonly authorityExtensions?: readonly string[];
}

/** A throw-away authority and a certificate signed by it, for `localhost` and 127.0.0.1 unless other names are given. */
export function makeCertificate(
  directory: string,
  {
    expired = false,
    names = 'DNS:localhost,IP:127.0.0.1',
    rsaBits,
    digest = 'sha256',
    extensions = '',
    authorityExtensions = [],
  }: CertificateOptions = {},
): Certificate {
  const file = (name: string) => path.join(directory, name);
  // Valid by the machine's clock, which Prometheus keeps, and by that of another day (`scripts/test --date`).
  const openssl = (...parameters: string[]) =>
    execFileSync('openssl', parameters, { stdio: 'pipe', env: realClockEnvironment() });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const serverKey = rsaBits === undefined ? key : ['-newkey', `rsa:${rsaBits}`, '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    ...authorityExtensions.flatMap((extension) => ['-addext', extension]),
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
    '-days',
    validDays,
    '-subj',
    '/CN=test authority',
  );
  openssl(
    'req',
    ...serverKey,
    '-keyout',
    file('server.key'),
    '-out',
    file('server.csr'),
    '-subj',
    '/CN=localhost',
  );
  writeFileSync(file('names'), `subjectAltName=${names}\n${extensions}\n`);
  if (!expired) {
    openssl(
      'x509',
      '-req',
      '-in',
      file('server.csr'),
      '-CA',
      file('ca.pem'),
      '-CAkey',
      file('ca.key'),
      '-CAcreateserial',
      '-out',
      file('server.pem'),
      '-extfile',
      file('names'),
      '-days',
      validDays,
      `-${digest}`,
    );
  } else {
    writeFileSync(file('index'), '');
    writeFileSync(file('serial'), '01\n');
    writeFileSync(
      file('ca.conf'),
      `[ca]\ndefault_ca=test\n[test]\ndatabase=${file('index')}\nserial=${file('serial')}\nnew_certs_dir=${directory}\npolicy=any\ndefault_md=sha256\n[any]\ncommonName=supplied\n`,
    );
    openssl(
      'ca',
      '-batch',
      '-config',
      file('ca.conf'),
      '-in',
      file('server.csr'),
      '-cert',
      file('ca.pem'),
      '-keyfile',
      file('ca.key'),
      '-out',
      file('server.pem'),
      '-startdate',
      '20200101000000Z',
      '-enddate',
      '20200102000000Z',
      '-extfile',
      file('names'),
      '-notext',
    );
  }
  return { certFile: file('server.pem'), keyFile: file('server.key'), caFile: file('ca.pem') };
}
