/** One value of DER (ITU-T X.690, 10.1: definite lengths, in the fewest bytes). */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  /** Where the next value begins. */
  readonly next: number;
}

export class DerError extends Error {
  override readonly name = 'DerError';
}

/** @throws DerError for anything but one whole value at `at` */
export function readDer(bytes: Buffer, at = 0): DerValue {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new DerError('a value is cut off');
  // Tags of more than one byte stand in no certificate.
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of more than one byte');
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const size = first & 0x7f;
    if (size === 0 || size > 4) throw new DerError('a length that is not definite, or giant');
    if (start + size > bytes.byteLength) throw new DerError('a length is cut off');
    length = bytes.readUIntBE(start, size);
    if (length < 0x80 || length < 2 ** (8 * (size - 1))) throw new DerError('a length in more bytes than it needs');
    start += size;
  }
  const next = start + length;
  if (next > bytes.byteLength) throw new DerError('a value is cut off');
  return { tag, content: bytes.subarray(start, next), next };
}

/** The values that stand in a constructed one. @throws DerError */
export function derItems(content: Buffer): DerValue[] {
  const items: DerValue[] = [];
  let at = 0;
  while (at < content.byteLength) {
    const item = readDer(content, at);
    items.push(item);
    at = item.next;
  }
  return items;
}
