import { isIP } from 'node:net';
import { buildConnector, Client } from 'undici';
import { dropInterimAnswers } from './drop-interim-answers.ts';
import type { Exchange } from './exchange.ts';
import type { UploadBody } from './upload-body.ts';
import { UpstreamLine } from './upstream-line.ts';

export interface UpstreamLinesOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  /** From the last byte of the request to the headers of the answer. */
  readonly timeoutMs: number;
  readonly headerBytes: number;
  readonly idleLines: number;
}

/**
 * Connections to one upstream, each with one request at a time: no pipelining, and nothing is ever sent twice. As many
 * as are needed at once; the one used last is used next, so that the others can time out.
 *
 * undici's own Pool looks for a free connection among all, which many open event streams would make slow.
 */
export class UpstreamLines {
  readonly #options: UpstreamLinesOptions;
  readonly #clientOptions: Client.Options;
  readonly #idle: UpstreamLine[] = [];
  readonly #all = new Set<UpstreamLine>();

  constructor(options: UpstreamLinesOptions) {
    this.#options = options;
    this.#clientOptions = {
      headersTimeout: options.timeoutMs,
      // Silence is ended by the client's side, which hears of both directions.
      bodyTimeout: 0,
      maxHeaderSize: options.headerBytes,
    };
  }

  send(exchange: Exchange, body: UploadBody | null): void {
    const line = this.#idle.pop() ?? this.#open();
    line.send(exchange, body);
  }

  close(): void {
    for (const line of this.#all) line.close();
    this.#all.clear();
    this.#idle.length = 0;
  }

  #open(): UpstreamLine {
    const { origin, connectTimeoutMs } = this.#options;
    const { hostname } = new URL(origin);
    // What the certificate must be for: never the Host header, which may be the client's.
    const servername = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : '';
    const connector = buildConnector({ timeout: connectTimeoutMs, allowH2: false } as buildConnector.BuildOptions);
    const connect: buildConnector.connector = (options, callback) => {
      connector({ ...options, servername }, (...[error, socket]) => {
        if (error !== null || socket === undefined) {
          callback(error ?? new Error('no socket'), null);
          return;
        }
        dropInterimAnswers(socket, () => line.awaitsHead);
        callback(null, socket);
      });
    };
    const line = new UpstreamLine(new Client(origin, { ...this.#clientOptions, connect }), hostname, (free) =>
      this.#takeBack(free),
    );
    this.#all.add(line);
    return line;
  }

  #takeBack(line: UpstreamLine): void {
    if (this.#idle.length < this.#options.idleLines) {
      this.#idle.push(line);
      return;
    }
    this.#all.delete(line);
    line.close();
  }
}
