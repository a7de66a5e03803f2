import { Agent, request, type Dispatcher } from 'undici';
import type { ClientTls } from './client-tls.ts';

/** A service that speaks one of OPA's management APIs: serves bundles, takes decision logs or status. */
export interface ServiceOptions {
  readonly url: string;
  /** Sent as a bearer token; null: none. */
  readonly token: string | null;
  /** Certificates, for mutual TLS or an issuer of one's own. */
  readonly tls: ClientTls | null;
  /** To connect, to the first byte of an answer, and between two pieces of it. */
  readonly timeoutMs: number;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Uint8Array;
}

/** Whatever keeps a call from an answer. Its message names no token and no address beyond the configured one. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** Of the answer, where there was one. */
  readonly status: number | null;

  constructor(message: string, status: number | null = null) {
    super(message);
    this.status = status;
  }
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** A longer answer is an error. */
  readonly maxBytes: number;
  /** For the first byte, where the server is asked to wait; else as configured. */
  readonly headersTimeoutMs?: number;
  /** For all of it. */
  readonly totalTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** Calls one service over connections of its own. Redirects are answers like others: nothing here follows one. */
export class ServiceClient {
  readonly #options: ServiceOptions;
  readonly #agent: Agent;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connect: { timeout: options.timeoutMs, ...options.tls },
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      keepAliveTimeout: 30_000,
      connections: 2,
    });
  }

  /** @throws ServiceError when no answer comes or it is too long; any status is an answer */
  async call(call: Call): Promise<ServiceAnswer> {
    const { url, token, timeoutMs } = this.#options;
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(call.totalTimeoutMs)]);
    try {
      const { statusCode, headers, body } = await request(url, {
        dispatcher: this.#agent,
        method: call.method,
        headers: { ...call.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
        body: call.body ?? null,
        headersTimeout: call.headersTimeoutMs ?? timeoutMs,
        signal,
      });
      return { status: statusCode, headers, body: await readAll(body, call.maxBytes) };
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      throw new ServiceError(`${url} could not be reached (${causeOf(error)})`);
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

async function readAll(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection, so no more of it is read.
    if (bytes > maxBytes) throw new ServiceError(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function causeOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown error';
}
