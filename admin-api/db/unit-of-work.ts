import type { AuditType } from '../../core/access/audit-type.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import type { Fact } from '../../core/feed/fact.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from './knex.ts';

/** How a person stands in the audit: as they were named then, readable also when they are gone. */
export interface AuditPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

export interface AuditDraft {
  /** One of the closed list in core/access/audit-type.ts; a new one is added there. */
  readonly type: AuditType;
  /** null: Hallpass itself. */
  readonly actor: AuditPerson | null;
  readonly subject: AuditPerson | null;
  readonly request_id?: string | null;
  readonly grant_id?: string | null;
  readonly evaluation_id?: string | null;
  /** One English sentence. */
  readonly summary: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What happened, for whoever has to act on it after the commit. */
export type DomainEvent =
  | { readonly type: `access-request.${RequestHappening}`; readonly request_id: string }
  | { readonly type: `grant.${GrantHappening}`; readonly grant_id: string };

type RequestHappening =
  | 'submitted'
  | 'approved'
  | 'denied'
  | 'cancelled'
  | 'expired'
  | 'reminded'
  | 'stage-opened'
  | 'break-glass'
  | 'break-glass-closed';

type GrantHappening = 'created' | 'expiring' | 'expired' | 'revoked' | 'given-up' | 'extended';

/** One transaction and what it will leave behind. */
export interface UnitOfWork {
  readonly trx: Knex.Transaction;
  readonly nowMs: number;
  audit(draft: AuditDraft): void;
  emit(event: DomainEvent): void;
  publish(...facts: readonly Fact[]): void;
}

export interface Committed<Result> {
  readonly result: Result;
  /** The feed revision this transaction made; null when it changed no fact. */
  readonly feedRevision: number | null;
}

/** Ends what was granted of a thing that goes away; the grants feature does it, whoever deletes hands it the work. */
export type EndGrantsFor = (unit: UnitOfWork, entitlement: Entitlement, actor: AuditPerson) => Promise<void>;

export type RunUnitOfWork = <Result>(work: (unit: UnitOfWork) => Promise<Result>) => Promise<Committed<Result>>;

export interface Recorders {
  audit(trx: Knex.Transaction, drafts: readonly AuditDraft[], nowMs: number): Promise<void>;
  outbox(trx: Knex.Transaction, events: readonly DomainEvent[], nowMs: number): Promise<void>;
  feed(trx: Knex.Transaction, facts: readonly Fact[]): Promise<number>;
}

/** More facts than this in one transaction would make a feed line no sidecar takes; do such work in batches. */
const MAX_FACTS = 5_000;

/** PostgreSQL ends one of two transactions that wait for each other (SQLSTATE `deadlock_detected`). */
const DEADLOCK = '40P01';
const MAX_ATTEMPTS = 3;

/**
 * State + audit + outbox in one transaction (law 5), written in one order for everybody: own rows, audit head, feed
 * head. The feed's revision is the last statement (law 7), so the lock on its head is held for one round trip only.
 * The work is done again where the database ended it to resolve a deadlock, so it must leave nothing but its statements.
 * @param onCommit told after the commit, to wake whoever waits; must not throw and must not be waited for
 */
export function createUnitOfWork(options: {
  readonly knex: Knex;
  readonly clock: Clock;
  readonly recorders: Recorders;
  readonly onCommit: (left: { readonly events: boolean; readonly feedRevision: number | null }) => void;
}): RunUnitOfWork {
  const { knex, clock, recorders, onCommit } = options;
  async function runOnce<Result>(work: (unit: UnitOfWork) => Promise<Result>): Promise<Committed<Result>> {
    const drafts: AuditDraft[] = [];
    const events: DomainEvent[] = [];
    const facts: Fact[] = [];
    const committed = await knex.transaction(async (trx) => {
      const nowMs = clock();
      const result = await work({
        trx,
        nowMs,
        audit: (draft) => void drafts.push(draft),
        emit: (event) => void events.push(event),
        publish: (...more) => void facts.push(...more),
      });
      if (facts.length > MAX_FACTS)
        throw new RangeError(`A transaction may change ${MAX_FACTS} facts; got ${facts.length}.`);
      if (events.length > 0) await recorders.outbox(trx, events, nowMs);
      if (drafts.length > 0) await recorders.audit(trx, drafts, nowMs);
      const feedRevision = facts.length > 0 ? await recorders.feed(trx, facts) : null;
      return { result, feedRevision };
    });
    onCommit({ events: events.length > 0, feedRevision: committed.feedRevision });
    return committed;
  }
  return async function runUnitOfWork(work) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await runOnce(work);
      } catch (error) {
        // Nothing of it was kept, and whoever stood in the way has gone on.
        if (attempt === MAX_ATTEMPTS || (error as { code?: unknown }).code !== DEADLOCK) throw error;
      }
    }
  };
}
