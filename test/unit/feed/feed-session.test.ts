import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fact } from '../../../core/feed/fact.ts';
import { atNewConnection, EMPTY_REPLICA, stepReplica, type ReplicaState } from '../../../core/feed/fact-replica.ts';
import { FeedDecoder } from '../../../core/feed/feed-decoder.ts';
import { FeedEncoder } from '../../../core/feed/feed-encoder.ts';
import type { FeedMessage } from '../../../core/feed/feed-message.ts';
import { FeedLines } from '../../../proxy/facts/feed-lines.ts';
import { anyFact, contentOf, factsFrom } from './any-fact.ts';

interface Revision {
  readonly mark: string;
  readonly changed: readonly Fact[];
}

/** A control plane: one history, or several where a backup was restored. */
class Sender {
  epoch = 'e';
  #history: Revision[] = [{ mark: 'm0', changed: [] }];
  #marks = 0;

  get head(): number {
    return this.#history.length - 1;
  }

  commit(facts: readonly Fact[]): void {
    this.#marks += 1;
    this.#history.push({ mark: `m${this.#marks}`, changed: facts });
  }

  /** An older state under the same epoch, as if its database came from a backup of `back` commits ago. */
  restore(back: number): void {
    this.#history.splice(Math.max(1, this.#history.length - back));
  }

  /** What a sidecar with this mark must hold; undefined: no sidecar can have it. */
  contentAt(revision: number, mark: string): unknown {
    if (this.#history[revision]?.mark !== mark) return undefined;
    return contentOf(factsFrom(this.#history.slice(0, revision + 1).flatMap(({ changed }) => changed)));
  }

  connect(position: { epoch: string; revision: number; mark: string } | null): FeedMessage[] {
    const { epoch, head } = this;
    const hello = {
      type: 'hello',
      protocol: 2,
      epoch,
      revision: head,
      server_time: 1,
      heartbeat_interval_ms: 1_000,
    } as const;
    const isKnown = position?.epoch === epoch && this.#history[position.revision]?.mark === position.mark;
    const { mark } = this.#history[head]!;
    const beat: FeedMessage = { type: 'heartbeat', revision: head, mark, as_of: 1, server_time: 1 };
    if (isKnown) return [{ ...hello, mode: 'tail' }, ...this.#changesFrom(position.revision), beat];
    const facts = [...factsFrom(this.#history.flatMap(({ changed }) => changed)).all()];
    return [
      { ...hello, mode: 'snapshot' },
      { type: 'snapshot-begin', epoch, revision: head, mark, as_of: 1 },
      ...facts.map((fact): FeedMessage => ({ type: 'fact', fact })),
      { type: 'snapshot-end', epoch, revision: head, facts: facts.length },
      beat,
    ];
  }

  #changesFrom(revision: number): FeedMessage[] {
    return this.#history.slice(revision + 1).map(({ mark, changed }, index) => ({
      type: 'change',
      revision: revision + 1 + index,
      after: this.#history[revision + index]!.mark,
      mark,
      facts: [...changed],
    }));
  }
}

/** A sidecar, by the rules that it reads the feed by. */
class Receiver {
  state: ReplicaState = EMPTY_REPLICA;
  wantsSnapshot = true;

  get position(): { epoch: string; revision: number; mark: string } | null {
    const { epoch, revision, mark } = this.state;
    return this.wantsSnapshot || epoch === null ? null : { epoch, revision, mark };
  }

  /** @param onStep after each message that was taken @returns why it broke off, or null */
  read(bytes: Uint8Array, onStep: () => void): string | null {
    this.state = atNewConnection(this.state);
    const lines = new FeedLines(100_000);
    const decoder = new FeedDecoder();
    try {
      for (const line of lines.push(bytes)) {
        const message = decoder.decode(line);
        const step = stepReplica(this.state, message);
        if ('resync' in step) throw new Error(step.resync);
        this.state = step.state;
        if (message.type === 'snapshot-end') this.wantsSnapshot = false;
        onStep();
      }
      return null;
    } catch (error) {
      this.wantsSnapshot = true;
      return (error as Error).message;
    }
  }
}

function bytesOf(messages: readonly FeedMessage[]): Buffer {
  const encoder = new FeedEncoder();
  return Buffer.from(messages.map((message) => encoder.encode(message)).join(''));
}

/** What a network, a proxy or a broken disk may do to what was sent. */
type Damage =
  | { readonly kind: 'none' }
  | { readonly kind: 'cut' | 'flip'; readonly at: number }
  | { readonly kind: 'drop' | 'double' | 'swap'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array };

const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Damage>({ kind: 'none' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'flip' as const), at }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('drop' as const, 'double' as const, 'swap' as const), at }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      at,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    }),
  },
);

