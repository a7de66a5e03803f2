import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { CliError } from './exit-code.ts';

const problemSchema = z.object({
  title: z.string().default(''),
  detail: z.string().default(''),
  extend_grant_id: z.string().optional(),
});

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The admin API as one person. Every method throws CliError with the server's own sentence. */
export interface ApiClient {
  readonly url: string;
  get(path: string, query?: Query): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  /** A body of any length, as it comes. */
  stream(path: string, query?: Query): Promise<ReadableStream<Uint8Array>>;
}

export function createApiClient(options: {
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
}): ApiClient {
  const { url, token, signal } = options;

  async function send(method: 'GET' | 'POST', path: string, query: Query = {}, body?: unknown): Promise<Response> {
    const target = new URL(`${url}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) target.searchParams.set(name, String(value));
    }
    let response: Response;
    try {
      response = await fetch(target, {
        method,
        signal,
        redirect: 'error',
        headers: {
          accept: 'application/json, application/problem+json',
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new CliError(`${url} can't be reached. Is HALLPASS_URL right?`);
    }
    if (!response.ok) throw new CliError(await sentenceOf(response));
    return response;
  }

  return {
    url,
    get: async (path, query) => (await send('GET', path, query)).json(),
    post: async (path, body) => (await send('POST', path, {}, body)).json(),
    async stream(path, query) {
      const { body } = await send('GET', path, query);
      if (body === null) throw new CliError('The server answered without a body.');
      return body;
    },
  };
}

async function sentenceOf(response: Response): Promise<string> {
  const parsed = problemSchema.safeParse(await response.json().catch(() => null));
  if (!parsed.success) return `The server answered ${response.status}.`;
  const { detail, title, extend_grant_id: grantId } = parsed.data;
  const way = grantId === undefined ? '' : ` Here: hallpass extend ${grantId} --for 1h`;
  return `${detail || title || `The server answered ${response.status}.`}${way}`;
}
