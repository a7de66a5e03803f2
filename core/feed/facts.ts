import { isDeepStrictEqual } from 'node:util';
import type { Grant } from '../access/grant.ts';
import { resourceKey, type Resource, type ResourceKey } from '../access/resource.ts';
import { placementOf, scopeCovers, type Scope } from '../access/scope.ts';
import type { Subject } from '../access/subject.ts';
import type { Fact } from './fact.ts';
import { ShardedMap } from './sharded-map.ts';

const NO_GRANTS: readonly Grant[] = [];

/**
 * What a sidecar knows, indexed by how decisions ask for it. Knows no time: an expired grant stays in here until the
 * feed takes it away, and is told apart where the decision is made.
 */
export class Facts {
  readonly #subjects = new Map<string, Subject>();
  readonly #subjectBySub = new Map<string, Subject>();
  readonly #subjectByEmail = new Map<string, Subject>();
  readonly #resources = new Map<ResourceKey, Resource>();
  readonly #scopes = new Map<string, Scope>();
  /** By id; the one index that grows with all grants. */
  readonly #grants = new ShardedMap<Grant>();
  readonly #grantsBySubject = new Map<string, Grant[]>();
  /** Scopes that cover a resource, found when first asked for; any change of a Scope or resource empties it. */
  readonly #covering = new Map<ResourceKey, readonly Scope[]>();
  #version = 0;

  /** Another number after every change; what was worked out at this one still is what it would be. */
  get version(): number {
    return this.#version;
  }

  get counts(): { subjects: number; resources: number; scopes: number; grants: number } {
    return {
      subjects: this.#subjects.size,
      resources: this.#resources.size,
      scopes: this.#scopes.size,
      grants: this.#grants.size,
    };
  }

  subject(id: string): Subject | undefined {
    return this.#subjects.get(id);
  }

  /** By the `sub` claim of the identity provider. */
  subjectBySub(sub: string): Subject | undefined {
    return this.#subjectBySub.get(sub);
  }

  subjectByEmail(email: string): Subject | undefined {
    return this.#subjectByEmail.get(email.toLowerCase());
  }

  subjects(): Iterable<Subject> {
    return this.#subjects.values();
  }

  resource(key: ResourceKey): Resource | undefined {
    return this.#resources.get(key);
  }

  resources(): Iterable<Resource> {
    return this.#resources.values();
  }

  grant(id: string): Grant | undefined {
    return this.#grants.get(id);
  }

  /** All grants of one person that have not been ended, active by the clock or not. */
  grantsOf(subjectId: string): readonly Grant[] {
    return this.#grantsBySubject.get(subjectId) ?? NO_GRANTS;
  }

  scopesCovering(resource: Resource): readonly Scope[] {
    const key = resourceKey(resource);
    let covering = this.#covering.get(key);
    if (covering === undefined) {
      const placement = placementOf(resource, (ref) => this.#resources.get(resourceKey(ref)));
      covering = [...this.#scopes.values()].filter((scope) => scopeCovers(scope, placement));
      this.#covering.set(key, covering);
    }
    return covering;
  }

  /**
   * The same fact, by the object that is held already, where it says the same. Facts that stay from one snapshot to the
   * next then take no memory twice, and what a collector of garbage has to move is what changed.
   */
  held(fact: Fact): Fact {
    const held = this.#find(fact);
    return held !== undefined && isDeepStrictEqual(held, fact.value) ? ({ ...fact, value: held } as Fact) : fact;
  }

  /** Every fact held, in an order in which they can be applied to an empty set. */
  all(): Generator<Fact> {
    return factsOf(this.#subjects.values(), this.#resources.values(), this.#scopes.values(), this.#grants.toArray());
  }

  /** As `all`, of this moment, whatever is applied while it is read: facts are replaced and never changed. */
  allOfNow(): Generator<Fact> {
    const subjects = Array.from(this.#subjects.values());
    const resources = Array.from(this.#resources.values());
    return factsOf(subjects, resources, Array.from(this.#scopes.values()), this.#grants.toArray());
  }

  apply(fact: Fact): void {
    this.#version += 1;
    switch (fact.kind) {
      case 'subject':
        this.#applySubject(fact.id, fact.value);
        return;
      case 'resource':
        this.#covering.clear();
        if (fact.value === null) this.#resources.delete(fact.id as ResourceKey);
        else this.#resources.set(resourceKey(fact.value), fact.value);
        return;
      case 'scope':
        this.#covering.clear();
        if (fact.value === null) this.#scopes.delete(fact.id);
        else this.#scopes.set(fact.id, fact.value);
        return;
      case 'grant':
        this.#applyGrant(fact.id, fact.value);
    }
  }

  #find(fact: Fact): Fact['value'] | undefined {
    switch (fact.kind) {
      case 'subject':
        return this.#subjects.get(fact.id);
      case 'resource':
        return this.#resources.get(fact.id as ResourceKey);
      case 'scope':
        return this.#scopes.get(fact.id);
      case 'grant':
        return this.#grants.get(fact.id);
    }
  }

  #applySubject(id: string, subject: Subject | null): void {
    const before = this.#subjects.get(id);
    if (before !== undefined) {
      // Only what still points here: another person may have taken the address over in the meantime.
      if (this.#subjectBySub.get(before.sub) === before) this.#subjectBySub.delete(before.sub);
      if (this.#subjectByEmail.get(before.email.toLowerCase()) === before) {
        this.#subjectByEmail.delete(before.email.toLowerCase());
      }
      this.#subjects.delete(id);
    }
    if (subject === null) return;
    this.#subjects.set(id, subject);
    this.#subjectBySub.set(subject.sub, subject);
    this.#subjectByEmail.set(subject.email.toLowerCase(), subject);
  }

  #applyGrant(id: string, grant: Grant | null): void {
    const before = this.#grants.get(id);
    if (before !== undefined) {
      const rest = this.grantsOf(before.subject_id).filter((other) => other.id !== id);
      if (rest.length === 0) this.#grantsBySubject.delete(before.subject_id);
      else this.#grantsBySubject.set(before.subject_id, rest);
      this.#grants.delete(id);
    }
    if (grant === null) return;
    this.#grants.set(id, grant);
    const own = this.#grantsBySubject.get(grant.subject_id);
    if (own === undefined) this.#grantsBySubject.set(grant.subject_id, [grant]);
    else own.push(grant);
  }
}

function* factsOf(
  subjects: Iterable<Subject>,
  resources: Iterable<Resource>,
  scopes: Iterable<Scope>,
  grants: Iterable<Grant>,
): Generator<Fact> {
  for (const value of subjects) yield { kind: 'subject', id: value.id, value };
  for (const value of resources) yield { kind: 'resource', id: resourceKey(value), value };
  for (const value of scopes) yield { kind: 'scope', id: value.id, value };
  for (const value of grants) yield { kind: 'grant', id: value.id, value };
}
