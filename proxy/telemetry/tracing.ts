import type { IncomingMessage } from 'node:http';
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { SpanIds } from '../gate/decision-log.ts';
import type { TracingConfig } from './telemetry-config.ts';

/** What a span may say of a request: names from closed sets and ids, never a path, a query, a header or a person. */
export interface TracedDecision {
  readonly evaluationId: string;
  readonly allow: boolean;
  readonly reason: string;
  readonly resource: string | null;
  readonly action: string | null;
  /** Prefix of the route; null where there is none. */
  readonly route: string | null;
}

export interface TracingOptions {
  readonly config: TracingConfig;
  /** Headers for the collector; secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string;
  readonly instance: string;
  readonly queueSpans: number;
  readonly batchSpans: number;
  readonly exportDelayMs: number;
  readonly exportTimeoutMs: number;
  /** Told of every batch. */
  readonly onExport: (result: 'sent' | 'failed', spans: number) => void;
}

const PROPAGATOR = new W3CTraceContextPropagator();

/**
 * Spans of requests by OpenTelemetry: one of kind server for the whole request, and under it one of kind client for what
 * the upstream does. Attributes follow the HTTP semantic conventions (opentelemetry.io, "Semantic conventions for HTTP
 * spans") and `hallpass.*`. Nothing waits for the collector: what it does not take in time is dropped and counted.
 */
export class Tracing {
  readonly #tracer: Tracer;
  readonly #provider: TracerProvider;

  constructor(options: TracingOptions) {
    const { config, version, instance } = options;
    const exporter = new OTLPTraceExporter({
      url: config.otlp_url,
      headers: { ...options.headers },
      timeoutMillis: options.exportTimeoutMs,
    });
    const processor = new BatchSpanProcessor({
      exporter: new CountedExporter(exporter, options.onExport),
      maxQueueSize: options.queueSpans,
      maxExportBatchSize: Math.min(options.batchSpans, options.queueSpans),
      scheduledDelayMillis: options.exportDelayMs,
      exportTimeoutMillis: options.exportTimeoutMs,
    });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.name': config.service_name,
        'service.version': version,
        'service.instance.id': instance,
      }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.sample_ratio) }),
      spanProcessors: [processor],
    });
    this.#tracer = this.#provider.getTracer('hallpass', version);
  }

  /** At the arrival of a request. A `traceparent` that can't be read begins a new trace (W3C Trace Context, 3.2.3). */
  begin(request: IncomingMessage): RequestSpan {
    const parent = PROPAGATOR.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const method = request.method ?? 'GET';
    const span = this.#tracer.startSpan(
      method,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } },
      parent,
    );
    return new RequestSpan(this.#tracer, span, trace.setSpan(parent, span), method);
  }

  /** Sends what there is, and waits for no longer than one export may take. */
  async stop(): Promise<void> {
    await this.#provider.shutdown();
  }
}

/** One request on its way. */
export class RequestSpan {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  readonly #method: string;
  #upstream: Span | null = null;

  constructor(tracer: Tracer, span: Span, context: Context, method: string) {
    this.#tracer = tracer;
    this.#span = span;
    this.#context = context;
    this.#method = method;
  }

  get ids(): SpanIds {
    const { traceId, spanId } = this.#span.spanContext();
    return { traceId, spanId };
  }

  decided(decision: TracedDecision): void {
    const span = this.#span;
    if (!span.isRecording()) return;
    const { route, resource, action } = decision;
    if (route !== null) {
      span.updateName(`${this.#method} ${route}`);
      span.setAttribute('http.route', route);
    }
    if (resource !== null) span.setAttribute('hallpass.resource', resource);
    if (action !== null) span.setAttribute('hallpass.action', action);
    span.setAttributes({
      'hallpass.evaluation_id': decision.evaluationId,
      'hallpass.allow': decision.allow,
      'hallpass.reason': decision.reason,
    });
    span.addEvent('decision');
  }

  /** Begins the upstream's part. @returns `traceparent` and `tracestate` for it, in place of the client's */
  forwarded(): Readonly<Record<string, string>> {
    const options = { kind: SpanKind.CLIENT, attributes: { 'http.request.method': this.#method } };
    const upstream = this.#tracer.startSpan(this.#method, options, this.#context);
    this.#upstream = upstream;
    const headers: Record<string, string> = {};
    PROPAGATOR.inject(trace.setSpan(this.#context, upstream), headers, defaultTextMapSetter);
    return headers;
  }

  /** @param status null when the connection ended without an answer */
  ended(status: number | null): void {
    for (const span of [this.#upstream, this.#span]) {
      if (span === null) continue;
      if (status !== null) span.setAttribute('http.response.status_code', status);
      // A server's 4xx is the client's business; 5xx and silence are errors (semantic conventions, "Status").
      const isError = status === null || status >= 500 || (span === this.#upstream && status >= 400);
      if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    }
  }
}

/** Counts what became of the spans, since nobody waits for them. */
class CountedExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #onExport: TracingOptions['onExport'];

  constructor(exporter: SpanExporter, onExport: TracingOptions['onExport']) {
    this.#exporter = exporter;
    this.#onExport = onExport;
  }

  export(spans: ReadableSpan[], callback: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      this.#onExport(result.code === ExportResultCode.SUCCESS ? 'sent' : 'failed', spans.length);
      callback(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }
}
