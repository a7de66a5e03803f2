import { z } from 'zod';
import { entitlementKey } from '../../core/access/grant.ts';
import { opaqueId } from '../../core/access/ids.ts';
import { grantFact, type GrantRow } from '../db/grant-row.ts';
import { entitlementFromColumns } from '../db/entitlement-columns.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { RunUnitOfWork, UnitOfWork } from '../db/unit-of-work.ts';
import type { FeedCredential } from './feed-credential.ts';
import { concernsSidecar } from './feed-filter.ts';

/** As many as `proxy/facts/first-use-report.ts` sends at once. */
const MAX_USES = 500;

export const firstUsesBody = z.strictObject({
  first_uses: z
    .array(z.strictObject({ grant_id: opaqueId, at: z.iso.datetime(), evaluation_id: opaqueId }))
    .min(1)
    .max(MAX_USES),
});
export type FirstUse = z.output<typeof firstUsesBody>['first_uses'][number];

/**
 * Records when grants were used for the first time, as a sidecar says. The first word counts and later ones change nothing, so a
 * report may come twice. It is a note in the story and decides nothing: the worst a stolen sidecar can do is to have grants it may
 * know of look used (law 11), and the entry names it.
 * @returns how many were news
 */
export async function recordFirstUses(
  run: RunUnitOfWork,
  sidecar: { readonly instance: string; readonly credential: FeedCredential },
  uses: readonly FirstUse[],
): Promise<number> {
  const byGrant = new Map(uses.map((use) => [use.grant_id, use]));
  const { result } = await run(async (unit) => {
    const rows: GrantRow[] = await unit
      .trx('grants')
      .whereIn('id', [...byGrant.keys()])
      .whereNull('first_used_at')
      .where('starts_at', '<=', new Date(unit.nowMs))
      // Always in the same order, so that two sidecars with the same news don't wait for each other for ever.
      .orderBy('id')
      .forUpdate();
    const known = rows.filter((row) => mayKnow(sidecar.credential, row));
    const people = await peopleOf(unit, known);
    for (const row of known) {
      await recordOne(unit, sidecar, row, byGrant.get(row.id) as FirstUse, people.get(row.subject_id) as PersonRow);
    }
    return known.length;
  });
  return result;
}

/** Whether the feed tells this sidecar of such a grant; of one that has ended, whether it would have. */
function mayKnow({ resources }: FeedCredential, row: GrantRow): boolean {
  return concernsSidecar(grantFact({ ...row, ended_at: null }), resources);
}

async function recordOne(
  unit: UnitOfWork,
  { instance, credential }: { readonly instance: string; readonly credential: FeedCredential },
  row: GrantRow,
  use: FirstUse,
  holder: PersonRow,
): Promise<void> {
  const at = new Date(saneTime(Date.parse(use.at), row, unit.nowMs));
  await unit.trx('grants').where({ id: row.id }).update({ first_used_at: at });
  const entitlement = entitlementFromColumns(row);
  unit.audit({
    type: 'grant.first-used',
    actor: null,
    subject: personOf(holder),
    request_id: row.request_id,
    grant_id: row.id,
    evaluation_id: use.evaluation_id,
    summary: `${holder.name} used ${entitlementKey(entitlement)} for the first time.`,
    details: { entitlement, first_used_at: at.toISOString(), sidecar: instance, credential: credential.name },
  });
}

/** A sidecar's clock may be off: no grant was used before it began, after it ended, or in the future. */
function saneTime(atMs: number, row: GrantRow, nowMs: number): number {
  const ends = [row.expires_at, row.ended_at].flatMap((end) => (end === null ? [] : [end.getTime()]));
  return Math.max(row.starts_at.getTime(), Math.min(atMs, nowMs, ...ends));
}

async function peopleOf(unit: UnitOfWork, rows: readonly GrantRow[]): Promise<Map<string, PersonRow>> {
  const people: PersonRow[] = await unit.trx('people').whereIn(
    'id',
    rows.map((row) => row.subject_id),
  );
  return new Map(people.map((person) => [person.id, person]));
}
