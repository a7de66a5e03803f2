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

/**
 * What a request becomes. States are one-way: only a pending request can change, once.
 * @throws AccessError `already-decided`
 */
export function nextStatus(current: RequestStatus, event: RequestEvent): RequestStatus {
  if (current !== 'pending') {
    throw new AccessError('already-decided', `This request is ${current} already; nothing was changed.`, {
      facts: { status: current },
    });
  }
  return OUTCOMES[event];
}
