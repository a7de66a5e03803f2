import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fact } from '../../../core/feed/fact.ts';
import { atNewConnection, EMPTY_REPLICA, stepReplica, type ReplicaState } from '../../../core/feed/fact-replica.ts';
import { Facts } from '../../../core/feed/facts.ts';
import {
  decodeFeedMessage,
  encodeFeedMessage,
  FeedMessageError,
  MAX_FEED_LINE_CHARS,
  type FeedMessage,
} from '../../../core/feed/feed-message.ts';
import { ended, grant, person, resource, scope, TEST_FACTS } from '../../proxy/support/facts.ts';

/** Facts that collide often: few ids, so that changes replace, remove and come back. */
const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('a', 'b'),
      fc.constantFrom('connection:x', 'scope:s', 'role:admin'),
    )
    .map(([id, name, target]) => grant(`grt_${id}`, name, target)),
  fc.integer({ min: 1, max: 5 }).map((id) => ended(`grt_${id}`)),
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('viewer', 'admin'))
    .map(([name, role]) => person(name, role as 'viewer')),
  fc.constantFrom('a', 'b').map((name): Fact => ({ kind: 'subject', id: `per_${name}`, value: null })),
  fc.constantFrom('production', 'staging').map((environment) => resource('connection:x', { environment })),
  fc.constant<Fact>({ kind: 'resource', id: 'connection:x', value: null }),
  fc.constantFrom('production', 'staging').map((id) => scope('s', [{ level: 'environment', id }])),
  fc.constant<Fact>({ kind: 'scope', id: 's', value: null }),
);

const hello = (mode: 'snapshot' | 'tail', revision = 0, epoch = 'e'): FeedMessage => ({
  type: 'hello',
  protocol: 1,
  epoch,
  mode,
  revision,
  server_time: 1,
  heartbeat_interval_ms: 1_000,
});

function snapshotOf(facts: readonly Fact[], revision: number, epoch = 'e'): FeedMessage[] {
  return [
    hello('snapshot', revision, epoch),
    { type: 'snapshot-begin', epoch, revision },
    ...facts.map((fact): FeedMessage => ({ type: 'fact', fact })),
    { type: 'snapshot-end', epoch, revision, facts: facts.length },
  ];
}

/** The replica after the messages, or the reason of the first resync. */
function run(messages: readonly FeedMessage[], from: ReplicaState = EMPTY_REPLICA): ReplicaState | string {
  let state = from;
  for (const message of messages) {
    const step = stepReplica(state, decodeFeedMessage(encodeFeedMessage(message).trimEnd()));
    if ('resync' in step) return step.resync;
    state = step.state;
  }
  return state;
}

/** Everything an index could answer with, in an order of its own. */
function contentOf(facts: Facts | null): unknown {
  if (facts === null) return null;
  const all = [...facts.all()].map((fact) => JSON.stringify(fact)).toSorted();
  const bySubject = ['per_a', 'per_b'].map((id) =>
    facts
      .grantsOf(id)
      .map((held) => held.id)
      .toSorted(),
  );
  const lookups = ['a', 'b'].map((name) => [
    facts.subjectBySub(`sub-${name}`)?.role,
    facts.subjectByEmail(`${name.toUpperCase()}@example.com`)?.role,
  ]);
  const held = facts.resource('connection:x');
  return { all, bySubject, lookups, covering: held && facts.scopesCovering(held).map(({ id }) => id) };
}

function factsFrom(facts: readonly Fact[]): Facts {
  const built = new Facts();
  for (const fact of facts) built.apply(fact);
  return built;
}

