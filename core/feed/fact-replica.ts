import type { Fact } from './fact.ts';
import { Facts } from './facts.ts';
import type { FeedMessage } from './feed-message.ts';

/** Facts being received aside; they replace the current ones whole, or not at all. */
interface Building {
  readonly epoch: string;
  readonly revision: number;
  readonly mark: string;
  readonly facts: Facts;
  readonly received: number;
}

export interface ReplicaState {
  /** null until the first snapshot has arrived whole. */
  readonly facts: Facts | null;
  readonly epoch: string | null;
  readonly revision: number;
  /** Of the change that made this revision. */
  readonly mark: string;
  readonly building: Building | null;
  /** Whether this connection has said hello; nothing else may come first. */
  readonly greeted: boolean;
}

/**
 * `swapped`: all facts were replaced. `changed`: these facts were applied. `current`: nothing changed, and the sender
 * confirmed that nothing is missing. `waiting`: part of a snapshot; what is known is no fresher than before.
 */
export type ReplicaEffect =
  | { readonly kind: 'swapped' }
  | { readonly kind: 'changed'; readonly facts: readonly Fact[] }
  | { readonly kind: 'current' }
  | { readonly kind: 'waiting' };

export type ReplicaStep =
  | { readonly state: ReplicaState; readonly effect: ReplicaEffect }
  | { readonly resync: string };

export const EMPTY_REPLICA: ReplicaState = {
  facts: null,
  epoch: null,
  revision: 0,
  mark: '',
  building: null,
  greeted: false,
};

/** The same knowledge at the start of a new connection: a half-received snapshot is dropped, the facts are kept. */
export function atNewConnection(state: ReplicaState): ReplicaState {
  return { ...state, building: null, greeted: false };
}

/**
 * One message -> the next state, or the reason why this replica must ask for a snapshot. Anything but the very next
 * revision after the very same change is a reason: a gap is a lost change, and a repeated revision or another mark says
 * that the sender's history is not ours.
 *
 * The `Facts` of the state given are changed in place by a `change` (copying 100,000 grants for each would stall
 * requests); the caller must go on with the state returned.
 */
export function stepReplica(state: ReplicaState, message: FeedMessage): ReplicaStep {
  if (message.type === 'hello') return greet(state, message);
  if (!state.greeted) return { resync: `${message.type} before hello` };
  switch (message.type) {
    case 'snapshot-begin':
      return waiting({
        ...state,
        building: {
          epoch: message.epoch,
          revision: message.revision,
          mark: message.mark,
          facts: new Facts(),
          received: 0,
        },
      });
    case 'fact': {
      if (state.building === null) return { resync: 'fact outside of a snapshot' };
      state.building.facts.apply(state.facts?.held(message.fact) ?? message.fact);
      return waiting({ ...state, building: { ...state.building, received: state.building.received + 1 } });
    }
    case 'snapshot-end':
      return finishSnapshot(state, message);
    case 'change': {
      if (state.building !== null) return { resync: 'change inside of a snapshot' };
      if (state.facts === null) return { resync: 'change before any snapshot' };
      if (message.revision !== state.revision + 1) {
        return { resync: `revision ${message.revision} after ${state.revision}` };
      }
      if (message.after !== state.mark) return { resync: `revision ${message.revision} follows another history` };
      for (const fact of message.facts) state.facts.apply(fact);
      return {
        state: { ...state, revision: message.revision, mark: message.mark },
        effect: { kind: 'changed', facts: message.facts },
      };
    }
    case 'heartbeat': {
      if (state.building !== null) return waiting(state);
      if (state.facts === null) return { resync: 'heartbeat before any snapshot' };
      if (message.revision !== state.revision) {
        return { resync: `heartbeat of revision ${message.revision} at ${state.revision}` };
      }
      if (message.mark !== state.mark) return { resync: `revision ${message.revision} is of another history` };
      return { state, effect: { kind: 'current' } };
    }
  }
}

function waiting(state: ReplicaState): ReplicaStep {
  return { state, effect: { kind: 'waiting' } };
}

function greet(state: ReplicaState, hello: Extract<FeedMessage, { type: 'hello' }>): ReplicaStep {
  if (state.greeted) return { resync: 'a second hello' };
  if (hello.mode === 'tail') {
    if (state.facts === null) return { resync: 'tail offered to an empty replica' };
    if (hello.epoch !== state.epoch) return { resync: `tail of epoch ${hello.epoch}, ours is ${state.epoch}` };
    if (hello.revision < state.revision) return { resync: `head ${hello.revision} is behind ${state.revision}` };
  }
  return waiting({ ...state, greeted: true });
}

function finishSnapshot(state: ReplicaState, end: Extract<FeedMessage, { type: 'snapshot-end' }>): ReplicaStep {
  const { building } = state;
  if (building === null) return { resync: 'snapshot-end without snapshot-begin' };
  if (building.epoch !== end.epoch || building.revision !== end.revision || building.received !== end.facts) {
    return { resync: `snapshot ended with ${end.facts} facts, got ${building.received}` };
  }
  if (state.epoch === building.epoch && building.revision < state.revision) {
    return {
      resync: `snapshot of revision ${building.revision} is older than ${state.revision}, of the same epoch: restored from a backup?`,
    };
  }
  return {
    state: {
      ...state,
      facts: building.facts,
      epoch: building.epoch,
      revision: building.revision,
      mark: building.mark,
      building: null,
    },
    effect: { kind: 'swapped' },
  };
}
