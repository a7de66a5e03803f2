import { createServer, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { closeServer, listen } from '../../../core/process/ops-server.ts';

export interface LogEvent {
  readonly decision_id: string;
  readonly labels: Record<string, string>;
  readonly bundles?: Record<string, { revision: string }>;
  readonly path: string;
  readonly input?: { subject: Record<string, unknown>; context: Record<string, unknown> } & Record<string, unknown>;
  readonly result?: { allow?: boolean; reason?: string } & Record<string, unknown>;
  readonly error?: unknown;
  readonly timestamp: string;
  readonly metrics: Record<string, number>;
  readonly custom: { hallpass: Record<string, unknown> };
  readonly erased?: string[];
  readonly masked?: string[];
}

/** Takes decision logs and status as OPA posts them, over real HTTP. */
export class OpaReceiver {
  readonly #server: Server;
  #port = 0;
  /** Compressed sizes of what arrived at /logs, and whether it was taken. */
  readonly uploads: { readonly bytes: number; readonly taken: boolean; readonly headers: Record<string, unknown> }[] =
    [];
  readonly events: LogEvent[] = [];
  readonly reports: Record<string, unknown>[] = [];
  failWith: number | null = null;
  /** Set: requests are read and never answered. */
  isSilent = false;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      if (this.isSilent) return;
      const taken = this.failWith === null;
      if (request.url === '/logs') {
        this.uploads.push({ bytes: body.byteLength, taken, headers: request.headers });
        if (taken) this.events.push(...(JSON.parse(gunzipSync(body).toString()) as LogEvent[]));
      } else if (taken) this.reports.push(JSON.parse(body.toString()) as Record<string, unknown>);
      response.writeHead(this.failWith ?? 200).end('{}');
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#port = await listen(this.#server, 0, '127.0.0.1');
  }

  stop(): Promise<void> {
    return closeServer(this.#server);
  }
}
