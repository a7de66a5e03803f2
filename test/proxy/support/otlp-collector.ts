import { createServer, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { closeServer, listen } from '../../../core/process/ops-server.ts';

export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** OTLP: 2 server, 3 client. */
  readonly kind: number;
  /** OTLP: 2 error. */
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly attributes: readonly Attribute[];
}

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** Takes traces by OTLP over HTTP in its JSON encoding (opentelemetry.io, "OTLP Specification", OTLP/HTTP). */
export class OtlpCollector {
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
      this.bodies.push(text);
      this.headers.push(request.headers);
      response.writeHead(this.status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  #port = 0;
  readonly bodies: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  /** What it answers with. */
  status = 200;

  async start(): Promise<void> {
    this.#port = await listen(this.#server, 0, '127.0.0.1');
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1/traces`;
  }

  get spans(): CollectedSpan[] {
    return this.bodies.flatMap((body) => {
      const { resourceSpans } = JSON.parse(body) as OtlpTraces;
      return resourceSpans.flatMap(({ resource, scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans.map((span) => collected(span, read(resource.attributes)))),
      );
    });
  }

  stop(): Promise<void> {
    return closeServer(this.#server);
  }
}

function collected(span: OtlpSpan, resource: Readonly<Record<string, unknown>>): CollectedSpan {
  const { name, traceId, spanId, parentSpanId, kind, status, attributes } = span;
  return {
    name,
    traceId,
    spanId,
    parentSpanId: parentSpanId === '' ? undefined : parentSpanId,
    kind,
    status: status.code ?? 0,
    attributes: read(attributes),
    resource,
  };
}

function read(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
