import { describe, expect, it } from '@jest/globals';
import { previewSummary } from '../../../console/access-requests/preview-summary.ts';
import { progressWords } from '../../../console/access-requests/progress-words.ts';
import { requestHistory } from '../../../console/access-requests/request-history-entries.ts';
import type { AccessRequest } from '../../../console/api/access-request.ts';
import type { Grant } from '../../../console/api/grant.ts';
import type { RequestPreview } from '../../../console/api/request-preview.ts';

const MIA = { id: 'per_mia', email: 'mia@example.com', name: 'Mia' };
const ADA = { id: 'per_ada', email: 'ada@example.com', name: 'Ada' };
const AWS = {
  kind: 'resource',
  resource: { type: 'connection', id: 'aws', name: 'AWS' },
  scope: null,
  role: null,
} as const;
const STAGING = { kind: 'scope', resource: null, scope: { id: 'staging', name: 'Staging' }, role: null } as const;

const grant: Grant = {
  id: 'grt_1',
  subject: MIA,
  ...AWS,
  starts_at: '2026-01-01T10:00:00.000Z',
  expires_at: '2026-01-01T11:00:00.000Z',
  state: 'active',
  request_id: 'req_1',
  origin: 'request',
  created_at: '2026-01-01T10:00:00.000Z',
  ended_at: null,
  ended_by: null,
  end_note: null,
};

const pending: AccessRequest = {
  id: 'req_1',
  status: 'pending',
  requester: MIA,
  ...AWS,
  reason: 'Release',
  duration_seconds: 3_600,
  action: null,
  evaluation_id: null,
  denial_verified: false,
  return_to: null,
  submitted_at: '2026-01-01T09:00:00.000Z',
  decided_at: null,
  approvals_required: 1,
  max_duration_seconds: null,
  reviews: [],
  given: null,
  grant: null,
  in_effect: false,
  can_review: false,
  can_cancel: true,
  policy_reasons: [],
};

const review = {
  id: 'rev_1',
  reviewer: ADA,
  verdict: 'approve',
  note: null,
  created_at: '2026-01-01T10:00:00.000Z',
} as const;
const approved: AccessRequest = {
  ...pending,
  status: 'approved',
  decided_at: review.created_at,
  reviews: [review],
  given: { ...AWS, duration_seconds: 3_600, modifications: [] },
  grant,
};

describe('how a request stands, in words', () => {
  it('says how many approvals are awaited', () => {
    expect(progressWords(pending, true).headline).toBe('Waiting for one approval');
    const two = { ...pending, approvals_required: 2 };
    expect(progressWords(two, true).headline).toBe('Waiting for 2 approvals by different people');
    expect(progressWords({ ...two, reviews: [review] }, true)).toMatchObject({
      look: 'waiting',
      headline: 'Waiting for one approval',
      sentences: expect.arrayContaining(['1 of 2 given so far.']),
    });
  });

  it('tells approved from in effect', () => {
    expect(progressWords(approved, true)).toMatchObject({
      look: 'waiting',
      headline: 'Approved. Access is on its way.',
    });
    expect(progressWords({ ...approved, in_effect: true }, true)).toEqual({
      look: 'open',
      headline: 'Approved. You have access to AWS now.',
      sentences: [],
    });
    expect(progressWords({ ...approved, in_effect: true }, false).headline).toBe(
      'Approved. Mia has access to AWS now.',
    );
  });

  it('shows what was asked beside what was given', () => {
    const given = { ...STAGING, duration_seconds: 1_800, modifications: ['entitlement', 'duration_seconds'] } as const;
    expect(progressWords({ ...approved, in_effect: true, given }, true)).toMatchObject({
      headline: 'Approved. You have access to the Scope Staging now.',
      sentences: ['Asked for AWS, given the Scope Staging.', 'Asked for 1 hour, given 30 minutes.'],
    });
  });

  it.each([
    ['expired', 'This access has ended.'],
    ['revoked', 'This access was revoked.'],
    ['given-up', 'This access was given up.'],
  ] as const)('says how access that is %s ended', (state, headline) => {
    const over = { ...approved, in_effect: true, grant: { ...grant, state } };
    expect(progressWords(over, true)).toMatchObject({ look: 'over', headline });
  });

  it('says who denied it and why, or that no reason was given', () => {
    const denied: AccessRequest = {
      ...pending,
      status: 'denied',
      reviews: [{ ...review, verdict: 'deny', note: 'Not today.' }],
    };
    expect(progressWords(denied, true)).toEqual({
      look: 'refused',
      headline: 'Ada denied this request.',
      sentences: ['Reason: Not today.'],
    });
    const byPolicy = { ...denied, reviews: [{ ...review, verdict: 'deny', reviewer: null }] } as const;
    expect(progressWords(byPolicy, true)).toMatchObject({
      headline: 'The policy denied this request.',
      sentences: ['No reason was given.'],
    });
  });

  it('tells the story in order', () => {
    const ended = {
      ...grant,
      state: 'revoked',
      ended_at: '2026-01-01T10:30:00.000Z',
      ended_by: ADA,
      end_note: 'Done.',
    } as const;
    expect(requestHistory({ ...approved, grant: ended }).map(({ words, note }) => [words, note])).toEqual([
      ['Mia asked for AWS.', null],
      ['Ada approved.', null],
      ['Access to AWS began (1 hour).', null],
      ['Ada revoked it.', 'Done.'],
    ]);
  });
});

describe('what will become of a request, before it is sent', () => {
  const preview: RequestPreview = {
    requestable: true,
    approvals_required: 1,
    reviewers: { roles: ['admin', 'owner'] },
    reviewer_count: 3,
    auto_approve: false,
    max_duration_seconds: null,
    reasons: [],
  };

  it('says who will be asked, how many have to agree and how long it may last', () => {
    expect(previewSummary({ ...preview, max_duration_seconds: 604_800 }, true)).toEqual({
      look: 'open',
      sendable: true,
      title: 'Needs one approval',
      sentences: ['3 people will be asked (Admin or Owner).', 'It may last 1 week at the most.'],
    });
  });

  it('says that nobody has to be asked', () => {
    expect(previewSummary({ ...preview, auto_approve: true, reviewer_count: 0 }, true)).toMatchObject({
      look: 'automatic',
      sendable: true,
    });
  });

  it('can not be sent when too few could approve it', () => {
    expect(previewSummary({ ...preview, approvals_required: 2, reviewer_count: 1 }, true)).toMatchObject({
      look: 'closed',
      sendable: false,
      title: 'Nobody could approve this',
    });
  });

  it('gives the reasons of the policy, which count once there is a reason to judge', () => {
    const refused = { ...preview, requestable: false, reasons: ['Change freeze.'] };
    expect(previewSummary(refused, true)).toMatchObject({
      look: 'closed',
      sendable: false,
      sentences: ['Change freeze.'],
    });
    expect(previewSummary(refused, false)).toMatchObject({
      look: 'unfinished',
      sendable: true,
      sentences: ['Change freeze.'],
    });
  });
});
