import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import type { Resource } from '../../core/access/resource.ts';
import { periodOf, type Terms } from '../../core/access/review.ts';
import { isAtLeast, type Role } from '../../core/access/role.ts';
import { entitlementFromColumns } from '../db/entitlement-columns.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';

export interface Held {
  readonly grant: GrantRow;
  /** `whole`: for all of the time asked for. `part`: of this very thing, and it ends too early. */
  readonly covers: 'whole' | 'part';
}

/**
 * What the requester has already of what they ask for: a grant of this very thing, or one that opens it too for all of
 * the time, as a Scope around the resource (where the role meets its minimum) and a higher Role do.
 */
export async function findHeld(
  ports: Pick<AccessRequestPorts, 'fittingScopes'>,
  knex: Knex,
  requester: CurrentPerson,
  asked: { readonly terms: Terms; readonly resource: Resource | null },
  nowMs: number,
): Promise<Held | null> {
  const rows: GrantRow[] = await knex('grants')
    .where({ subject_id: requester.id })
    .whereNull('ended_at')
    .where((either) => void either.whereNull('expires_at').orWhere('expires_at', '>', new Date(nowMs)))
    .orderBy('created_at');
  const { terms, resource } = asked;
  const key = entitlementKey(terms.entitlement);
  const same = rows.filter((row) => entitlementKey(entitlementFromColumns(row)) === key);
  const wider = rows.filter((row) => row.kind === 'scope' && terms.entitlement.kind === 'resource');
  const opens =
    resource === null || wider.length === 0 || !isAtLeast(requester.role, resource.minimum_role)
      ? []
      : (await ports.fittingScopes(knex, resource)).map(({ scope }) => scope.id);
  const others = [
    ...wider.filter((row) => opens.includes(row.scope_id ?? '')),
    ...rows.filter((row) => isHigherRole(row, terms.entitlement)),
  ];
  const whole = [...same, ...others].find((row) => coversWhole(row, terms, nowMs));
  if (whole !== undefined) return { grant: whole, covers: 'whole' };
  const part = same.find((row) => runsAtStart(row, terms, nowMs));
  return part === undefined ? null : { grant: part, covers: 'part' };
}

function isHigherRole(row: GrantRow, asked: Entitlement): boolean {
  return (
    row.kind === 'role' && asked.kind === 'role' && row.role !== asked.role && isAtLeast(row.role as Role, asked.role)
  );
}

/** Of a grant and of terms approved now. */
function coversWhole(row: GrantRow, terms: Terms, nowMs: number): boolean {
  const period = periodOf(terms, nowMs);
  if (!runsAtStart(row, terms, nowMs)) return false;
  return row.expires_at === null || (period.expires_at !== null && period.expires_at <= row.expires_at.getTime());
}

function runsAtStart(row: GrantRow, terms: Terms, nowMs: number): boolean {
  const { starts_at: startsAt } = periodOf(terms, nowMs);
  return row.starts_at.getTime() <= startsAt && (row.expires_at === null || startsAt < row.expires_at.getTime());
}

/** The refusal for it, with the way out. */
export function alreadyHave({ grant, covers }: Held, asked: Entitlement): AccessError {
  const held = entitlementFromColumns(grant);
  const thing = entitlementKey(asked);
  const end = grant.expires_at?.toISOString() ?? null;
  const through = entitlementKey(held) === thing ? '' : ` through ${entitlementKey(held)}`;
  const has = `You have ${thing}${through} ${end === null ? 'permanently' : `until ${end}`} already.`;
  const extend = { extend_grant_id: grant.id };
  const advice =
    covers === 'part'
      ? ' To have it longer, extend that access (extends_grant_id) instead of asking anew.'
      : end === null
        ? ''
        : ' Nothing was asked for. When you need it longer, extend that access.';
  return new AccessError('already-have', `${has}${advice}`, {
    facts: {
      grant_id: grant.id,
      expires_at: end,
      ...(held.kind === 'scope' && asked.kind !== 'scope' ? { scope_id: held.scope_id } : {}),
      ...(covers === 'part' ? extend : {}),
    },
  });
}
