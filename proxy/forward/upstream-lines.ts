import { isIP } from 'node:net';
import { buildConnector, Client } from 'undici';
import { dropInterimAnswers } from './drop-interim-answers.ts';
import type { Exchange } from './exchange.ts';
import { StillnessWatch, type StillnessLimits } from './stillness-watch.ts';
import type { UploadBody } from './upload-body.ts';
import { UpstreamLine } from './upstream-line.ts';

export interface UpstreamLinesOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly stillness: StillnessLimits;
  readonly headerBytes: number;
  readonly idleLines: number;
}

/**
 * Connections to one upstream, each with one request at a time: no pipelining, and nothing is sent twice but what is safe
 * to ask twice (see `UpstreamLine.redial`). As many as are needed at once; the one used last is used next, so that the others can time out.
 *
 * undici's own Pool looks for a free connection among all, which many open event streams would make slow.
 */
export class UpstreamLines {
  readonly #options: UpstreamLinesOptions;
  readonly #clientOptions: Client.Options;
  readonly #idle: UpstreamLine[] = [];
  readonly #all = new Set<UpstreamLine>();
  readonly #watch: StillnessWatch;

  constructor(options: UpstreamLinesOptions) {
    this.#options = options;
    this.#clientOptions = {
      // Both kept by the watch: here they would be several timers a request.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: options.headerBytes,
    };
    this.#watch = new StillnessWatch(options.stillness, () => this.#underWay());
  }

  send(exchange: Exchange, body: UploadBody | null): void {
    const line = this.#idle.pop() ?? this.#open();
    line.send(exchange, body);
  }

  close(): void {
    this.#watch.stop();
    for (const line of this.#all) line.close();
    this.#all.clear();
    this.#idle.length = 0;
  }

  *#underWay(): Generator<Exchange> {
    for (const { exchange } of this.#all) if (exchange !== null) yield exchange;
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
        line.socket = socket;
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
