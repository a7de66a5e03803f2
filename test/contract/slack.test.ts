import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestMessage, noticeMessage } from '../../admin-api/slack/notice-message.ts';
import type { SlackRequestFacts } from '../../admin-api/slack/read-request-facts.ts';
import { denyView, requestMessage, type Shown } from '../../admin-api/slack/request-message.ts';
import { createSlackClient, SlackFailure, type SlackContent } from '../../admin-api/slack/slack-client.ts';
import { SLACK_LIMITS } from '../../admin-api/slack/slack-text.ts';
import { blockProblems, textsOf, type WireBlock } from '../support/slack-blocks.ts';
import { SLACK_CONTRACT } from '../support/slack-contract.ts';
import { SlackDouble } from '../support/slack-double.ts';

const { limits, methods, patterns } = SLACK_CONTRACT;
const URL = 'https://access.example.com';
const wire = (content: { readonly blocks: readonly unknown[] }) =>
  JSON.parse(JSON.stringify(content.blocks)) as WireBlock[];

/** Text as people might type it: entities, mentions, halves of pairs, and much of it. */
const typed = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4_000 }),
  fc.constantFrom(
    '',
    ' ',
    '<!channel>',
    '<@U0ADMIN> & <https://x.example|y>',
    '&'.repeat(3_000),
    '🙂'.repeat(2_000),
    '\ud83d',
  ),
);
const facts: fc.Arbitrary<SlackRequestFacts> = fc.record({
  id: fc.constant('req_1'),
  status: fc.constantFrom('pending', 'approved', 'denied', 'cancelled', 'expired'),
  requester_id: fc.constant('per_1'),
  requester_name: typed,
  requester_email: typed,
  what: typed,
  duration: typed,
  reason: typed,
  policy_reasons: fc.array(typed, { maxLength: 3 }),
  low_risk: fc.boolean(),
  is_extension: fc.boolean(),
  others_in_bundle: fc.nat(9),
  pending_until: fc.constant(new Date('2026-01-01T00:00:00Z')),
  decided_by: fc.option(typed),
  decision_note: fc.option(typed),
  reviewer_ids: fc.constant([]),
});
const nonces = fc.option(fc.constant({ approve: 'a'.repeat(32), deny: 'd'.repeat(32) }));
const shown = fc.constantFrom<Shown>('pending', 'reviewed', 'approved', 'denied', 'cancelled', 'expired');

function assertTaken(content: SlackContent): void {
  const blocks = wire(content);
  expect(blockProblems(blocks)).toEqual([]);
  for (const { type, text } of textsOf(blocks)) {
    // Raw angle brackets are what Slack acts on; ours are in the two things we write as mrkdwn ourselves.
    if (type === 'plain_text') expect(text).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
    else
      expect(text).toMatch(
        /^(Open until <!date\^\d+\^[^<>]*>|<https:\/\/access\.example\.com\/[^<>|]*\|Open in Hallpass>)$/,
      );
  }
}

describe('what is sent', () => {
  it('keeps to the limits that Slack publishes', () => {
    expect(SLACK_LIMITS).toEqual({
      header: limits['header_text'],
      section: limits['section_text'],
      field: limits['field_text'],
      button: limits['button_text'],
      message_text: expect.any(Number),
      blocks: limits['blocks'],
    });
    expect(SLACK_LIMITS.message_text).toBeLessThanOrEqual(limits['message_text']!);
  });

  it('is taken whatever people typed, and holds nothing that acts', () => {
    fc.assert(
      fc.property(facts, shown, nonces, (given, state, values) =>
        assertTaken(requestMessage(given, state, values, URL)),
      ),
      { numRuns: 300 },
    );
    const notice = fc.record({
      event_type: fc.constant('access-revoked' as const),
      title: typed,
      body: typed,
      link: fc.constant('/my-access'),
      request_id: fc.constant(null),
      grant_id: fc.constant(null),
      created_at: fc.constant('2026-01-01T00:00:00Z'),
    });
    fc.assert(fc.property(notice, (given) => assertTaken(noticeMessage(given, URL))));
    fc.assert(
      fc.property(fc.array(notice, { minLength: 1, maxLength: 60 }), (given) => assertTaken(digestMessage(given, URL))),
    );
  });

  it('opens a dialog that Slack takes', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const view = denyView(given, 'd'.repeat(32));
        expect(blockProblems(wire(view), 'view_blocks')).toEqual([]);
        expect(view.title.text.length).toBeLessThanOrEqual(limits['view_title']!);
        expect(view.submit!.text.length).toBeLessThanOrEqual(limits['view_title']!);
        expect(view.private_metadata!.length).toBeLessThanOrEqual(limits['private_metadata']!);
      }),
    );
  });
});

