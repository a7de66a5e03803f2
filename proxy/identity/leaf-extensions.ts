import { DerError, derItems, readDer, type DerValue } from './der.ts';

/** What Node does not tell of a certificate, or only as text to be taken apart again (RFC 5280 section 4.2.1). */
export interface LeafExtensions {
  /** Every uniformResourceIdentifier of the subject's alternative names, byte for byte. */
  readonly uris: readonly string[];
  readonly isCa: boolean;
  /** null: it has no such extension. */
  readonly keyUsage: KeyUsage | null;
}

export interface KeyUsage {
  readonly digitalSignature: boolean;
  readonly keyCertSign: boolean;
  readonly cRLSign: boolean;
}

const SEQUENCE = 0x30;
const BOOLEAN = 0x01;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
/** `[3] EXPLICIT Extensions` of a TBSCertificate. */
const EXTENSIONS = 0xa3;
/** `[6] IMPLICIT IA5String` of a GeneralName. */
const URI = 0x86;

/** id-ce, 2.5.29. */
const SUBJECT_ALT_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';

/**
 * @param certificate DER of a certificate whose signature was verified
 * @throws DerError for what is no certificate, or has an extension twice
 */
export function readLeafExtensions(certificate: Buffer): LeafExtensions {
  const extensions = extensionsOf(certificate);
  const altName = extensions.get(SUBJECT_ALT_NAME);
  const constraints = extensions.get(BASIC_CONSTRAINTS);
  const usage = extensions.get(KEY_USAGE);
  return {
    uris: altName === undefined ? [] : urisOf(altName),
    isCa: constraints !== undefined && isCa(constraints),
    keyUsage: usage === undefined ? null : readKeyUsage(usage),
  };
}

function extensionsOf(certificate: Buffer): Map<string, Buffer> {
  const [body] = derItems(expect(readDer(certificate), SEQUENCE));
  const wrapped = derItems(expect(body, SEQUENCE)).find(({ tag }) => tag === EXTENSIONS);
  const found = new Map<string, Buffer>();
  if (wrapped === undefined) return found;
  for (const extension of derItems(expect(readDer(wrapped.content), SEQUENCE))) {
    const parts = derItems(expect(extension, SEQUENCE));
    const name = expect(parts[0], OBJECT_IDENTIFIER).toString('hex');
    if (found.has(name)) throw new DerError('an extension twice');
    found.set(name, expect(parts.at(-1), OCTET_STRING));
  }
  return found;
}

function urisOf(altName: Buffer): string[] {
  return derItems(expect(readDer(altName), SEQUENCE))
    .filter(({ tag }) => tag === URI)
    .map(({ content }) => content.toString('latin1'));
}

function isCa(constraints: Buffer): boolean {
  const [first] = derItems(expect(readDer(constraints), SEQUENCE));
  return first !== undefined && first.tag === BOOLEAN && first.content.some((byte) => byte !== 0);
}

/** Bits are counted from the highest of the first byte, which follows the number of unused ones. */
function readKeyUsage(usage: Buffer): KeyUsage {
  const bits = expect(readDer(usage), BIT_STRING)[1] ?? 0;
  return {
    digitalSignature: (bits & 0x80) !== 0,
    keyCertSign: (bits & 0x04) !== 0,
    cRLSign: (bits & 0x02) !== 0,
  };
}

function expect(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new DerError('no certificate');
  return value.content;
}
