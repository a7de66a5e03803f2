import type { Knex } from '../db/knex.ts';
import { ENTRY_COLUMNS, type AuditRow } from './audit-rows.ts';

/** A story longer than this is told from its beginning; the rest is found with the filters. */
const MAX_ENTRIES = 1_000;

/** What the refusal was that a request came from. */
export interface ThreadDenial {
  readonly evaluation_id: string;
  readonly action: string | null;
  /** When it was refused, RFC 3339; null where only the person's browser says so. */
  readonly time: string | null;
  /** Public URL of the sidecar that refused; null where only the person's browser says so. */
  readonly sidecar: string | null;
  /** Whether the sidecar has vouched for it. */
  readonly verified: boolean;
}

export interface AuditThread {
  readonly request_ids: readonly string[];
  readonly grant_ids: readonly string[];
  readonly denial: ThreadDenial | null;
  /** Oldest first. */
  readonly rows: readonly AuditRow[];
  readonly truncated: boolean;
}

/**
 * One story: the denial, the request, its reviews, the grant, its first use, the requests that extended it, and its end.
 * @returns null when nothing was ever recorded of such a request
 */
export async function findAuditThread(knex: Knex, requestId: string): Promise<AuditThread | null> {
  const { requestIds, grantIds } = await idsOf(knex, requestId);
  const rows: AuditRow[] = await knex('audit_entries')
    .select(ENTRY_COLUMNS)
    .where((either) => void either.whereIn('request_id', requestIds).orWhereIn('grant_id', grantIds))
    .orderBy('sequence')
    .limit(MAX_ENTRIES + 1);
  if (rows.length === 0) return null;
  return {
    request_ids: requestIds,
    grant_ids: grantIds,
    denial: denialOf(rows.find((row) => row.type === 'access-request.submitted')),
    rows: rows.slice(0, MAX_ENTRIES),
    truncated: rows.length > MAX_ENTRIES,
  };
}

/** A request that extends a grant belongs to the story of the one that brought it, and the reverse. */
async function idsOf(knex: Knex, requestId: string): Promise<{ requestIds: string[]; grantIds: string[] }> {
  const { rows } = await knex.raw<{ rows: { grant_ids: string[]; request_ids: string[] }[] }>(
    `WITH thread AS (
       SELECT id, request_id FROM grants
        WHERE request_id = :request OR id = (SELECT extends_grant_id FROM access_requests WHERE id = :request)
     )
     SELECT coalesce((SELECT array_agg(id) FROM thread), '{}') AS grant_ids,
            ARRAY(SELECT id FROM access_requests WHERE extends_grant_id IN (SELECT id FROM thread)
                  UNION SELECT request_id FROM thread WHERE request_id IS NOT NULL
                  UNION SELECT :request) AS request_ids`,
    { request: requestId },
  );
  return { requestIds: rows[0]?.request_ids ?? [requestId], grantIds: rows[0]?.grant_ids ?? [] };
}

function denialOf(submitted: AuditRow | undefined): ThreadDenial | null {
  if (submitted === undefined || submitted.evaluation_id === null) return null;
  const { details } = submitted;
  const denial = (details['denial'] ?? {}) as Record<string, unknown>;
  return {
    evaluation_id: submitted.evaluation_id,
    action: textOf(denial['action']) ?? textOf(details['action']),
    time: textOf(denial['at']),
    sidecar: textOf(denial['sidecar']),
    verified: details['denial_verified'] === true,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
