import { entitlementFromColumns, type EntitlementColumns } from '../../db/entitlement-columns.ts';
import type { GrantRow } from '../../db/grant-row.ts';
import type { Knex } from '../../db/knex.ts';
import type { EventRow } from '../read-notices.ts';

/** The body of a webhook, by Standard Webhooks: type, timestamp, data. What it says is so when the event is handled. */
export interface WebhookPayload {
  /** Of the event: the same to every address and at every attempt. */
  readonly id: string;
  readonly type: string;
  /** RFC 3339: when it happened. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface RequestRow extends EntitlementColumns {
  id: string;
  requester_id: string;
  status: string;
  reason: string;
  duration_seconds: number | null;
  starts_at: Date | null;
  until: Date | null;
  bundle_id: string | null;
  extends_grant_id: string | null;
  break_glass: boolean;
  submitted_at: Date;
  decided_at: Date | null;
}

export async function webhookPayload(knex: Knex, event: EventRow, publicUrl: string): Promise<WebhookPayload> {
  const { request_id: requestId, grant_id: grantId } = event.payload;
  const grant: GrantRow | undefined =
    grantId === undefined ? undefined : await knex('grants').where({ id: grantId }).first();
  const about = requestId ?? grant?.request_id ?? undefined;
  const request: RequestRow | undefined =
    about === undefined ? undefined : await knex('access_requests').where({ id: about }).first();
  const personId = request?.requester_id ?? grant?.subject_id;
  const person: { id: string; name: string; email: string } | undefined =
    personId === undefined ? undefined : await knex('people').where({ id: personId }).first('id', 'name', 'email');
  return {
    id: event.id,
    type: event.type,
    timestamp: event.created_at.toISOString(),
    data: {
      request_id: request?.id ?? null,
      grant_id: grant?.id ?? null,
      subject: person ?? null,
      entitlement: entitlementOf(request, grant),
      request: request === undefined ? null : requestFacts(request),
      grant: grant === undefined ? null : grantFacts(grant),
      links: { page: request === undefined ? null : `${publicUrl}/review/${request.id}` },
    },
  };
}

function entitlementOf(request: RequestRow | undefined, grant: GrantRow | undefined) {
  const row = grant ?? request;
  return row === undefined ? null : entitlementFromColumns(row);
}

function requestFacts(row: RequestRow): Record<string, unknown> {
  return {
    status: row.status,
    reason: row.reason,
    duration_seconds: row.duration_seconds,
    starts_at: row.starts_at?.toISOString() ?? null,
    until: row.until?.toISOString() ?? null,
    bundle_id: row.bundle_id,
    extends_grant_id: row.extends_grant_id,
    break_glass: row.break_glass,
    submitted_at: row.submitted_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
  };
}

function grantFacts(row: GrantRow): Record<string, unknown> {
  return {
    origin: row.origin,
    starts_at: row.starts_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
    end_reason: row.end_reason,
  };
}
