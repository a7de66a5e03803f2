import { z } from 'zod';
import { GRANT_ORIGINS, grantState } from '../../core/access/grant.ts';
import { resourceTypeSchema } from '../../core/access/resource.ts';
import { roleSchema } from '../../core/access/role.ts';
import { toGrant, type GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';

const person = z.object({ id: z.string(), email: z.string(), name: z.string() });

export const grantViewSchema = z.object({
  id: z.string(),
  subject: person,
  kind: z.enum(['resource', 'scope', 'role']),
  resource: z.object({ type: resourceTypeSchema, id: z.string(), name: z.string() }).nullable(),
  scope: z.object({ id: z.string(), name: z.string() }).nullable(),
  role: roleSchema.nullable(),
  starts_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  state: z.enum(['scheduled', 'active', 'expired', 'revoked', 'given-up']),
  request_id: z.string().nullable(),
  origin: z.enum(GRANT_ORIGINS),
  created_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  ended_by: person.nullable(),
  end_note: z.string().nullable(),
  /** Taken at once in an emergency, to be reviewed afterwards. */
  break_glass: z.boolean(),
  first_used_at: z.iso.datetime().nullable(),
  /** Whether whoever looks may ask for more time: one's own, with an end, and no such request pending. */
  can_extend: z.boolean(),
});
export type GrantView = z.output<typeof grantViewSchema>;

interface Names {
  id: string;
  email: string;
  name: string;
}

/**
 * Grants as people see them, with the names of what they hold only ids of; a handful of queries for any number.
 * @param viewerId whose eyes; null: nobody's in particular, so nothing may be extended
 */
export async function presentGrants(
  knex: Knex,
  rows: readonly GrantRow[],
  nowMs: number,
  viewerId: string | null = null,
): Promise<GrantView[]> {
  const ids = rows.flatMap((row) => [row.subject_id, ...(row.ended_by === null ? [] : [row.ended_by])]);
  const people = new Map<string, Names>();
  for (const entry of (await knex('people')
    .whereIn('id', [...new Set(ids)])
    .select('id', 'email', 'name')) as Names[]) {
    people.set(entry.id, entry);
  }
  const resources = await namesOf(
    knex,
    'resources',
    rows.map((row) => row.resource_id),
  );
  const scopes = await namesOf(
    knex,
    'scopes',
    rows.map((row) => row.scope_id),
  );
  const asked = await pendingExtensions(
    knex,
    rows.filter((row) => row.subject_id === viewerId).map((row) => row.id),
    nowMs,
  );
  return rows.map((row) => {
    const state = grantState({ ...toGrant(row), end_reason: row.end_reason }, nowMs);
    return grantViewSchema.parse({
      id: row.id,
      subject: people.get(row.subject_id),
      kind: row.kind,
      resource:
        row.resource_id === null
          ? null
          : {
              type: row.resource_type,
              id: row.resource_id,
              name: resources.get(`${row.resource_type}:${row.resource_id}`) ?? row.resource_id,
            },
      scope: row.scope_id === null ? null : { id: row.scope_id, name: scopes.get(row.scope_id) ?? row.scope_id },
      role: row.role,
      starts_at: row.starts_at.toISOString(),
      expires_at: row.expires_at?.toISOString() ?? null,
      state,
      request_id: row.request_id,
      origin: row.origin,
      created_at: row.created_at.toISOString(),
      ended_at: row.ended_at?.toISOString() ?? null,
      ended_by: row.ended_by === null ? null : (people.get(row.ended_by) ?? null),
      end_note: row.end_note,
      break_glass: row.origin === 'break-glass',
      first_used_at: row.first_used_at?.toISOString() ?? null,
      can_extend:
        row.subject_id === viewerId &&
        row.expires_at !== null &&
        (state === 'active' || state === 'scheduled') &&
        !asked.has(row.id),
    });
  });
}

async function pendingExtensions(knex: Knex, grantIds: readonly string[], nowMs: number): Promise<Set<string>> {
  if (grantIds.length === 0) return new Set();
  const ids: string[] = await knex('access_requests')
    .whereIn('extends_grant_id', grantIds)
    .where({ status: 'pending' })
    .where('pending_until', '>', new Date(nowMs))
    .pluck('extends_grant_id');
  return new Set(ids);
}

async function namesOf(
  knex: Knex,
  table: 'resources' | 'scopes',
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id): id is string => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows: { id: string; type?: string; name: string }[] = await knex(table).whereIn('id', wanted);
  return new Map(rows.map((row) => [row.type === undefined ? row.id : `${row.type}:${row.id}`, row.name]));
}