describe('the client and the double, by the published Web API', () => {
  const slack = new SlackDouble(['U0ADMIN']);
  let client: ReturnType<typeof createSlackClient>;
  beforeAll(async () => {
    await slack.start();
    client = createSlackClient({ botToken: slack.token, signingSecret: slack.signingSecret, apiUrl: slack.apiUrl });
  });
  afterAll(() => slack.stop());

  /** One call of each method, as the double takes it. */
  const GOOD: Record<string, () => Record<string, unknown>> = {
    'auth.test': () => ({}),
    'conversations.open': () => ({ users: 'U0ADMIN' }),
    'chat.postMessage': () => ({ channel: slack.workspace.directMessageOf('U0ADMIN'), text: 'x' }),
    'chat.update': () => ({ ...slack.workspace.messages[0], blocks: undefined, updates: undefined }),
    'chat.postEphemeral': () => ({ channel: slack.workspace.directMessageOf('U0ADMIN'), user: 'U0ADMIN', text: 'x' }),
    'views.open': () => ({
      trigger_id: '1',
      view: { title: { text: 'x' }, private_metadata: '', callback_id: 'x', blocks: [{ type: 'divider' }] },
    }),
  };
  const ask = async (method: string, args: object, token = slack.token) => {
    const response = await fetch(`${slack.apiUrl}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(args),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('call methods and arguments that are published, the required ones always', async () => {
    slack.calls.length = 0;
    expect(await client.teamId()).toMatch(new RegExp(patterns.team_id));
    const channel = await client.openDirectMessage('U0ADMIN');
    expect(channel).toMatch(new RegExp(patterns.dm_id));
    const content: SlackContent = { text: 'x', blocks: [{ type: 'divider' }] };
    const ts = await client.post(channel, content);
    expect(ts).toMatch(new RegExp(patterns.ts));
    await client.update(channel, ts, content);
    await client.whisper(channel, 'U0ADMIN', 'x');
    await client.openView('1.2.3', denyView({ requester_name: 'x', what: 'y' } as SlackRequestFacts, 'n'));
    expect(slack.calls.map(({ method }) => method).toSorted()).toEqual(Object.keys(methods).toSorted());
    for (const { method, args } of slack.calls) {
      const { required, optional } = methods[method]!;
      expect([method, Object.keys(args)]).toEqual([method, expect.arrayContaining([...required])]);
      expect([method, Object.keys(args).filter((name) => ![...required, ...optional].includes(name))]).toEqual([
        method,
        [],
      ]);
    }
  });

  it.each(Object.keys(GOOD))('%s answers with all that is published', async (method) => {
    const { status, body } = await ask(method, GOOD[method]!());
    expect([status, body['error'], body['ok']]).toEqual([200, undefined, true]);
    expect(Object.keys(body)).toEqual(expect.arrayContaining([...methods[method]!.answers]));
  });

  it.each([
    ['auth.test', {}, 'a wrong token'],
    ['conversations.open', {}],
    ['conversations.open', { users: 'U0NOBODY' }],
    ['chat.postMessage', { text: 'x' }],
    ['chat.postMessage', { channel: 'C0NOWHERE0', text: 'x' }],
    ['chat.postMessage', { channel: 'D0ADMIN0000', strange: 1 }],
    ['chat.update', { channel: 'D0ADMIN0000', ts: '1.2', text: 'x' }],
    ['chat.postEphemeral', { channel: 'D0ADMIN0000', user: 'U0OTHER', text: 'x' }],
  ] as const)('%s refuses %j with an error that is published', async (method, args, token: string = slack.token) => {
    await ask('conversations.open', { users: 'U0ADMIN' });
    const channel =
      'channel' in args && args.channel.startsWith('D') ? slack.workspace.directMessageOf('U0ADMIN') : undefined;
    const { body } = await ask(method, { ...args, ...(channel === undefined ? {} : { channel }) }, token);
    expect(body['ok']).toBe(false);
    expect(methods[method]!.errors).toContain(body['error']);
  });

  it('show no token, whatever goes wrong', async () => {
    const failures = [{ retryAfter: 3 }, { status: 500 }, { error: 'fatal_error' }, { error: `not ${slack.token}` }];
    for (const failure of failures) {
      slack.failNext('auth.test', failure);
      const error: unknown = await client.teamId().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SlackFailure);
      expect(JSON.stringify([String(error), error, (error as Error).stack])).not.toContain(slack.token);
      expect((error as Error).cause).toBeUndefined();
    }
  });

  it('wait no longer than they must for a Slack that is away', async () => {
    const away = createSlackClient({ botToken: 'xoxb-1', signingSecret: 's', apiUrl: 'http://127.0.0.1:1/api' });
    await expect(away.teamId()).rejects.toMatchObject({ code: 'unreachable', isFinal: false, retryAfterMs: null });
  });
});
