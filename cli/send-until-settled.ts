import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from './exit-code.ts';

export interface Call {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Buffer | null;
}

const ATTEMPTS = 10;
const MAX_PAUSE_MS = 5_000;

/**
 * Makes a call, again while the sidecar answers that the grant is on its way (503, `grant-pending`): such an answer is
 * the sidecar's own, so the upstream has seen nothing and no write is repeated.
 */
export async function sendUntilSettled(call: Call, signal: AbortSignal): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(call, signal);
    if (attempt === ATTEMPTS || !(await isPending(response))) return response;
    const seconds = Number(response.headers.get('retry-after')) || 1;
    await delay(Math.min(seconds * 1000, MAX_PAUSE_MS), undefined, { signal });
  }
}

async function send({ url, method, headers, body }: Call, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal,
      ...(body === null ? {} : { body: new Uint8Array(body) }),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new CliError(`${url.origin} can't be reached.`);
  }
}

async function isPending(response: Response): Promise<boolean> {
  if (response.status !== 503 || !response.headers.get('content-type')?.startsWith('application/problem+json')) {
    return false;
  }
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as { reason?: unknown } | null;
  return body?.reason === 'grant-pending';
}
