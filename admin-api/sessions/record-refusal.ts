import type { Request } from 'express';
import { personOf } from '../db/person-row.ts';
import type { HttpProblem } from '../http/problem.ts';
import type { OidcIdentity } from './oidc-sign-in.ts';
import type { SignInPerson } from './sign-in-people.ts';
import type { SignInParts } from './sign-in.ts';

const ONE_MINUTE_MS = 60_000;

export interface Refusal {
  readonly problem: HttpProblem;
  /** Null: the provider has vouched for nobody. */
  readonly identity: OidcIdentity | null;
  readonly person: SignInPerson | null;
  readonly request: Request;
}

/**
 * Writes refused sign-ins into the audit log: each one of somebody the provider vouched for, and so many in a minute of
 * the others, which anybody can cause without being anybody. All of them are in the log of the process.
 */
export function createRefusalRecorder(parts: SignInParts): (refusal: Refusal) => Promise<void> {
  let minute = 0;
  let written = 0;

  function isWorthAnEntry(identity: OidcIdentity | null): boolean {
    if (identity !== null) return true;
    const now = Math.floor(parts.clock() / ONE_MINUTE_MS);
    if (now !== minute) {
      minute = now;
      written = 0;
    }
    written += 1;
    return written <= parts.limits.refusals_per_minute;
  }

  return async function recordRefusal({ problem, identity, person, request }) {
    if (!isWorthAnEntry(identity)) return;
    const who = person === null ? null : personOf(person);
    const name = person?.email ?? identity?.verified_email ?? identity?.sub ?? 'Somebody';
    await parts.runUnitOfWork(async (unit) => {
      unit.audit({
        type: 'session.refused',
        actor: who,
        subject: who,
        summary: `${name} was not let in: ${problem.code}.`,
        details: { reason: problem.code, way: 'oidc', sub: identity?.sub ?? null, ip: request.ip ?? null },
      });
    });
  };
}
