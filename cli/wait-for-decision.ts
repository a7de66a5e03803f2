import { setTimeout as delay } from 'node:timers/promises';
import { requestSchema, type AccessRequest } from './access-request.ts';
import type { ApiClient } from './api-client.ts';

const POLL_MS = 1_000;

/**
 * Resolves once a request is decided and, when it was approved, once every sidecar before the resource has the grant
 * (or its time has yet to come).
 */
export async function waitForDecision(api: ApiClient, id: string, signal: AbortSignal): Promise<AccessRequest> {
  for (;;) {
    const request = requestSchema.parse(await api.get(`/v1/access-requests/${encodeURIComponent(id)}`));
    const isSettled = request.status === 'approved' ? isUsable(request) : request.status !== 'pending';
    if (isSettled) return request;
    await delay(POLL_MS, undefined, { signal });
  }
}

function isUsable(request: AccessRequest): boolean {
  return request.in_effect || request.grant === null || request.grant.state !== 'active';
}
