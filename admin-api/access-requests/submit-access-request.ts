import { AccessError } from '../../core/access/errors.ts';
import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import { newId } from '../../core/access/ids.ts';
import type { Terms } from '../../core/access/review.ts';
import type { Committed, UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import type { AccessRequestRow } from './access-request-row.ts';
import { assertNoneOpen } from './break-glass.ts';
import { NO_ORIGIN, originOf, type Cause, type Origin } from './denial-origin.ts';
import { recordTimeouts } from './expire-pending-requests.ts';
import { findOwnExtension } from './extended-grant.ts';
import { fileRequest, type Filing } from './file-request.ts';
import { lockSubmissions } from './pending-request.ts';

/** How many things one submission may ask for: as many as one reviewer still reads. */
export const MAX_BUNDLE = 10;

type Period = Omit<Terms, 'entitlement'>;

export interface Submission extends Cause {
  /** One thing, or several at once. Empty only together with `extends_grant_id`. */
  readonly entitlements: readonly Entitlement[];
  readonly reason: string;
  readonly period?: Period | undefined;
  /** One for each thing, instead of one for all. */
  readonly periods?: readonly Period[] | undefined;
  /** Where each thing comes from, proven already. */
  readonly origins?: readonly Origin[] | undefined;
  /** Writes down what the requests belong to, in their transaction. */
  readonly record?: ((unit: UnitOfWork, requests: readonly AccessRequestRow[]) => Promise<void>) | undefined;
  readonly extends_grant_id?: string | undefined;
  /** At once, to be reviewed afterwards. */
  readonly break_glass?: boolean | undefined;
}

export interface Submitted {
  /** One request per thing asked for, in that order. */
  readonly requests: readonly AccessRequestRow[];
  /** Whether the first was pending already. */
  readonly joined: boolean;
}

/**
 * Files one request for each thing, all or none. What the policy approves by itself, and what is taken in an emergency,
 * is granted in the same transaction.
 * @throws AccessError `not-found`, `not-requestable`, `duration-too-long`, `no-reviewer`, `already-have`, `already-ended`,
 *   `break-glass-open`, `invalid-value`, `binding-invalid`, `binding-expired`; of several, the field names which
 */
export async function submitAccessRequest(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  submission: Submission,
): Promise<Committed<Submitted>> {
  assertPossible(submission);
  const origins = submission.origins ?? (await originsOf(ports, caller, submission));
  return ports.run(async (unit) => {
    await lockSubmissions(unit.trx, caller.id);
    if (submission.break_glass === true) await assertNoneOpen(unit.trx, caller.id);
    // Grants, then requests, then people, as everybody locks them.
    const { entitlements, extension } = await readWishes(unit, caller, submission);
    await recordTimeouts(unit, { requester_id: caller.id });
    const requester = await ports.findPerson(unit.trx, caller.id, unit.nowMs, true);
    if (requester === null) throw new AccessError('not-found', 'There is no such person.');
    const bundleId = entitlements.length > 1 ? newId('bundle') : null;
    const filed: { request: AccessRequestRow; joined: boolean }[] = [];
    for (const [place, entitlement] of entitlements.entries()) {
      const filing: Filing = {
        requester,
        terms: { ...periodAt(submission, place), entitlement },
        extension,
        reason: submission.reason,
        breakGlass: submission.break_glass ?? false,
        origin: origins[place] ?? NO_ORIGIN,
        bundleId,
      };
      filed.push(await namingPlace(entitlements, place, () => fileRequest(ports, unit, filing)));
    }
    const first = filed.find(({ request, joined }) => !joined && request.status === 'pending');
    if (first !== undefined) unit.emit({ type: 'access-request.submitted', request_id: first.request.id });
    const requests = filed.map(({ request }) => request);
    await submission.record?.(unit, requests);
    return { requests, joined: filed[0]?.joined ?? false };
  });
}

/** A denial is about one of the things; the others come from nowhere. */
async function originsOf(ports: AccessRequestPorts, caller: CurrentPerson, submission: Submission): Promise<Origin[]> {
  const { origin, index } = await originOf(ports, caller, submission.entitlements, submission);
  // More time for a grant names nothing, and has a place all the same.
  return Array.from({ length: Math.max(1, submission.entitlements.length) }, (_, place) =>
    place === index ? origin : NO_ORIGIN,
  );
}

function periodAt({ period, periods }: Submission, place: number): Period {
  const own = periods?.[place] ?? period;
  if (own === undefined) throw new RangeError('A submission says for how long.');
  return own;
}

function assertPossible(submission: Submission): void {
  const { entitlements, extends_grant_id, break_glass } = submission;
  const period = periodAt(submission, 0);
  const seen = new Set<string>();
  for (const [place, entitlement] of entitlements.entries()) {
    const key = entitlementKey(entitlement);
    if (seen.has(key)) refuse(`resources[${place}]`, `${key} is there twice.`);
    seen.add(key);
  }
  const isExtension = extends_grant_id !== undefined;
  if (isExtension && entitlements.length > 1) refuse('extends_grant_id', 'One grant is extended at a time.');
  if (isExtension && period.starts_at !== null) refuse('starts_at', 'An extension begins where the access ends now.');
  if (break_glass === true && isExtension) refuse('break_glass', 'An extension is asked for without break_glass.');
  if (break_glass === true && period.starts_at !== null) refuse('starts_at', 'Emergency access begins at once.');
  if (break_glass === true && entitlements.length > 1) refuse('break_glass', 'One thing at a time in an emergency.');
}

function refuse(field: string, message: string): never {
  throw new AccessError('invalid-value', message, { field });
}

async function readWishes(unit: UnitOfWork, caller: CurrentPerson, submission: Submission) {
  const { extends_grant_id: grantId, entitlements } = submission;
  if (grantId === undefined) return { entitlements, extension: null };
  const { entitlement, extension } = await findOwnExtension(unit.trx, caller, grantId, unit.nowMs);
  const [named = entitlement] = entitlements;
  if (entitlementKey(named) !== entitlementKey(entitlement)) {
    throw new AccessError(
      'invalid-value',
      `That grant is of ${entitlementKey(entitlement)}. Leave out what it is of.`,
      {
        field: 'extends_grant_id',
      },
    );
  }
  return { entitlements: [entitlement], extension };
}

/** Of several things asked for at once, a refusal says which one it is about. */
async function namingPlace<Result>(
  entitlements: readonly Entitlement[],
  place: number,
  file: () => Promise<Result>,
): Promise<Result> {
  try {
    return await file();
  } catch (error) {
    const entitlement = entitlements[place];
    if (!(error instanceof AccessError) || entitlements.length === 1 || entitlement === undefined) throw error;
    throw new AccessError(error.code, `${entitlementKey(entitlement)}: ${error.message}`, {
      field: `resources[${place}]`,
      facts: { ...error.facts },
    });
  }
}
