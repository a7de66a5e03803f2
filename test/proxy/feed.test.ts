import { afterEach, describe, expect, it } from '@jest/globals';
import type { FeedMessage } from '../../core/feed/feed-message.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ended, grant, person, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

type Heartbeat = Extract<FeedMessage, { type: 'heartbeat' }>;

const PATH = '/connections/aws-production/echo';
const KEY = 'connection:aws-production';

describe('the facts of a sidecar', () => {
  let sidecar: TestSidecar;
  afterEach(() => sidecar.stop());

  const status = async () => (await sidecar.visit('member', PATH)).status;
  const applied = (revision: number) => waitUntil('the report', () => sidecar.feed.applied.at(-1) === revision);

  it('are asked for by what it serves, after it has said who it is', async () => {
    sidecar = await startSidecar();
    expect(sidecar.feed.registrations).toEqual([
      {
        public_url: 'http://proxy.example.com',
        resources: expect.any(Array),
        denial_key: expect.objectContaining({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid: expect.any(String) }),
        policy_revision: expect.any(String),
        version: expect.any(String),
      },
    ]);
    expect(sidecar.feed.registrations[0]!.denial_key).not.toHaveProperty('d');
    expect(sidecar.feed.requests).toEqual([
      {
        resources:
          'connection:aws-production,connection:aws-staging,connection:payroll,connection:unheard-of,feature:*,target:billing-db',
        epoch: null,
        revision: null,
        mark: null,
      },
    ]);
  });

  it('follow each change, and it reports how far it is', async () => {
    sidecar = await startSidecar();
    expect(await status()).toBe(403);
    sidecar.feed.change(grant('grt_1', 'member', KEY));
    await applied(1);
    expect(await status()).toBe(200);
    sidecar.feed.change(ended('grt_1'));
    await applied(2);
    expect(await status()).toBe(403);
    expect(await sidecar.metrics()).toContain('hallpass_proxy_facts_revision 2');
  });

  it('follow a burst of changes with few reports, the last one of the last', async () => {
    sidecar = await startSidecar();
    for (let index = 0; index < 500; index += 1) sidecar.feed.change(grant(`grt_${index}`, 'member', KEY));
    await applied(500);
    expect(sidecar.feed.applied.length).toBeLessThan(400);
    expect(await status()).toBe(200);
  });

  it('go on from where they were after a broken connection', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    sidecar.feed.change(person('new'));
    await applied(1);
    sidecar.feed.breakStreams();
    await waitUntil('another stream', () => sidecar.feed.requests.length === 2);
    expect(sidecar.feed.requests[1]).toMatchObject({ epoch: 'epoch-1', revision: 1, mark: 'first-1' });
    expect(await status()).toBe(200);
  });

  const heartbeat = (more: Partial<Heartbeat>): Heartbeat => ({
    type: 'heartbeat',
    revision: 0,
    mark: 'first-0',
    as_of: Date.now(),
    server_time: Date.now(),
    ...more,
  });
  const strange: [string, string | FeedMessage][] = [
    ['a gap', { type: 'change', revision: 2, after: 'first-1', mark: 'first-2', facts: [] }],
    [
      'a revision that was already there',
      { type: 'change', revision: 0, after: 'first--1', mark: 'first-0', facts: [] },
    ],
    ['the next change of another history', { type: 'change', revision: 1, after: 'other', mark: 'x', facts: [] }],
    ['a heartbeat that knows more', heartbeat({ revision: 7 })],
    ['a heartbeat of another history', heartbeat({ mark: 'other' })],
    ['a clock that went back', heartbeat({ server_time: Date.now() - 60_000 })],
    ['a fact out of nowhere', { type: 'fact', fact: ended('grt_1') }],
    ['the end of no snapshot', { type: 'snapshot-end', epoch: 'epoch-1', revision: 0, facts: 0 }],
    ['no JSON', 'garbage\n'],
    ['half a message', '{"type":"change","revi\n'],
    ['a line without a checksum', '{"type":"heartbeat","revision":0,"server_time":1}\n'],
    ['a message of another kind', { type: 'grant-everything' } as never],
    ['a message with more in it', heartbeat({ admin: true } as never)],
    [
      'a fact whose id is not its own',
      { type: 'change', revision: 1, after: 'first-0', mark: 'first-1', facts: [{ ...person('x'), id: 'per_y' }] },
    ],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]).toString('latin1')],
  ];
  it.each(strange)('are asked for anew after %s, and stay in use meanwhile', async (_name, message) => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)], heartbeatMs: 200 });
    if (typeof message === 'string') sidecar.feed.sayRaw(message);
    else sidecar.feed.say(message);
    expect(await status()).toBe(200);
    await waitUntil('another stream', () => sidecar.feed.requests.length > 1);
    expect(sidecar.feed.requests[1]).toMatchObject({ epoch: null, revision: null });
    await sidecar.proxy.whenReady(5_000);
    expect(await status()).toBe(200);
    expect(await sidecar.metrics()).toMatch(/hallpass_proxy_feed_events_total\{event="resync"\} [1-9]/);
  });

  it('are never those of an older history of the same name', async () => {
    sidecar = await startSidecar({
      facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)],
      config: { facts: { max_age_ms: 500 } },
    });
    sidecar.feed.change(ended('grt_1'));
    await applied(1);
    // A backup restored without a new epoch: revision 0 again, with the grant that was revoked.
    sidecar.feed.change(grant('grt_1', 'member', KEY));
    sidecar.feed.revision = 0;
    sidecar.feed.breakStreams();
    await waitUntil('the facts to be too old', async () => (await status()) === 503);
    expect(await status()).toBe(503);
  });
});
