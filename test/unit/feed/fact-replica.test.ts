import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fact } from '../../../core/feed/fact.ts';
import { atNewConnection, EMPTY_REPLICA, stepReplica, type ReplicaState } from '../../../core/feed/fact-replica.ts';
import { FeedDecoder } from '../../../core/feed/feed-decoder.ts';
import { FeedEncoder } from '../../../core/feed/feed-encoder.ts';
import type { FeedMessage } from '../../../core/feed/feed-message.ts';
import { person, TEST_FACTS } from '../../proxy/support/facts.ts';
import { anyFact, contentOf, factsFrom } from './any-fact.ts';

const hello = (mode: 'snapshot' | 'tail', revision = 0, epoch = 'e'): FeedMessage => ({
  type: 'hello',
  protocol: 2,
  epoch,
  mode,
  revision,
  server_time: 1,
  heartbeat_interval_ms: 1_000,
});

/** The mark of a revision, of the one history that there is here. */
const markOf = (revision: number) => `m${revision}`;
const change = (revision: number, facts: readonly Fact[] = []): FeedMessage => ({
  type: 'change',
  revision,
  after: markOf(revision - 1),
  mark: markOf(revision),
  facts: [...facts],
});
const heartbeat = (revision: number): FeedMessage => ({
  type: 'heartbeat',
  revision,
  mark: markOf(revision),
  as_of: 1,
  server_time: 1,
});

function snapshotOf(facts: readonly Fact[], revision: number, epoch = 'e'): FeedMessage[] {
  return [
    hello('snapshot', revision, epoch),
    { type: 'snapshot-begin', epoch, revision, mark: markOf(revision), as_of: 1 },
    ...facts.map((fact): FeedMessage => ({ type: 'fact', fact })),
    { type: 'snapshot-end', epoch, revision, facts: facts.length },
  ];
}

/** The replica after the messages, or the reason of the first resync. */
function run(messages: readonly FeedMessage[], from: ReplicaState = EMPTY_REPLICA): ReplicaState | string {
  let state = from;
  const encoder = new FeedEncoder();
  const decoder = new FeedDecoder();
  for (const message of messages) {
    const step = stepReplica(state, decoder.decode(encoder.encode(message).trimEnd()));
    if ('resync' in step) return step.resync;
    state = step.state;
  }
  return state;
}

describe('the replica', () => {
  it('holds after any changes what a snapshot of the end would hold', () => {
    fc.assert(
      fc.property(
        fc.array(anyFact, { maxLength: 15 }),
        fc.array(fc.array(anyFact, { maxLength: 4 }), { maxLength: 12 }),
        (first, changes) => {
          const messages = snapshotOf(first, 10);
          changes.forEach((facts, index) => messages.push(change(11 + index, facts)));
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
      fc.integer({ min: 0, max: 3 }).map((revision): FeedMessage => snapshotOf([], revision)[1]!),
      anyFact.map((fact): FeedMessage => ({ type: 'fact', fact })),
      fc
        .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 4 }))
        .map(([revision, facts]): FeedMessage => ({ type: 'snapshot-end', epoch: 'e', revision, facts })),
      fc
        .tuple(fc.integer({ min: 0, max: 5 }), fc.array(anyFact, { maxLength: 2 }))
        .map(([revision, facts]) => change(revision, facts)),
      fc.integer({ min: 0, max: 4 }).map(heartbeat),
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

  it('goes on with the very facts it held, where a snapshot says the same of them again', () => {
    const before = run(snapshotOf(TEST_FACTS, 5)) as ReplicaState;
    const held = [...before.facts!.all()];
    const changed = held.find(({ kind }) => kind === 'subject')!;
    const renamed = { ...changed, value: { ...changed.value, name: 'Somebody else' } } as Fact;
    const second = held.map((fact) => (fact === changed ? renamed : fact));
    const after = run(snapshotOf(second, 6), atNewConnection(before)) as ReplicaState;
    const values = new Map([...after.facts!.all()].map(({ kind, id, value }) => [`${kind} ${id}`, value]));
    for (const { kind, id, value } of held) {
      if (id === changed.id) expect(values.get(`${kind} ${id}`)).toEqual(renamed.value);
      else expect(values.get(`${kind} ${id}`)).toBe(value);
    }
    expect(values.size).toBe(held.length);
  });

  const at5 = () => run(snapshotOf(TEST_FACTS, 5)) as ReplicaState;
  const again = (state: ReplicaState) => atNewConnection(state);

  it.each<[string, FeedMessage[]]>([
    ['anything before hello', [heartbeat(5)]],
    ['a tail of another epoch', [hello('tail', 5, 'other')]],
    ['a head behind us', [hello('tail', 4)]],
    ['two hellos', [hello('tail', 5), hello('tail', 5)]],
    ['a gap', [hello('tail', 5), change(7)]],
    ['a repetition', [hello('tail', 5), change(5)]],
    ['the next revision of another history', [hello('tail', 5), { ...change(6), after: 'other' } as FeedMessage]],
    ['a heartbeat of another history', [hello('tail', 5), { ...heartbeat(5), mark: 'other' } as FeedMessage]],
    ['a heartbeat that is ahead', [hello('tail', 5), heartbeat(6)]],
    ['a snapshot older than us', snapshotOf([], 4)],
    ['a snapshot that is too short', snapshotOf(TEST_FACTS, 6).toSpliced(3, 1)],
    [
      'a snapshot that ends as another',
      [...snapshotOf([], 6).slice(0, 2), { type: 'snapshot-end', epoch: 'f', revision: 6, facts: 0 }],
    ],
    ['a change within a snapshot', [...snapshotOf([], 6).slice(0, 2), change(6)]],
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
    const state = run([hello('tail', 5), heartbeat(5)], again(half)) as ReplicaState;
    expect(state.building).toBeNull();
    expect(contentOf(state.facts)).toEqual(contentOf(factsFrom(TEST_FACTS)));
  });
});
