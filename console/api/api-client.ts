import { ApiProblem, type ProblemDocument } from './api-problem.ts';
import { newIdempotencyKey } from './idempotency-key.ts';

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `path` with the parts of `query` that hold something. */
export function withQuery(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

/** @throws ApiProblem */
export async function getJson<T>(path: string, options: { query?: Query; signal?: AbortSignal } = {}): Promise<T> {
  const response = await send(withQuery(path, options.query), {
    method: 'GET',
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return (await readAnswer(response)) as T;
}

/** An answer to be read as it comes, for what is too long to wait for. @throws ApiProblem */
export async function getStream(path: string, query: Query, signal: AbortSignal): Promise<Response> {
  const response = await send(withQuery(path, query), { method: 'GET', signal });
  if (!response.ok) await readAnswer(response);
  return response;
}

/**
 * A write, with an `Idempotency-Key`: the given one where a person may press a button again after an answer was lost.
 * @throws ApiProblem
 */
export function postJson<T>(path: string, body: unknown, idempotencyKey = newIdempotencyKey()): Promise<T> {
  return write('POST', path, body, idempotencyKey);
}

/** Makes what is at `path` the thing given. @throws ApiProblem */
export function putJson<T>(path: string, body: unknown, idempotencyKey: string): Promise<T> {
  return write('PUT', path, body, idempotencyKey);
}

/** Changes the members given. @throws ApiProblem */
export function patchJson<T>(path: string, body: unknown, idempotencyKey: string): Promise<T> {
  return write('PATCH', path, body, idempotencyKey);
}

/** @throws ApiProblem */
export function deleteJson(path: string, idempotencyKey: string): Promise<null> {
  return write('DELETE', path, undefined, idempotencyKey);
}

function write<T>(method: string, path: string, body: unknown, idempotencyKey: string): Promise<T> {
  return sendJson(path, body, { method, headers: { 'Idempotency-Key': idempotencyKey } });
}

/**
 * A question that is too long for a URL. Changes nothing, so there is nothing to repeat.
 * @throws ApiProblem
 */
export function askJson<T>(path: string, body: unknown, signal: AbortSignal): Promise<T> {
  return sendJson(path, body, { method: 'POST', signal });
}

async function sendJson<T>(path: string, body: unknown, init: RequestInit): Promise<T> {
  const response = await send(path, {
    ...init,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { 'Content-Type': 'application/json', ...(init.headers as Record<string, string>) },
  });
  return (await readAnswer(response)) as T;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const headers = { Accept: 'application/json, application/problem+json', ...(init.headers as Record<string, string>) };
  try {
    return await fetch(path, { ...init, headers, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, {
      code: 'unreachable',
      title: 'Hallpass can’t be reached',
      detail: 'No answer came from the server. Check the connection and try again.',
    });
  }
}

async function readAnswer(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const type = response.headers.get('content-type') ?? '';
  const body: unknown = type.includes('json') ? await response.json().catch(() => null) : null;
  if (!response.ok) throw new ApiProblem(response.status, (body ?? {}) as ProblemDocument);
  return body;
}
