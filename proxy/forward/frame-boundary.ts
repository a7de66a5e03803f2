/**
 * Follows WebSocket frames (RFC 6455 5.2) in the bytes from an upstream, only to know whether a frame of ours could be
 * put in between without tearing one of theirs. Keeps no payload.
 */
export class FrameBoundary {
  readonly #header = new Uint8Array(14);
  #headerLength = 0;
  #payloadLeft = 0;

  get isAtBoundary(): boolean {
    return this.#payloadLeft === 0 && this.#headerLength === 0;
  }

  push(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.byteLength) {
      if (this.#payloadLeft > 0) {
        const skipped = Math.min(this.#payloadLeft, chunk.byteLength - offset);
        this.#payloadLeft -= skipped;
        offset += skipped;
        continue;
      }
      this.#header[this.#headerLength] = chunk[offset] as number;
      this.#headerLength += 1;
      offset += 1;
      this.#finishHeader();
    }
  }

  #finishHeader(): void {
    if (this.#headerLength < 2) return;
    const second = this.#header[1] as number;
    const shortLength = second & 0x7f;
    const extended = shortLength === 126 ? 2 : shortLength === 127 ? 8 : 0;
    const needed = 2 + extended + ((second & 0x80) === 0 ? 0 : 4);
    if (this.#headerLength < needed) return;
    const view = new DataView(this.#header.buffer);
    if (extended === 2) this.#payloadLeft = view.getUint16(2);
    else if (extended === 8) this.#payloadLeft = Number(view.getBigUint64(2));
    else this.#payloadLeft = shortLength;
    this.#headerLength = 0;
  }
}

/** An unmasked close frame with a status code (RFC 6455 5.5.1, 7.4.1); a server sends them so. */
export function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason).subarray(0, 123);
  const frame = Buffer.alloc(4 + text.byteLength);
  frame[0] = 0x88;
  frame[1] = 2 + text.byteLength;
  frame.writeUInt16BE(code, 2);
  text.copy(frame, 4);
  return frame;
}
