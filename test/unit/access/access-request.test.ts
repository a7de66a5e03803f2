import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  nextStatus,
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
        expect.objectContaining({ code: 'already-decided', facts: { status } }) as unknown as Error,
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
