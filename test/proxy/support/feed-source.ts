import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Fact } from '../../../core/feed/fact.ts';
import { FeedEncoder } from '../../../core/feed/feed-encoder.ts';
import { FEED_PROTOCOL, type FeedMessage } from '../../../core/feed/feed-message.ts';
import { FEED_TIME_HEADER } from '../../../core/feed/feed-time-header.ts';
import { Facts } from '../../../core/feed/facts.ts';
import { closeServer, listen } from '../../../core/process/ops-server.ts';

export const FEED_TOKEN = 'feed-token-of-the-tests';

export interface StreamRequest {
  readonly resources: string;
  readonly epoch: string | null;
  readonly revision: number | null;
  readonly mark: string | null;
}

/** The feed of a control plane, spoken over real HTTP, with facts kept in memory. */
export class FeedSource {
  readonly #server: Server;
  readonly #facts = new Facts();
  readonly #streams = new Map<ServerResponse, FeedEncoder>();
  readonly heartbeatMs: number;
  #port = 0;
  #heart: NodeJS.Timeout | null = null;
  epoch = 'epoch-1';
  revision = 0;
  /** Another one makes another history of the same epoch, as a restored backup does. */
  lineage = 'first';
  /** What sidecars have sent: registrations, stream requests and applied revisions. */
  readonly registrations: Record<string, unknown>[] = [];
  readonly requests: StreamRequest[] = [];
  readonly applied: number[] = [];
  readonly firstUses: Record<string, unknown>[] = [];
  /** Reports of first uses are refused. */
  refusesFirstUses = false;
  refusedFirstUses = 0;
  /** What the control plane shows to everybody, by path. */
  readonly documents = new Map<string, object>();
  /** Set: every call is refused with this status. */
  refuseWith: number | null = null;
  /** Not set: streams are accepted and then nothing is ever said on them. */
  isTalking = true;
  /** Milliseconds since the epoch; what it says of the time. */
  clock: () => number = () => Date.now();

  constructor(facts: readonly Fact[], heartbeatMs = 50) {
    for (const fact of facts) this.#facts.apply(fact);
    this.heartbeatMs = heartbeatMs;
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  async start(port = 0): Promise<void> {
    this.#port = await listen(this.#server, port, '127.0.0.1');
    this.#heart = setInterval(() => this.beat(), this.heartbeatMs);
  }

  async stop(): Promise<void> {
    if (this.#heart !== null) clearInterval(this.#heart);
    await closeServer(this.#server);
  }

  /** Names the change that made the revision. */
  markOf(revision: number): string {
    return `${this.lineage}-${revision}`;
  }

  beat(): void {
    if (!this.isTalking) return;
    const { revision } = this;
    const now = this.clock();
    this.say({ type: 'heartbeat', revision, mark: this.markOf(revision), as_of: now, server_time: now });
  }

  /** Commits a change and sends it. */
  change(...facts: Fact[]): void {
    for (const fact of facts) this.#facts.apply(fact);
    const after = this.markOf(this.revision);
    this.revision += 1;
    this.say({ type: 'change', revision: this.revision, after, mark: this.markOf(this.revision), facts });
  }

  /** Sends whatever is given to every open stream. */
  say(message: FeedMessage): void {
    for (const [stream, encoder] of this.#streams) stream.write(encoder.encode(message));
  }

  sayRaw(text: string): void {
    for (const stream of this.#streams.keys()) stream.write(text);
  }

  /** Breaks every open stream, as a network would. */
  breakStreams(): void {
    for (const stream of this.#streams.keys()) stream.destroy();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://feed');
    response.setHeader(FEED_TIME_HEADER, this.clock());
    const shown = this.documents.get(url.pathname);
    if (shown !== undefined && this.refuseWith === null) {
      response.end(JSON.stringify(shown));
      return;
    }
    if (this.refuseWith !== null || request.headers.authorization !== `Bearer ${FEED_TOKEN}`) {
      response.writeHead(this.refuseWith ?? 401).end();
      return;
    }
    if (url.pathname === '/feed/v1/stream') {
      this.#stream(url.searchParams, response);
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const json = JSON.parse(body) as Record<string, unknown>;
      if (url.pathname.endsWith('/first-uses')) {
        if (this.refusesFirstUses) this.refusedFirstUses += 1;
        else this.firstUses.push(...(json.first_uses as Record<string, unknown>[]));
        response.writeHead(this.refusesFirstUses ? 503 : 204).end();
        return;
      }
      if (request.method === 'PUT') this.registrations.push(json);
      else this.applied.push(json.revision as number);
      response.writeHead(204).end();
    });
  }

  #stream(query: URLSearchParams, response: ServerResponse): void {
    const revision = query.get('revision');
    const asked = {
      resources: query.get('resources') ?? '',
      epoch: query.get('epoch'),
      revision: revision === null ? null : Number(revision),
      mark: query.get('mark'),
    };
    this.requests.push(asked);
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    const encoder = new FeedEncoder();
    this.#streams.set(response, encoder);
    response.on('close', () => this.#streams.delete(response));
    if (!this.isTalking) return;
    const mark = this.markOf(this.revision);
    const isTail = asked.epoch === this.epoch && asked.revision === this.revision && asked.mark === mark;
    const { epoch } = this;
    const write = (message: FeedMessage) => response.write(encoder.encode(message));
    write({
      type: 'hello',
      protocol: FEED_PROTOCOL,
      epoch,
      mode: isTail ? 'tail' : 'snapshot',
      revision: this.revision,
      server_time: this.clock(),
      heartbeat_interval_ms: this.heartbeatMs,
    });
    if (isTail) return;
    const facts = [...this.#facts.all()];
    write({ type: 'snapshot-begin', epoch, revision: this.revision, mark, as_of: this.clock() });
    for (const fact of facts) write({ type: 'fact', fact });
    write({ type: 'snapshot-end', epoch, revision: this.revision, facts: facts.length });
  }
}
