import { describe, expect, it } from '@jest/globals';
import { concerns } from '../../../console/api/live-hint.ts';
import { retryDelay } from '../../../console/api/retry-delay.ts';
import { queryKeys } from '../../../console/api/query-keys.ts';

describe('what is read again after a hint', () => {
  const about = (topic: 'notifications' | 'access-requests' | 'grants', id: string | null = null) =>
    Object.entries({
      me: queryKeys.me,
      myGrants: queryKeys.myGrants,
      grantsOf: queryKeys.grantsOf('per_1'),
      list: [...queryKeys.accessRequests, { status: 'pending' }],
      one: queryKeys.accessRequest('req_1'),
      other: queryKeys.accessRequest('req_2'),
      preview: queryKeys.requestPreview,
      notifications: [...queryKeys.notifications, 'unread'],
      auditEvents: queryKeys.auditEvents,
      people: queryKeys.people,
    })
      .filter(([, key]) => concerns({ topic, id }, key))
      .map(([name]) => name);

  it('is what shows it', () => {
    expect(about('notifications')).toEqual(['notifications']);
    expect(about('access-requests', 'req_1')).toEqual(['list', 'one', 'auditEvents']);
    expect(about('access-requests')).toEqual(['list', 'one', 'other', 'auditEvents']);
    expect(about('grants', 'grt_1')).toEqual(['me', 'myGrants', 'grantsOf', 'list', 'one', 'other', 'auditEvents']);
  });
});

describe('how long a console waits before it connects again', () => {
  it('doubles up to half a minute, and is scattered by half of it to either side', () => {
    expect([1, 2, 3, 9].map((failures) => retryDelay(failures, 0.5))).toEqual([1_000, 2_000, 4_000, 30_000]);
    expect([0, 1].map((dice) => retryDelay(2, dice))).toEqual([1_000, 3_000]);
  });
});
