import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fact } from '../../core/feed/fact.ts';
import { ACCESS_REQUEST_PATHS } from '../../core/decision/access-request-profile.ts';
import { approvalKeyOf, signApprovalState, type ApprovalClaims } from '../../core/decision/approval-state.ts';
import { ended, grant } from '../proxy/support/facts.ts';
import { CONSOLE_URL, PUBLIC_URL, startSidecar, type TestSidecar } from '../proxy/support/sidecar.ts';
import { httpClient } from '../support/http-client.ts';
import { waitUntil } from '../support/wait-until.ts';

// ARAP draft 1, "Approval and Re-evaluation", at the real sidecar: what a reference that is sent along says, and that it
// never lets anybody in.
const KEY = approvalKeyOf(Buffer.alloc(32, 1));
const STRANGER = approvalKeyOf(Buffer.alloc(32, 2));
const RESOURCE = { type: 'connection', id: 'aws-production' } as const;
const SOON = () => Date.now() + 600_000;
const iso = (ms: number) => new Date(ms).toISOString();

describe('an evaluation with an approval', () => {
  let sidecar: TestSidecar;
  beforeAll(async () => {
    sidecar = await startSidecar({
      prepare: (feed) => feed.documents.set(ACCESS_REQUEST_PATHS.approvalKeys, { keys: [KEY.publicJwk] }),
    });
  });
  afterAll(() => sidecar.stop());
  beforeEach(() => learn(ended('grt_1'), ended('grt_2')));

  async function learn(...facts: Fact[]): Promise<void> {
    sidecar.feed.change(...facts);
    const { revision } = sidecar.feed;
    await waitUntil('the sidecar to apply the change', () => sidecar.feed.applied.includes(revision));
  }

  const stateOf = (
    claims: Partial<ApprovalClaims> = {},
    { key = KEY, issuer = CONSOLE_URL, audience = PUBLIC_URL as string | string[] } = {},
  ) =>
    signApprovalState(
      {
        approval_id: 'grt_1',
        task_id: 'tsk_1',
        evaluation_id: 'ev_1',
        subject: { type: 'user', id: 'per_member' },
        resource: RESOURCE,
        action: { name: 'read' },
        approved_until: iso(SOON()),
        feed_revision: sidecar.feed.revision,
        ...claims,
      },
      key,
      { issuer, audience },
      Date.now(),
    );
  const evaluate = async (approval: unknown, resource: { type: string; id: string } = RESOURCE) =>
    (
      await httpClient(sidecar.decisionUrl, null).post('/access/v1/evaluation', {
        subject: { type: 'user', id: 'member@example.com' },
        resource,
        action: { name: 'read' },
        context: { approval },
      })
    ).body;
  const reference = (state?: unknown, id = 'grt_1') => ({
    id,
    approved_until: iso(SOON()),
    ...(state === undefined ? {} : { state }),
  });
  const refused = async (approval: unknown, resource?: { type: string; id: string }) => {
    const { decision, context } = await evaluate(approval, resource);
    expect(decision).toBe(false);
    expect(context.approval).toBeUndefined();
    expect(context.access_request !== undefined).toBe(context.next_action === 'request');
    return [context.reason, context.next_action];
  };

  it('is let in by the grant, which the reference names', async () => {
    const end = SOON();
    await learn(grant('grt_1', 'member', 'connection:aws-production', { expiresAt: end }));
    for (const state of [undefined, await stateOf(), await stateOf({}, { audience: [CONSOLE_URL, PUBLIC_URL] })]) {
      expect(await evaluate(reference(state))).toMatchObject({
        decision: true,
        context: { grants: ['grt_1'], approval: { id: 'grt_1', approved_until: expect.any(String) } },
      });
    }
    // The earlier of the two ends.
    const sooner = end - 300_000;
    const { context } = await evaluate(reference(await stateOf({ approved_until: iso(sooner) })));
    expect(context.approval.approved_until).toBe(iso(sooner));
  });

  it('is let in by another grant where the reference is good for nothing, and not told that it was', async () => {
    await learn(grant('grt_2', 'member', 'connection:aws-production', { expiresAt: SOON() }));
    for (const approval of [reference(), reference(await stateOf({}, { key: STRANGER })), 'nonsense', null]) {
      const { decision, context } = await evaluate(approval);
      expect([decision, context.approval, context.grants]).toEqual([true, undefined, ['grt_2']]);
    }
  });

  it('is refused where id and state are of two approvals, whatever else would let it in', async () => {
    await learn(
      grant('grt_1', 'member', 'connection:aws-production', { expiresAt: SOON() }),
      grant('grt_2', 'member', 'connection:aws-production', { expiresAt: SOON() }),
    );
    expect(await refused(reference(await stateOf({ approval_id: 'grt_2' })))).toEqual([
      'approval_unverifiable',
      'none',
    ]);
  });

  it.each([
    ['signed by a stranger', () => stateOf({}, { key: STRANGER })],
    ['signed by a stranger who borrows the name of the key', () => stateOf({}, { key: { ...STRANGER, kid: KEY.kid } })],
    ['of another issuer', () => stateOf({}, { issuer: 'https://another.test' })],
    ['for another sidecar', () => stateOf({}, { audience: 'https://another.test' })],
    ['of another person', () => stateOf({ subject: { type: 'user', id: 'per_member2' } })],
    ['that is no text', async () => ({ alg: 'none' })],
    ['without a signature', async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
  ])('is not helped by a state %s', async (_what, make) => {
    expect(await refused(reference(await make()))).toEqual(['approval_unverifiable', 'none']);
  });

  it("is not helped by an id nobody knows, or somebody else's", async () => {
    expect(await refused(reference())).toEqual(['approval_unverifiable', 'none']);
    await learn(grant('grt_1', 'member2', 'connection:aws-production', { expiresAt: SOON() }));
    expect(await refused(reference())).toEqual(['approval_unverifiable', 'none']);
    expect(await refused({ id: 'grt_1' })).toEqual(['approval_unverifiable', 'none']);
  });

  it('waits for what has not come yet, and asks again for what has ended', async () => {
    const ahead = await evaluate(reference(await stateOf({ feed_revision: sidecar.feed.revision + 1 })));
    expect(ahead.context).toMatchObject({ reason: 'grant_pending', next_action: 'retry', retry_after: 2 });
    expect(ahead.context['hallpass.dev/reason']).toBe('no-grant');
    expect(await refused(reference(await stateOf()))).toEqual(['approval_expired', 'request']);
    const over = iso(Date.now() - 1_000);
    expect(await refused(reference(await stateOf({ approved_until: over })))).toEqual(['approval_expired', 'request']);
    await learn(grant('grt_1', 'member', 'connection:aws-production', { expiresAt: Date.now() - 1_000 }));
    expect(await refused(reference())).toEqual(['approval_expired', 'request']);
    await learn(
      grant('grt_1', 'member', 'connection:aws-production', { startsAt: Date.now() + 90_000, expiresAt: SOON() }),
    );
    const early = await evaluate(reference());
    expect(early.context).toMatchObject({ reason: 'grant_pending', next_action: 'retry' });
    expect(early.context.retry_after).toBeGreaterThan(80);
  });

  it('is for what the grant reaches: the resource, or what a Scope covers', async () => {
    await learn(grant('grt_1', 'member', 'connection:aws-staging', { expiresAt: SOON() }));
    expect(await refused(reference())).toEqual(['out_of_scope', 'request']);
    await learn(ended('grt_1'));
    expect(await refused(reference(await stateOf({ resource: { type: 'connection', id: 'aws-staging' } })))).toEqual([
      'out_of_scope',
      'request',
    ]);
    await learn(grant('grt_1', 'member', 'scope:production', { expiresAt: SOON() }));
    expect(await evaluate(reference())).toMatchObject({ decision: true, context: { approval: { id: 'grt_1' } } });
  });

  it('says nothing of what is hidden, or of nobody', async () => {
    for (const id of ['payroll', 'unheard-of']) {
      expect(await refused(reference(), { type: 'connection', id })).toEqual(['resource-unknown', 'none']);
    }
  });

  it('answers each of several for itself', async () => {
    await learn(grant('grt_1', 'member', 'connection:aws-production', { expiresAt: SOON() }));
    const answer = await httpClient(sidecar.decisionUrl, null).post('/access/v1/evaluations', {
      subject: { type: 'user', id: 'member@example.com' },
      resource: RESOURCE,
      action: { name: 'read' },
      evaluations: [
        {},
        { context: { approval: reference() } },
        { context: { approval: reference(await stateOf({ approval_id: 'grt_2' })) } },
      ],
    });
    expect(answer.body.evaluations.map((one: { decision: boolean }) => one.decision)).toEqual([true, true, false]);
  });

  it('is told when to come back while the keys can not be fetched', async () => {
    const alone = await startSidecar();
    try {
      const { body } = await httpClient(alone.decisionUrl, null).post('/access/v1/evaluation', {
        subject: { type: 'user', id: 'member@example.com' },
        resource: RESOURCE,
        action: { name: 'read' },
        context: { approval: reference(await stateOf()) },
      });
      expect(body).toMatchObject({
        decision: false,
        context: { reason: 'approval_unverifiable', next_action: 'retry', retry_after: 5 },
      });
    } finally {
      await alone.stop();
    }
  });

  it('knows nothing of it where the profile is off', async () => {
    const off = await startSidecar({ config: { decision_api: { port: 0, access_requests: 'off' } } });
    try {
      const client = httpClient(off.decisionUrl, null);
      expect((await client.get('/.well-known/authzen-configuration')).body).not.toHaveProperty(
        'access_request_endpoint',
      );
      const question = {
        subject: { type: 'user', id: 'member@example.com' },
        resource: RESOURCE,
        action: { name: 'read' },
      };
      const { body } = await client.post('/access/v1/evaluation', { ...question, context: { approval: reference() } });
      expect(body.context).toMatchObject({ reason: 'no-grant' });
      expect(body.context).not.toHaveProperty('access_request');
      expect(body.context).not.toHaveProperty('next_action');
    } finally {
      await off.stop();
    }
  });
});
