import type { Socket } from 'node:net';
import { closeFrame, FrameBoundary } from './frame-boundary.ts';

/** RFC 6455 7.4.1: the peer broke a policy of ours. */
const POLICY_VIOLATION = 1008;
/** How long a client may take to read the close frame. */
const CLOSE_FRAME_MS = 1_000;

/** An upgraded connection being opened or open, with both of its sockets, so that both can be ended at once. */
export class UpgradedConnection {
  readonly #client: Socket;
  #upstream: Socket | null = null;
  /** null: bytes of which nothing is known, so nothing can be put in between. */
  readonly #frames: FrameBoundary | null;
  #isCut = false;

  constructor(client: Socket, isWebSocket: boolean) {
    this.#client = client;
    this.#frames = isWebSocket ? new FrameBoundary() : null;
  }

  /** The upstream has answered 101 and the sockets are joined. */
  join(upstream: Socket): void {
    this.#upstream = upstream;
    const frames = this.#frames;
    if (frames !== null) upstream.on('data', (chunk: Buffer) => frames.push(chunk));
    upstream.once('close', () => {
      if (!this.#isCut) this.#client.destroySoon();
    });
    this.#client.once('close', () => upstream.destroy());
    if (this.#isCut || this.#client.destroyed) upstream.destroy();
  }

  /**
   * Ends both sides. The client is told why with a close frame where that tears no frame of the upstream's; a client that
   * does not read gets none. Nothing of the upstream's reaches it any more either way.
   */
  cut(reason: string): void {
    this.#isCut = true;
    const client = this.#client;
    const upstream = this.#upstream;
    if (upstream === null) {
      client.destroy();
      return;
    }
    upstream.unpipe(client);
    client.unpipe(upstream);
    upstream.destroy();
    if (this.#frames?.isAtBoundary !== true || client.writableLength > 0 || !client.writable) {
      client.destroy();
      return;
    }
    client.end(closeFrame(POLICY_VIOLATION, reason));
    client.resume();
    const timer = setTimeout(() => client.destroy(), CLOSE_FRAME_MS);
    timer.unref();
    client.once('close', () => clearTimeout(timer));
  }
}
