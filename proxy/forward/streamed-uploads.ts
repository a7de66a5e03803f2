import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Exchange } from './exchange.ts';
import { StillnessWatch, type StillnessLimits } from './stillness-watch.ts';
import { StreamedUpload, type StreamedUploadOptions } from './streamed-upload.ts';
import { upstreamAddress } from './upstream-address.ts';

export interface StreamedUploadsOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly stillness: StillnessLimits;
  readonly headerBytes: number;
  readonly idleSockets: number;
  readonly maxDroppedBytes: number;
}

/**
 * Uploads to one upstream that undici can't carry: it sends the headers of a request with the first piece of its body, and
 * knows no trailers. Node's own client does both.
 */
export class StreamedUploads {
  readonly #agent: HttpAgent;
  readonly #options: StreamedUploadOptions;
  readonly #underWay = new Set<StreamedUpload>();
  readonly #watch: StillnessWatch;

  constructor(options: StreamedUploadsOptions) {
    const address = upstreamAddress(options.origin, options.headerBytes);
    const settings = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: options.idleSockets };
    this.#agent = address.protocol === 'https:' ? new HttpsAgent(settings) : new HttpAgent(settings);
    this.#options = {
      request: { ...address, agent: this.#agent },
      connectTimeoutMs: options.connectTimeoutMs,
      maxDroppedBytes: options.maxDroppedBytes,
      onOver: (upload) => this.#underWay.delete(upload),
    };
    this.#watch = new StillnessWatch(options.stillness, () => Array.from(this.#underWay, ({ exchange }) => exchange));
  }

  send(exchange: Exchange): void {
    let upload: StreamedUpload;
    try {
      upload = new StreamedUpload(exchange, this.#options);
    } catch (error) {
      // What Node will not write into a request.
      exchange.onResponseError(null, error instanceof Error ? error : new Error('not to be sent'));
      return;
    }
    if (!upload.isOver) this.#underWay.add(upload);
  }

  close(): void {
    this.#watch.stop();
    this.#agent.destroy();
  }
}
