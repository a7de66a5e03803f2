import { describe, expect, it } from '@jest/globals';
import { previewSummary } from '../../../console/access-requests/preview-summary.ts';
import { progressWords } from '../../../console/access-requests/progress-words.ts';
import { requestHistory } from '../../../console/access-requests/request-history-entries.ts';
import type { AccessRequest, Stage } from '../../../console/api/access-request.ts';
import type { Grant } from '../../../console/api/grant.ts';
import type { PreviewedStage, RequestPreview } from '../../../console/api/request-preview.ts';

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
  break_glass: false,
  can_extend: true,
  first_used_at: null,
  created_at: '2026-01-01T10:00:00.000Z',
  ended_at: null,
  ended_by: null,
  end_note: null,
};

const reviewers = { roles: ['admin', 'owner'], people: [], scope_owners: false } as const;
const stage: Stage = { name: 'Review', approvals_required: 1, reviewers, approvals: 0, state: 'current' };

const pending: AccessRequest = {
  id: 'req_1',
  status: 'pending',
  requester: MIA,
  ...AWS,
  reason: 'Release',
  duration_seconds: 3_600,
  until: null,
  starts_at: null,
  action: null,
  evaluation_id: null,
  denial_verified: false,
  return_to: null,
  submitted_at: '2026-01-01T09:00:00.000Z',
  pending_until: '2026-01-02T09:00:00.000Z',
  decided_at: null,
  approvals_required: 1,
  max_duration_seconds: null,
  stages: [stage],
  awaiting: [ADA],
  awaiting_count: 1,
  reminded_at: null,
  can_remind_at: null,
  bundle_id: null,
  bundle: [],
  extends_grant: null,
  break_glass: null,
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
  given: { ...AWS, duration_seconds: 3_600, until: null, starts_at: null, modifications: [] },
  grant,
};

describe('how a request stands, in words', () => {
  it('says how many approvals are awaited', () => {
    expect(progressWords(pending, true).headline).toBe('Waiting for one approval');
    const two = { ...stage, approvals_required: 2 };
    expect(progressWords({ ...pending, stages: [two] }, true).headline).toBe(
      'Waiting for 2 approvals by different people',
    );
    expect(progressWords({ ...pending, stages: [{ ...two, approvals: 1 }] }, true)).toMatchObject({
      look: 'waiting',
      headline: 'Waiting for one approval',
    });
  });

  it('says at which of several stages it is', () => {
    const stages = [
      { ...stage, name: 'Team', approvals: 1, state: 'done' },
      { ...stage, name: 'Security', approvals_required: 3, approvals: 1 },
      { ...stage, name: 'Owner', state: 'waiting' },
    ] as const;
    expect(progressWords({ ...pending, stages }, false)).toEqual({
      look: 'waiting',
      headline: 'Waiting for 2 approvals by different people',
      sentences: ['Stage 2 of 3: Security.'],
    });
  });

  it('tells more time from new access, and an emergency from both', () => {
    const more = { ...pending, extends_grant: grant };
    expect(progressWords(more, false)).toEqual({
      look: 'waiting',
      headline: 'Waiting for one approval for more time',
      sentences: ['Meanwhile the access goes on as it is, until its present end.'],
    });
    const open = { ...approved, in_effect: true };
    expect(progressWords({ ...open, extends_grant: grant }, true).headline).toBe(
      'Approved. You have more time for AWS.',
    );
    const unreviewed = { closed_at: null, closed_by: null, justified: null, note: null };
    expect(progressWords({ ...open, break_glass: unreviewed }, false).headline).toBe(
      'Mia has emergency access to AWS now.',
    );
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
    const given = {
      ...STAGING,
      duration_seconds: 1_800,
      until: null,
      starts_at: null,
      modifications: ['entitlement', 'duration_seconds'],
    } as const;
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

  it('tells the story as the server does, once it has told it', () => {
    const record = { at: grant.created_at, actor: ADA, note: null };
    const history = [
      { ...record, type: 'access-request.approved', text: 'Ada approved it.' },
      { ...record, type: 'grant.revoked', text: 'Ada revoked it.', note: 'Done.' },
    ];
    expect(requestHistory({ ...approved, history })).toEqual([
      { time: grant.created_at, words: 'Ada approved it.', note: null, look: 'good' },
      { time: grant.created_at, words: 'Ada revoked it.', note: 'Done.', look: 'bad' },
    ]);
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
  const asked: PreviewedStage = { name: 'Review', approvals_required: 1, reviewers, reviewer_count: 3 };
  const preview: RequestPreview = {
    requestable: true,
    stages: [asked],
    approvals_required: 1,
    reviewer_count: 3,
    auto_approve: false,
    max_duration_seconds: null,
    reasons: [],
    break_glass: { allowed: false, max_duration_seconds: null },
    reason_prompt: null,
    reason_pattern: null,
    has_already: null,
    pending_request_id: null,
  };

  it('says who will be asked, how many have to agree and how long it may last', () => {
    expect(previewSummary({ ...preview, max_duration_seconds: 604_800 }, true)).toEqual({
      look: 'open',
      sendable: true,
      title: 'Needs one approval',
      stages: [{ name: 'Review', needs: 'one approval', who: '3 people could approve: Admin or Owner.' }],
      sentences: ['It may last 1 week at the most.'],
    });
  });

  it('names the stages in their order', () => {
    const security = {
      ...asked,
      name: 'Security',
      approvals_required: 2,
      reviewers: { roles: [], people: ['ada@example.com'], scope_owners: true },
    } as const;
    const summary = previewSummary({ ...preview, stages: [asked, security] }, true);
    expect(summary.title).toBe('Needs approval in 2 stages');
    expect(summary.stages.map(({ name, needs, who }) => `${name}: ${needs}. ${who}`)).toEqual([
      'Review: one approval. 3 people could approve: Admin or Owner.',
      'Security: 2 approvals by different people. 3 people could approve: owners of the Scope or a named person.',
    ]);
  });

  it('says that nobody has to be asked', () => {
    const nobody = [{ ...asked, reviewer_count: 0 }];
    expect(previewSummary({ ...preview, auto_approve: true, stages: nobody }, true)).toMatchObject({
      look: 'automatic',
      sendable: true,
      stages: [],
    });
  });

  it('can not be sent when too few could approve it at any stage, and says what to do', () => {
    const short = { ...asked, name: 'Security', approvals_required: 2, reviewer_count: 1 };
    const summary = previewSummary({ ...preview, requestable: false, stages: [asked, short] }, false);
    expect(summary).toMatchObject({ look: 'closed', sendable: false, title: 'Nobody could approve this' });
    expect(summary.sentences.join(' ')).toMatch(/“Security” takes 2 approvals .* one person .*Ask the Owner/);
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
