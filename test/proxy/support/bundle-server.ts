import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../../core/process/ops-server.ts';

export interface BundleRequest {
  readonly ifNoneMatch: string | null;
  readonly prefer: string | null;
  readonly authorization: string | null;
  readonly status: number;
}

/** A bundle server of OPA's kind, over real HTTP: ETag and 304, and answers held back where it is asked to. */
export class BundleServer {
  readonly #server: Server;
  readonly requests: BundleRequest[] = [];
  readonly #held = new Set<() => void>();
  #port = 0;
  #bundle: Uint8Array = new Uint8Array();
  /** Set: every request is answered with this status. */
  failWith: number | null = null;
  token: string | null = null;
  holdsBack = false;

  constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/bundles/hallpass.tar.gz`;
  }

  async start(port = 0): Promise<void> {
    this.#port = await listen(this.#server, port, '127.0.0.1');
  }

  stop(): Promise<void> {
    return closeServer(this.#server);
  }

  offer(bundle: Uint8Array): void {
    this.#bundle = bundle;
    for (const release of this.#held) release();
  }

  get #etag(): string {
    return `"${createHash('sha256').update(this.#bundle).digest('hex').slice(0, 20)}"`;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { authorization = null, prefer } = request.headers;
    const ifNoneMatch = request.headers['if-none-match'] ?? null;
    const answer = (): void => {
      this.#held.delete(answer);
      const isSame = ifNoneMatch === this.#etag;
      const isRefused = this.token !== null && authorization !== `Bearer ${this.token}`;
      const status = this.failWith ?? (isRefused ? 401 : isSame ? 304 : 200);
      this.requests.push({ ifNoneMatch, prefer: typeof prefer === 'string' ? prefer : null, authorization, status });
      const type = this.holdsBack ? 'application/vnd.openpolicyagent.bundles' : 'application/gzip';
      response.writeHead(status, { etag: this.#etag, 'content-type': type });
      response.end(status === 200 ? this.#bundle : undefined);
    };
    const isAsked = typeof prefer === 'string' && prefer.includes('wait=');
    if (this.holdsBack && isAsked && ifNoneMatch === this.#etag) this.#held.add(answer);
    else answer();
  }
}