describe('the replica', () => {
  it('holds after any changes what a snapshot of the end would hold', () => {
    fc.assert(
      fc.property(
        fc.array(anyFact, { maxLength: 15 }),
        fc.array(fc.array(anyFact, { maxLength: 4 }), { maxLength: 12 }),
        (first, changes) => {
          const messages = snapshotOf(first, 10);
          changes.forEach((facts, index) => messages.push({ type: 'change', revision: 11 + index, facts }));
          const state = run(messages) as ReplicaState;
          const truth = factsFrom([...first, ...changes.flat()]);
          expect(contentOf(state.facts)).toEqual(contentOf(truth));
          const fresh = run(snapshotOf([...truth.all()], 10 + changes.length)) as ReplicaState;
          expect(contentOf(state.facts)).toEqual(contentOf(fresh.facts));
          expect(state.revision).toBe(fresh.revision);
        },
      ),
    );
  });

  it('ends any sequence of messages in the facts of the sender, or in a resync', () => {
    const anyMessage: fc.Arbitrary<FeedMessage> = fc.oneof(
      fc.constantFrom(hello('snapshot', 1), hello('tail', 1), hello('tail', 2)),
      fc.integer({ min: 0, max: 3 }).map((revision): FeedMessage => ({ type: 'snapshot-begin', epoch: 'e', revision })),
      anyFact.map((fact): FeedMessage => ({ type: 'fact', fact })),
      fc
        .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 4 }))
        .map(([revision, facts]): FeedMessage => ({ type: 'snapshot-end', epoch: 'e', revision, facts })),
      fc
        .tuple(fc.integer({ min: 0, max: 5 }), fc.array(anyFact, { maxLength: 2 }))
        .map(([revision, facts]): FeedMessage => ({ type: 'change', revision, facts })),
      fc.integer({ min: 0, max: 4 }).map((revision): FeedMessage => ({ type: 'heartbeat', revision, server_time: 1 })),
    );
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 30 }), (messages) => {
        // What a sender that sends exactly this holds: the last whole snapshot and the changes right after it.
        let truth: { facts: Fact[]; revision: number } | null = null;
        let building: { facts: Fact[]; revision: number } | null = null;
        let state = EMPTY_REPLICA;
        for (const message of messages) {
          const step = stepReplica(state, message);
          if ('resync' in step) return;
          state = step.state;
          if (message.type === 'snapshot-begin') building = { facts: [], revision: message.revision };
          else if (message.type === 'fact') building!.facts.push(message.fact);
          else if (message.type === 'snapshot-end') {
            truth = building;
            building = null;
          } else if (message.type === 'change') {
            expect(message.revision).toBe(truth!.revision + 1);
            truth = { facts: [...truth!.facts, ...message.facts], revision: message.revision };
          }
          expect(contentOf(state.facts)).toEqual(truth === null ? null : contentOf(factsFrom(truth.facts)));
          expect(state.revision).toBe(truth?.revision ?? 0);
          if (step.effect.kind === 'current') expect(building).toBeNull();
        }
      }),
      { numRuns: 2_000 },
    );
  });

  const at5 = () => run(snapshotOf(TEST_FACTS, 5)) as ReplicaState;
  const again = (state: ReplicaState) => atNewConnection(state);

  it.each<[string, FeedMessage[]]>([
    ['anything before hello', [{ type: 'heartbeat', revision: 5, server_time: 1 }]],
    ['a tail of another epoch', [hello('tail', 5, 'other')]],
    ['a head behind us', [hello('tail', 4)]],
    ['two hellos', [hello('tail', 5), hello('tail', 5)]],
    ['a gap', [hello('tail', 5), { type: 'change', revision: 7, facts: [] }]],
    ['a repetition', [hello('tail', 5), { type: 'change', revision: 5, facts: [] }]],
    ['a heartbeat that is ahead', [hello('tail', 5), { type: 'heartbeat', revision: 6, server_time: 1 }]],
    ['a snapshot older than us', snapshotOf([], 4)],
    ['a snapshot that is too short', snapshotOf(TEST_FACTS, 6).toSpliced(3, 1)],
    [
      'a snapshot that ends as another',
      [...snapshotOf([], 6).slice(0, 2), { type: 'snapshot-end', epoch: 'f', revision: 6, facts: 0 }],
    ],
    ['a change within a snapshot', [...snapshotOf([], 6).slice(0, 2), { type: 'change', revision: 6, facts: [] }]],
  ])('asks for a snapshot on %s, and keeps what it has', (_name, messages) => {
    const state = at5();
    expect(typeof run(messages, again(state))).toBe('string');
    expect(contentOf(state.facts)).toEqual(contentOf(factsFrom(TEST_FACTS)));
  });

  it('takes a snapshot of another epoch, also one with a lower revision', () => {
    const state = run(snapshotOf([person('a')], 2, 'restored'), again(at5())) as ReplicaState;
    expect([state.epoch, state.revision, state.facts?.counts.subjects]).toEqual(['restored', 2, 1]);
  });

  it('drops half a snapshot when the connection breaks', () => {
    const half = run(snapshotOf([], 6).slice(0, 2), again(at5())) as ReplicaState;
    const state = run(
      [hello('tail', 5), { type: 'heartbeat', revision: 5, server_time: 1 }],
      again(half),
    ) as ReplicaState;
    expect(state.building).toBeNull();
    expect(contentOf(state.facts)).toEqual(contentOf(factsFrom(TEST_FACTS)));
  });
});

describe('a feed message', () => {
  it('survives being written and read', () => {
    fc.assert(
      fc.property(fc.array(anyFact), (facts) => {
        const message: FeedMessage = { type: 'change', revision: 1, facts };
        const line = encodeFeedMessage(message);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(decodeFeedMessage(line.trimEnd())).toEqual(message);
      }),
    );
  });

  it('is refused with its own kind of error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        try {
          decodeFeedMessage(line);
        } catch (error) {
          expect(error).toBeInstanceOf(FeedMessageError);
        }
      }),
    );
  });

  it.each([
    ['a subject', { ...person('a'), id: 'per_b' }],
    ['a resource', { ...resource('connection:x'), id: 'connection:y' }],
    ['a Scope', { ...scope('s', [{ level: 'environment', id: 'x' }]), id: 't' }],
    ['a grant', { ...grant('grt_1', 'a', 'role:admin'), id: 'grt_2' }],
  ])('is refused when %s comes under the id of another', (_name, fact) => {
    const line = JSON.stringify({ type: 'change', revision: 1, facts: [fact] });
    expect(() => decodeFeedMessage(line)).toThrow(/facts\.0\.id/);
  });

  it('is refused when it is too long', () => {
    expect(() => decodeFeedMessage(' '.repeat(MAX_FEED_LINE_CHARS + 1))).toThrow(FeedMessageError);
  });
});
