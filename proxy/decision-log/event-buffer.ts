/** Events as JSON, waiting for their upload: bounded by number and size. The oldest make room for new ones. */
export class EventBuffer {
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  readonly #onDropped: (events: number) => void;
  #events: string[] = [];
  #bytes = 0;

  constructor(maxEvents: number, maxBytes: number, onDropped: (events: number) => void) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
    this.#onDropped = onDropped;
  }

  get events(): number {
    return this.#events.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(event: string): void {
    this.#events.push(event);
    this.#bytes += Buffer.byteLength(event);
    this.#makeRoom();
  }

  /** The oldest ones that take no more than `bytes` together, but one at least, if there is one. */
  take(bytes: number): string[] {
    let taken = 0;
    let end = 0;
    for (const event of this.#events) {
      const size = Buffer.byteLength(event);
      if (end > 0 && taken + size > bytes) break;
      taken += size;
      end += 1;
    }
    this.#bytes -= taken;
    return this.#events.splice(0, end);
  }

  /** Takes back what could not be uploaded, in front of the others. */
  putBack(events: readonly string[]): void {
    this.#events = [...events, ...this.#events];
    for (const event of events) this.#bytes += Buffer.byteLength(event);
    this.#makeRoom();
  }

  #makeRoom(): void {
    let end = 0;
    while (this.#events.length - end > this.#maxEvents || this.#bytes > this.#maxBytes) {
      this.#bytes -= Buffer.byteLength(this.#events[end]!);
      end += 1;
    }
    if (end === 0) return;
    this.#events.splice(0, end);
    this.#onDropped(end);
  }
}
