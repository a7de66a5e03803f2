import { describe, expect, it } from '@jest/globals';
import { grantNotices, type GrantFacts } from '../../../admin-api/notifications/grant-notices.ts';
import { requestNotices, type RequestFacts } from '../../../admin-api/notifications/request-notices.ts';

const PRODUCTION = { kind: 'resource', resource: { type: 'connection', id: 'aws-production' } } as const;
const AUDIENCE = { admins: ['ada', 'olive', 'mia'], awaited: ['olive', 'sam'] };
const request = (change: Partial<RequestFacts> = {}): RequestFacts => ({
  id: 'req_1',
  requester: { id: 'mia', name: 'Mia' },
  asked: { entitlement: PRODUCTION, starts_at: null, duration_seconds: 14_400, until: null },
  bundle: [PRODUCTION],
  reason: 'INC-1',
  status: 'pending',
  given: null,
  decision_note: null,
  is_extension: false,
  break_glass_review: { justified: null, note: null },
  ...change,
});
const told = (type: Parameters<typeof requestNotices>[0], facts: RequestFacts) =>
  requestNotices(type, facts, AUDIENCE).people.map((one) => `${one.person_id}: ${one.title}`);

describe('who is told what of a request', () => {
  it('of a new one all Admins and the Owner, never the requester; of a next stage or a reminder those who are awaited', () => {
    expect(told('access-request.submitted', request())).toEqual([
      'ada: Mia asks for connection:aws-production',
      'olive: Mia asks for connection:aws-production',
    ]);
    expect(told('access-request.stage-opened', request())).toEqual([
      'olive: Now it is yours to review: Mia asks for connection:aws-production',
      'sam: Now it is yours to review: Mia asks for connection:aws-production',
    ]);
    expect(told('access-request.reminded', request())).toEqual([
      'olive: Mia reminds you: connection:aws-production awaits your review',
      'sam: Mia reminds you: connection:aws-production awaits your review',
    ]);
    for (const type of ['submitted', 'stage-opened', 'reminded'] as const) {
      expect(told(`access-request.${type}`, request({ status: 'denied' }))).toEqual([]);
    }
    expect(told('access-request.cancelled', request())).toEqual([]);
  });

  it('of several things asked for at once how many, and which', () => {
    const facts = request({ bundle: [PRODUCTION, { kind: 'scope', scope_id: 'staging' }] });
    const [first] = requestNotices('access-request.submitted', facts, AUDIENCE).people;
    expect(first).toMatchObject({
      title: 'Mia asks for 2 things',
      body: 'connection:aws-production, scope:staging. For 4 hours. Reason: INC-1',
    });
  });

  it('of an emergency everybody who was passed over, once each, and of its review the one who opened it', () => {
    expect(told('access-request.break-glass', request({ status: 'approved' }))).toEqual([
      'ada: Mia opened connection:aws-production in an emergency',
      'olive: Mia opened connection:aws-production in an emergency',
      'sam: Mia opened connection:aws-production in an emergency',
    ]);
    const facts = request({ break_glass_review: { justified: false, note: 'Ask first.' } });
    expect(requestNotices('access-request.break-glass-closed', facts, AUDIENCE).people).toEqual([
      expect.objectContaining({ person_id: 'mia', body: 'It was found not justified. Note: Ask first.' }),
    ]);
  });

  it('of an approval what was given where it differs, and of more time that it is more time', () => {
    const given = { entitlement: PRODUCTION, starts_at: null, duration_seconds: 3_600, until: null };
    const [changed] = requestNotices('access-request.approved', request({ given }), AUDIENCE).people;
    expect(changed?.body).toBe(
      'For 1 hour. It differs from what you asked for (connection:aws-production, for 4 hours).',
    );
    const until = { ...given, duration_seconds: null, until: Date.parse('2026-11-24T18:00:00Z') };
    const more = requestNotices('access-request.approved', request({ asked: until, is_extension: true }), AUDIENCE);
    expect(more.people).toEqual([
      expect.objectContaining({
        event_type: 'access-extended',
        title: 'You have more time: connection:aws-production',
        body: 'Until 2026-11-24T18:00:00.000Z.',
      }),
    ]);
    expect(more.room?.title).toBe('Mia has more time for connection:aws-production');
  });
});

describe('who is told what of a grant', () => {
  const grant = (change: Partial<GrantFacts> = {}): GrantFacts => ({
    id: 'grt_1',
    holder: { id: 'mia', name: 'Mia' },
    request_id: null,
    entitlement: PRODUCTION,
    starts_at: 0,
    expires_at: 3_600_000,
    created_at: 0,
    end_reason: null,
    end_note: null,
    origin: 'assignment',
    ...change,
  });
  const titles = (type: Parameters<typeof grantNotices>[0], facts: GrantFacts) =>
    grantNotices(type, facts).people.map((one) => one.title);

  it('its holder; of a beginning only where nobody asked, of an end that is near the way to more time', () => {
    expect(titles('grant.created', grant())).toEqual(['You were given connection:aws-production']);
    expect(titles('grant.created', grant({ origin: 'request' }))).toEqual([]);
    expect(grantNotices('grant.expiring', grant()).people).toEqual([
      expect.objectContaining({ person_id: 'mia', link: '/access-requests/new?extend=grt_1' }),
    ]);
    expect(titles('grant.expiring', grant({ end_reason: 'revoked' }))).toEqual([]);
    expect(titles('grant.expired', grant({ end_reason: 'expired' }))).toEqual(['connection:aws-production has ended']);
    // The approval of the request for it says so.
    expect(titles('grant.extended', grant())).toEqual([]);
    expect(titles('grant.given-up', grant())).toEqual([]);
  });
});
