import type { Entitlement, GrantOrigin } from '../../core/access/grant.ts';
import type { Resource, ResourceKey, ResourceRef } from '../../core/access/resource.ts';
import type { Reviewer } from '../../core/access/review.ts';
import type { Scope } from '../../core/access/scope.ts';
import type { VerifiedDenial } from '../../core/decision/denial-token.ts';
import type { PolicyEngine } from '../../core/decision/policy-engine.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { AuditPerson, RunUnitOfWork, UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';

/** What access requests need of the other features; the composition root fills it in (`create-parts.ts`). */
export interface AccessRequestPorts {
  readonly knex: Knex;
  readonly run: RunUnitOfWork;
  readonly clock: Clock;
  /** How long a request waits for reviewers. */
  readonly pendingTimeoutMs: number;
  /** How long between two reminders of the same request. */
  readonly remindIntervalMs: number;
  readonly engine: () => PolicyEngine;
  readonly findPerson: (knex: Knex, id: string, nowMs: number, lock: boolean) => Promise<CurrentPerson | null>;
  /**
   * null: not there, or this person may not know of it.
   * @param held whether the person has a grant for it, and so knows it already; left out: no
   */
  readonly findVisibleResource: (
    knex: Knex,
    ref: ResourceRef,
    person: CurrentPerson,
    held?: boolean,
  ) => Promise<Resource | null>;
  /** Resources by type and id that this person may know of and may read the name of, as they may see them. */
  readonly searchResources: (
    knex: Knex,
    person: CurrentPerson,
    search: string | undefined,
    limit: number,
  ) => Promise<readonly { readonly resource: Resource; readonly seen: Partial<Resource> }[]>;
  /** Scopes by id that this person may know of: not those of hidden resources only. */
  readonly searchScopes: (
    knex: Knex,
    person: CurrentPerson,
    search: string | undefined,
    limit: number,
  ) => Promise<readonly Scope[]>;
  readonly findScope: (knex: Knex, id: string) => Promise<Scope | null>;
  /** Scopes that cover a resource with all that each would open, the narrowest first. */
  readonly fittingScopes: (
    knex: Knex,
    resource: Resource,
  ) => Promise<readonly { readonly scope: Scope; readonly covers: readonly Resource[] }[]>;
  /** What a Scope opens as it is now; nothing for one that is not there. */
  readonly coveredBy: (knex: Knex, scopeId: string) => Promise<readonly Resource[]>;
  /** Everybody who could review anything now: Admins and the Owner, in the order of their names. */
  readonly readReviewers: (knex: Knex, nowMs: number) => Promise<readonly (Reviewer & AuditPerson)[]>;
  /** Ids of the owners of the Scopes concerned, by `entitlementKey`. */
  readonly ownersOf: (
    knex: Knex,
    entitlements: readonly Entitlement[],
  ) => Promise<ReadonlyMap<string, readonly string[]>>;
  /** The `entitlementKey` of everything whose Scope owners this person is one of. */
  readonly ownedBy: (knex: Knex, personId: string) => Promise<readonly string[]>;
  readonly recordGrant: (
    unit: UnitOfWork,
    grant: {
      readonly subject: AuditPerson;
      readonly entitlement: Entitlement;
      readonly starts_at: number | null;
      readonly duration_seconds: number | null;
      readonly until: number | null;
      readonly request_id: string;
      readonly evaluation_id: string | null;
      readonly origin: GrantOrigin;
      readonly given_by: AuditPerson | null;
      readonly note: string | null;
    },
  ) => Promise<GrantRow>;
  /** Moves the end of a grant whose row the transaction holds. */
  readonly extendGrant: (
    unit: UnitOfWork,
    row: GrantRow,
    given: {
      readonly subject: AuditPerson;
      /** Milliseconds since the Unix epoch; null: permanent. */
      readonly expires_at: number | null;
      readonly request_id: string;
      readonly evaluation_id: string | null;
      readonly given_by: AuditPerson | null;
      readonly note: string | null;
    },
  ) => Promise<GrantRow>;
  /** @throws AccessError `binding-invalid`, `binding-expired` */
  readonly verifyDenial: (token: string, nowMs: number) => Promise<VerifiedDenial>;
  /** Whether a person may be sent back to this URL: it belongs to a known sidecar. */
  readonly mayReturnTo: (url: string) => Promise<boolean>;
  /** How far the live sidecars have come; null as a revision stands for the newest. */
  readonly readProgress: () => Promise<(revision: number | null, key: ResourceKey | null) => boolean>;
}
