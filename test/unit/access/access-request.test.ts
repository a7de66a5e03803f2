import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  nextStatus,
  requestStatus,
  REQUEST_STATUSES,
  type RequestEvent,
  type RequestStatus,
} from '../../../core/access/access-request.ts';

const EVENTS: Record<RequestEvent, RequestStatus> = {
  approve: 'approved',
  deny: 'denied',
  cancel: 'cancelled',
  expire: 'expired',
};
const events = Object.keys(EVENTS) as RequestEvent[];
const decided = REQUEST_STATUSES.filter((status) => status !== 'pending');

describe('a pending request', () => {
  it.each(events)('takes %s', (event) => {
    expect(nextStatus('pending', event)).toBe(EVENTS[event]);
  });
});

describe('a decided request', () => {
  it.each(decided.flatMap((status) => events.map((event) => [status, event] as const)))(
    '%s refuses %s',
    (status, event) => {
      expect(() => nextStatus(status, event)).toThrow(
        expect.objectContaining({ code: 'already-decided', facts: { request_status: status } }) as unknown as Error,
      );
    },
  );

  it('keeps its first decision, whatever comes after', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { minLength: 1 }), (history) => {
        let status: RequestStatus = 'pending';
        for (const event of history) {
          try {
            status = nextStatus(status, event);
          } catch {
            // Refused: the status stays.
          }
        }
        expect(status).toBe(EVENTS[history[0]!]);
      }),
    );
  });
});

describe('a pending request', () => {
  const request = { status: 'pending', pending_until: 1_000 } as const;

  it('has expired at the very millisecond its time is over', () => {
    expect(requestStatus(request, 999)).toBe('pending');
    expect(requestStatus(request, 1_000)).toBe('expired');
  });

  it('that was decided stays what it became', () => {
    expect(requestStatus({ ...request, status: 'approved' }, 2_000)).toBe('approved');
  });
});
