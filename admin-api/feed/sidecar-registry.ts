import type { JWK } from 'jose';
import { matchesAnyPattern } from '../../core/feed/resource-pattern.ts';
import type { ResourceKey } from '../../core/access/resource.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { Knex } from '../db/knex.ts';

export interface SidecarRegistration {
  readonly public_url: string;
  readonly resources: readonly string[];
  readonly denial_key: JWK;
  readonly policy_revision: string | null;
  readonly version: string;
}

export interface SidecarRow extends SidecarRegistration {
  id: string;
  credential_id: string;
  applied_epoch: string | null;
  applied_revision: number | null;
  clock_skew_ms: number | null;
  registered_at: Date;
  last_seen_at: Date;
  disconnected_at: Date | null;
}

export interface SidecarProgress {
  /**
   * Whether every live sidecar has applied `revision`: of those that serve `key`, or of all where a Scope or Role is
   * meant. With no live sidecar there is nobody to wait for.
   */
  hasApplied(revision: number, key: ResourceKey | null): boolean;
}

interface Applied {
  readonly epoch: string;
  readonly revision: number;
  readonly clock_skew_ms: number | null;
}

/** A sidecar not heard of for this long is not waited for. */
const ALIVE_MS = 15_000;
/** Its denials stay believable for as long as one of its denial tokens may live, and then some. */
const KEY_LIFETIME_MS = 24 * 3_600_000;

/**
 * Which sidecars there are, and how far each has come. Reports of progress are gathered and written together: a
 * hundred sidecars answering one change make one statement, not a hundred.
 */
export class SidecarRegistry {
  readonly #knex: Knex;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #reports = new Map<string, Applied | null>();
  #flushing: Promise<void> | null = null;

  constructor(knex: Knex, clock: Clock, logger: Logger) {
    this.#knex = knex;
    this.#clock = clock;
    this.#logger = logger;
  }

  find(id: string): Promise<SidecarRow | undefined> {
    return this.#knex('sidecars').where({ id }).first<SidecarRow>();
  }

  list(): Promise<SidecarRow[]> {
    return this.#knex('sidecars').orderBy('last_seen_at', 'desc').limit(1_000);
  }

  /** The sidecar is there; with `applied`, how far it has come. */
  report(id: string, applied: Applied | null): Promise<void> {
    this.#reports.set(id, applied ?? this.#reports.get(id) ?? null);
    this.#flushing ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#flush())
      .catch((error: unknown) => this.#logger.warn({ err: error }, 'reports of sidecars could not be written'))
      .finally(() => {
        this.#flushing = null;
        if (this.#reports.size > 0) void this.report([...this.#reports.keys()][0] as string, null);
      });
    return this.#flushing;
  }

  async disconnected(id: string): Promise<void> {
    await this.#knex('sidecars')
      .where({ id })
      .update({ disconnected_at: new Date(this.#clock()) });
  }

  /** Public keys of the sidecars whose denials are still believable; `iss` of each: the sidecar it speaks for. */
  async denialKeys(): Promise<JWK[]> {
    const since = new Date(this.#clock() - KEY_LIFETIME_MS);
    const rows: { denial_key: JWK; public_url: string }[] = await this.#knex('sidecars')
      .where('last_seen_at', '>=', since)
      .select('denial_key', 'public_url');
    return rows.map((row) => ({ ...row.denial_key, iss: row.public_url }));
  }

  /** Public URLs of the sidecars heard of lately: where a person may be sent back to. */
  async publicUrls(): Promise<string[]> {
    const since = new Date(this.#clock() - KEY_LIFETIME_MS);
    return this.#knex('sidecars').where('last_seen_at', '>=', since).distinct().pluck('public_url');
  }

  /** How far the live sidecars have come, at this moment. */
  async progress(): Promise<SidecarProgress> {
    const { epoch } = (await this.#knex('feed_head').first<{ epoch: string }>('epoch')) ?? { epoch: '' };
    const rows: SidecarRow[] = await this.#knex('sidecars')
      .whereNull('disconnected_at')
      .where('last_seen_at', '>=', new Date(this.#clock() - ALIVE_MS));
    return {
      hasApplied: (revision, key) =>
        rows
          .filter((row) => key === null || matchesAnyPattern(row.resources, key))
          .every((row) => row.applied_epoch === epoch && (row.applied_revision ?? -1) >= revision),
    };
  }

  async #flush(): Promise<void> {
    const reports = [...this.#reports];
    this.#reports.clear();
    if (reports.length === 0) return;
    await this.#knex.raw(
      `UPDATE sidecars SET last_seen_at = ?,
              applied_epoch = COALESCE(report.epoch, sidecars.applied_epoch),
              applied_revision = COALESCE(report.revision, sidecars.applied_revision),
              clock_skew_ms = COALESCE(report.clock_skew_ms, sidecars.clock_skew_ms)
         FROM unnest(?::text[], ?::text[], ?::bigint[], ?::integer[]) AS report (id, epoch, revision, clock_skew_ms)
        WHERE sidecars.id = report.id`,
      [
        new Date(this.#clock()),
        reports.map(([id]) => id),
        reports.map(([, applied]) => applied?.epoch ?? null) as string[],
        reports.map(([, applied]) => applied?.revision ?? null) as number[],
        reports.map(([, applied]) => applied?.clock_skew_ms ?? null) as number[],
      ],
    );
  }
}
