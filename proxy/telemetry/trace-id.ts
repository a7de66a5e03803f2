import type { IncomingMessage } from 'node:http';
import { parseTraceParent } from '@opentelemetry/core';

/** The id of the trace a request belongs to by its own word (W3C Trace Context); null when it names none. */
export function traceIdOf(request: IncomingMessage): string | null {
  const header = request.headers['traceparent'];
  return typeof header === 'string' ? (parseTraceParent(header)?.traceId ?? null) : null;
}
