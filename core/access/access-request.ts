import { AccessError } from './errors.ts';

export const REQUEST_STATUSES = ['pending', 'approved', 'denied', 'cancelled', 'expired'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

export type RequestEvent = 'approve' | 'deny' | 'cancel' | 'expire';

const OUTCOMES: Record<RequestEvent, RequestStatus> = {
  approve: 'approved',
  deny: 'denied',
  cancel: 'cancelled',
  expire: 'expired',
};

/** The status people see: time decides, also before the worker has recorded that nobody decided. */
export function requestStatus(
  request: { readonly status: RequestStatus; readonly pending_until: number },
  nowMs: number,
): RequestStatus {
  return request.status === 'pending' && nowMs >= request.pending_until ? 'expired' : request.status;
}

/**
 * What a request becomes. States are one-way: only a pending request can change, once.
 * @throws AccessError `already-decided`
 */
export function nextStatus(current: RequestStatus, event: RequestEvent): RequestStatus {
  if (current !== 'pending') {
    throw new AccessError('already-decided', `This request is ${current} already; nothing was changed.`, {
      facts: { request_status: current },
    });
  }
  return OUTCOMES[event];
}
