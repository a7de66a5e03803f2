import type { Logger } from '../../core/process/logger.ts';

/** One request from its first byte to its last. */
export interface Access {
  /** Joins this line with the one of the decision. */
  readonly evaluationId: string;
  readonly traceId: string | null;
  readonly kind: 'request' | 'upgrade';
  readonly method: string;
  /** The path as it was judged, without its query. */
  readonly path: string | null;
  /** null when the connection ended before an answer. */
  readonly status: number | null;
  /** Whether the answer came to its end. */
  readonly isWhole: boolean;
  /** Bytes on the client's connection while this was under way, heads included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
}

/** Access lines by the names of OpenTelemetry's HTTP conventions where these have one. */
export class AccessLog {
  readonly #logger: Logger;
  readonly withPath: boolean;

  constructor(logger: Logger, withPath: boolean) {
    this.#logger = logger;
    this.withPath = withPath;
  }

  write(access: Access): void {
    this.#logger.info(
      {
        evaluation_id: access.evaluationId,
        ...(access.traceId === null ? {} : { trace_id: access.traceId }),
        kind: access.kind,
        method: access.method,
        ...(this.withPath ? { path: access.path } : {}),
        status: access.status,
        whole: access.isWhole,
        bytes_in: access.bytesIn,
        bytes_out: access.bytesOut,
        duration_ms: Math.round(access.durationMs * 1000) / 1000,
      },
      'access',
    );
  }
}
