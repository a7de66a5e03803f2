import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** DER (ITU-T X.690): tag, length, content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));
const boolean = (value: boolean): Buffer => der(0x01, Buffer.from([value ? 0xff : 0]));

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = oid('550403');
const SUBJECT_ALT_NAME = oid('551d11');
const BASIC_CONSTRAINTS = oid('551d13');
const KEY_USAGE = oid('551d0f');
const EXTENDED_KEY_USAGE = oid('551d25');
const SERVER_AUTH = oid('2b06010505070301');
const CLIENT_AUTH = oid('2b06010505070302');

const USAGE_BITS = { digitalSignature: 0x80, keyEncipherment: 0x20, keyCertSign: 0x04, cRLSign: 0x02 } as const;
export type Usage = keyof typeof USAGE_BITS;

export interface Issued {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

export interface CertificateRequest {
  /** Common name. */
  readonly name: string;
  /** null: signs itself. */
  readonly issuer: Issued | null;
  readonly isCa?: boolean;
  readonly uris?: readonly (string | Buffer)[];
  readonly ips?: readonly string[];
  /** null: no such extension. */
  readonly usages?: readonly Usage[] | null;
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** DER of further extensions. */
  readonly extensions?: readonly Buffer[];
}

let serial = 1;

/** A certificate with its own P-256 key (RFC 5280), as a private authority would issue it. */
export function issueCertificate(request: CertificateRequest): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { issuer, isCa = false, uris = [], ips = [], fromMs = Date.now() - 3_600_000 } = request;
  const untilMs = request.untilMs ?? Date.now() + 86_400_000;
  const usages =
    request.usages === undefined
      ? isCa
        ? (['keyCertSign', 'cRLSign'] as const)
        : (['digitalSignature'] as const)
      : request.usages;
  const names = [
    ...uris.map((uri) => der(0x86, typeof uri === 'string' ? Buffer.from(uri) : uri)),
    ...ips.map((ip) => der(0x87, Buffer.from(ip.split('.').map(Number)))),
  ];
  const extensions = [
    sequence(BASIC_CONSTRAINTS, boolean(true), der(0x04, isCa ? sequence(boolean(true)) : sequence())),
    ...(usages === null ? [] : [sequence(KEY_USAGE, boolean(true), der(0x04, usageBits(usages)))]),
    ...(isCa ? [] : [sequence(EXTENDED_KEY_USAGE, der(0x04, sequence(SERVER_AUTH, CLIENT_AUTH)))]),
    ...(names.length === 0 ? [] : [sequence(SUBJECT_ALT_NAME, der(0x04, sequence(...names)))]),
    ...(request.extensions ?? []),
  ];
  serial = (serial % 120) + 1;
  const body = sequence(
    der(0xa0, integer(2)),
    integer(serial),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer?.name ?? request.name),
    sequence(utcTime(fromMs), utcTime(untilMs)),
    distinguishedName(request.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  return {
    certificate: pem(sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    name: request.name,
    privateKey,
  };
}

export const authority = (name: string): Issued => issueCertificate({ name, issuer: null, isCa: true });

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
}

function usageBits(usages: readonly Usage[]): Buffer {
  let bits = 0;
  for (const usage of usages) bits |= USAGE_BITS[usage];
  return der(0x03, Buffer.from([0, bits]));
}

function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replaceAll(/[-:T]|\..*/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2)}Z`));
}

function pem(bytes: Buffer): string {
  const lines = bytes
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
