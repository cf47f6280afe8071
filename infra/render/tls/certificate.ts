import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import type { SigningKey } from './keys.ts';

/** X.509 certificates (RFC 5280), as a function of what is in them. */

export interface CertificateRequest {
  /** Common name. */
  readonly subject: string;
  readonly key: SigningKey;
  readonly issuer: { readonly subject: string; readonly key: SigningKey };
  /** Milliseconds since the epoch; seconds are what a certificate holds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** DNS names and IP addresses of a server; undefined: an authority. */
  readonly names?: readonly string[] | undefined;
}

const commonName = '2.5.4.3';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/** @returns PEM */
export function createCertificate(request: CertificateRequest): string {
  const { subject, key, issuer, notBeforeMs, notAfterMs } = request;
  const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
  const content = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumberOf(request),
    signature: algorithm,
    issuer: nameOf(issuer.subject),
    validity: new Validity({
      notBefore: wholeSecond(notBeforeMs),
      notAfter: wholeSecond(notAfterMs),
    }),
    subject: nameOf(subject),
    subjectPublicKeyInfo: AsnConvert.parse(key.publicDer, SubjectPublicKeyInfo),
    extensions: new Extensions(extensionsOf(request)),
  });
  const signature = issuer.key.sign(new Uint8Array(AsnConvert.serialize(content)));
  const certificate = new Certificate({
    tbsCertificate: content,
    signatureAlgorithm: algorithm,
    signatureValue: bufferOf(signature),
  });
  return pemOf(Buffer.from(AsnConvert.serialize(certificate)));
}

function extensionsOf({ key, issuer, names }: CertificateRequest): Extension[] {
  const identifiers = [
    extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(bufferOf(keyIdentifierOf(key)))),
    extension(
      id_ce_authorityKeyIdentifier,
      false,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(bufferOf(keyIdentifierOf(issuer.key))) }),
    ),
  ];
  if (names === undefined) {
    return [
      // It signs servers, and no further authorities.
      extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
      extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)),
      ...identifiers,
    ];
  }
  return [
    extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
    extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
    extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(
      id_ce_subjectAltName,
      false,
      new SubjectAlternativeName(
        names.map((name) => new GeneralName(isIP(name) === 0 ? { dNSName: name } : { iPAddress: name })),
      ),
    ),
    ...identifiers,
  ];
}

function extension(id: string, critical: boolean, value: object): Extension {
  return new Extension({
    extnID: id,
    critical,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

/** Of what the certificate says, so that two that differ have two numbers: positive, and 16 bytes long. */
function serialNumberOf({
  subject,
  key,
  issuer,
  notBeforeMs,
  notAfterMs,
  names,
}: CertificateRequest): ArrayBuffer {
  const content = [
    subject,
    issuer.subject,
    notBeforeMs,
    notAfterMs,
    names ?? null,
    key.publicDer.toString('hex'),
  ];
  const digest = createHash('sha256').update(JSON.stringify(content)).digest().subarray(0, 16);
  return bufferOf(Uint8Array.from(digest, (byte, index) => (index === 0 ? (byte & 0x3f) | 0x40 : byte)));
}

function keyIdentifierOf({ publicDer }: SigningKey): Uint8Array {
  return createHash('sha256').update(publicDer).digest().subarray(0, 20);
}

function nameOf(text: string): Name {
  return new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: commonName, value: new AttributeValue({ utf8String: text }) }),
    ]),
  ]);
}

function wholeSecond(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1000) * 1000);
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
