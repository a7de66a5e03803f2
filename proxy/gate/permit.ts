import { isActive, type Grant } from '../../core/access/grant.ts';
import type { Resource } from '../../core/access/resource.ts';
import { higherRole, type Role } from '../../core/access/role.ts';
import type { Subject } from '../../core/access/subject.ts';
import type { Action } from '../../core/decision/decision-input.ts';
import type { Remembered } from '../../core/decision/decision-memo.ts';
import type { Decision } from '../../core/decision/decision.ts';
import type { Facts } from '../../core/feed/facts.ts';
import type { Assertion, Assertions } from '../identity/assertions.ts';
import type { Route } from './route-table.ts';

/** What the gate has found for somebody who may do something at a route, and what of it the upstream is told each time. */
export class Permit {
  readonly subject: Subject;
  readonly resource: Resource;
  readonly route: Route;
  readonly action: Action;
  /** To be repeated; null: the question has to be decided anew each time. */
  readonly answer: Remembered | null;
  /** `Facts.version` of what all this was found in. */
  readonly factsVersion: number;
  /** Names and values by turns: what is the same in all requests. */
  readonly headers: readonly string[];
  readonly #role: Role;
  readonly #endsAt: number | null;
  #assertion: Assertion | null = null;

  /** @param from `decision` is an allow, by `facts` as they are now */
  constructor(from: {
    readonly subject: Subject;
    readonly resource: Resource;
    readonly route: Route;
    readonly action: Action;
    readonly decision: Decision;
    readonly answer: Remembered | null;
    readonly facts: Facts;
    readonly publicUrl: string;
  }) {
    const { subject, route, decision, publicUrl } = from;
    this.subject = subject;
    this.resource = from.resource;
    this.route = route;
    this.action = from.action;
    this.answer = from.answer;
    this.factsVersion = from.facts.version;
    this.#role = decision.role ?? subject.role;
    this.#endsAt = firstEnd(subject.role, from.facts.grantsOf(subject.id), decision);
    this.headers = [
      'x-forwarded-proto',
      publicUrl.startsWith('https:') ? 'https' : 'http',
      'x-forwarded-host',
      route.host ?? publicUrl.slice(publicUrl.indexOf('//') + 2),
      ...(route.stripPrefix && route.prefix !== '' ? ['x-forwarded-prefix', route.prefix] : []),
      'x-hallpass-subject',
      subject.id,
      'x-hallpass-email',
      subject.email,
      'x-hallpass-role',
      this.#role,
    ];
  }

  /** What is asserted to the upstream; null: nothing is. */
  assertion(assertions: Assertions | null, nowMs: number): string | null {
    const { subject, route } = this;
    if (assertions === null || route.assertionAudience === null) return null;
    if (this.#assertion === null || nowMs >= this.#assertion.untilMs) {
      this.#assertion = assertions.assert({
        subject,
        role: this.#role,
        audience: route.assertionAudience,
        resource: route.resourceKey,
        endsAt: this.#endsAt,
        nowMs,
      });
    }
    return this.#assertion.token;
  }
}

/** When the first of the grants ends that carry the request or make the role; null: none of them ends by time. */
function firstEnd(
  base: Role,
  grants: readonly Grant[],
  { grants: carrying, evaluated_at: nowMs }: Decision,
): number | null {
  let first: number | null = null;
  for (const grant of grants) {
    const { id, entitlement, expires_at: end } = grant;
    if (end === null || (first !== null && end >= first) || !isActive(grant, nowMs)) continue;
    const makesRole = entitlement.kind === 'role' && higherRole(base, entitlement.role) !== base;
    if (makesRole || carrying.includes(id)) first = end;
  }
  return first;
}