function damaged(bytes: Buffer, damage: Damage): Buffer {
  if (damage.kind === 'none') return bytes;
  const place = Math.floor(damage.at * bytes.length);
  if (damage.kind === 'cut') return bytes.subarray(0, place);
  if (damage.kind === 'insert') {
    return Buffer.concat([bytes.subarray(0, place), damage.bytes, bytes.subarray(place)]);
  }
  if (damage.kind === 'flip') {
    const copy = Buffer.from(bytes);
    copy[place]! ^= 1 << (place % 8);
    return copy;
  }
  const lines = bytes.toString().split(/(?<=\n)/);
  const index = Math.floor(damage.at * lines.length);
  const line = lines[index]!;
  if (damage.kind === 'drop') lines.splice(index, 1);
  else if (damage.kind === 'double') lines.splice(index, 0, line);
  else lines.splice(index, 2, ...lines.slice(index, index + 2).toReversed());
  return Buffer.from(lines.join(''));
}

type Happening =
  | { readonly kind: 'commit'; readonly facts: readonly Fact[] }
  | { readonly kind: 'connect'; readonly damage: Damage }
  | { readonly kind: 'restore'; readonly back: number };

const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.array(anyFact, { maxLength: 3 }).map((facts): Happening => ({ kind: 'commit', facts })) },
  { weight: 5, arbitrary: anyDamage.map((damage): Happening => ({ kind: 'connect', damage })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }).map((back): Happening => ({ kind: 'restore', back })) },
);

describe('a replica that reads a feed over whatever network', () => {
  it('holds at every moment a state that its sender had, or has to ask for a snapshot; never a third', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(anyHappening, { maxLength: 25 }), (happenings) => {
        const sender = new Sender();
        const receiver = new Receiver();
        // What it had before, if it keeps that: a state that a sender once confirmed, restored from a backup since or not.
        let kept: string | null = null;
        for (const happening of happenings) {
          if (happening.kind === 'commit') sender.commit(happening.facts);
          else if (happening.kind === 'restore') sender.restore(happening.back);
          else {
            const bytes = damaged(bytesOf(sender.connect(receiver.position)), happening.damage);
            const problem = receiver.read(bytes, () => {
              const { facts, revision, mark } = receiver.state;
              if (facts === null) return;
              const content = JSON.stringify(contentOf(facts));
              if (content === kept) return;
              taken += 1;
              expect(content).toBe(JSON.stringify(sender.contentAt(revision, mark)));
              kept = content;
            });
            if (problem !== null) refused += 1;
            if (problem !== null) expect(receiver.position).toBeNull();
          }
        }
        const { facts, revision } = receiver.state;
        expect(facts === null ? null : JSON.stringify(contentOf(facts))).toBe(kept);
        // Once the network is whole it has what the sender has, unless the sender is an older one of the same name.
        const isOlder = sender.head < revision && facts !== null;
        const problem = receiver.read(bytesOf(sender.connect(null)), () => {});
        if (isOlder) expect(problem).toMatch(/older than .* restored from a backup/);
        else {
          expect(problem).toBeNull();
          expect(contentOf(receiver.state.facts)).toEqual(
            sender.contentAt(receiver.state.revision, receiver.state.mark),
          );
          expect(receiver.state.revision).toBe(sender.head);
        }
      }),
      { numRuns: 2_000 },
    );
    // It did happen.
    expect(taken).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(300);
  });

  it('finds out a history that was restored and has gone on past it, though epoch and revision fit', () => {
    const sender = new Sender();
    const receiver = new Receiver();
    for (let index = 0; index < 5; index += 1) sender.commit([]);
    expect(receiver.read(bytesOf(sender.connect(receiver.position)), () => {})).toBeNull();
    sender.restore(3);
    for (let index = 0; index < 5; index += 1) sender.commit([]);
    // The control plane knows the position for another history's, and so does the replica if it does not.
    expect(sender.connect(receiver.position)[0]).toMatchObject({ mode: 'snapshot' });
    const naive = sender.connect({ epoch: 'e', revision: 5, mark: 'm8' });
    expect(naive[0]).toMatchObject({ mode: 'tail' });
    expect(receiver.read(bytesOf(naive), () => {})).toMatch(/another history/);
  });

  it.each([1, 3, 7, 1_000])('does not care how the bytes are cut into pieces of %i', (size) => {
    const sender = new Sender();
    for (let index = 0; index < 20; index += 1)
      sender.commit([
        {
          kind: 'scope',
          id: 's',
          value: { id: 's', name: 'Ü ✓', description: '', rules: [{ level: 'environment', id: 'x' }] },
        },
      ]);
    const bytes = bytesOf(sender.connect(null));
    const lines = new FeedLines(100_000);
    const read: string[] = [];
    for (let start = 0; start < bytes.length; start += size)
      read.push(...lines.push(bytes.subarray(start, start + size)));
    expect(read.join('\n') + '\n').toBe(bytes.toString());
  });

  it('takes no line that is longer than the bound, whole or not', () => {
    expect(() => [...new FeedLines(10).push(Buffer.from('12345678901'))]).toThrow(/10 characters/);
    expect(() => [...new FeedLines(10).push(Buffer.from('12345678901\n'))]).toThrow(/10 characters/);
    expect([...new FeedLines(10).push(Buffer.from('1234567890\n\n'))]).toEqual(['1234567890']);
  });
});
