import { resourceSchema, type ResourceKey } from '../../core/access/resource.ts';
import { subjectSchema } from '../../core/access/subject.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import type { Fact } from '../../core/feed/fact.ts';

export const GRANTS_PER_PERSON = 10;
const CONNECTIONS = 200;
const SCOPES = 18;
const CONNECTIONS_PER_SCOPE = 5;
/** A year from the start: none of these ends while something is measured. */
const FAR_MS = 31_536_000_000;

const connection = (index: number): string => `c${index % CONNECTIONS}`;
export const connectionKey = (index: number): ResourceKey => `connection:${connection(index)}`;
const scopeId = (index: number): string => `s${index % SCOPES}`;

export function subOf(person: number): string {
  return `sub-${person}`;
}

export function personId(person: number): string {
  return `per_${person}`;
}

/**
 * Made-up but lifelike: 200 Connections, 20 Scopes, people with ten grants each, of which six are for single
 * Connections, one for a Scope, one a Role, one ending in a year, and one that ended a moment ago.
 */
export function* benchFacts(grants: number, nowMs: number): Generator<Fact> {
  const people = grants / GRANTS_PER_PERSON;
  for (let index = 0; index < CONNECTIONS; index += 1) {
    const environment = index % 2 === 0 ? 'production' : 'staging';
    const value = resourceSchema.parse({
      type: 'connection',
      id: connection(index),
      name: `Connection ${index}`,
      environment,
    });
    yield { kind: 'resource', id: connectionKey(index), value };
  }
  for (const environment of ['production', 'staging']) {
    const rules = [{ level: 'environment' as const, id: environment }];
    yield { kind: 'scope', id: environment, value: { id: environment, name: environment, description: '', rules } };
  }
  for (let index = 0; index < SCOPES; index += 1) {
    const rules = scopeConnections(index).map((id) => ({ level: 'connection' as const, id }));
    yield {
      kind: 'scope',
      id: scopeId(index),
      value: { id: scopeId(index), name: `Scope ${index}`, description: '', rules },
    };
  }
  for (let person = 0; person < people; person += 1) {
    const email = `person${person}@example.com`;
    const value = subjectSchema.parse({
      id: personId(person),
      sub: subOf(person),
      email,
      name: `Person ${person}`,
      role: 'viewer',
    });
    yield { kind: 'subject', id: value.id, value };
  }
  for (let person = 0; person < people; person += 1) {
    for (const [index, [entitlement, expires_at]] of grantsOf(person, nowMs).entries()) {
      const id = `grt_${person}_${index}`;
      const value = {
        id,
        subject_id: personId(person),
        entitlement,
        starts_at: 0,
        expires_at,
        request_id: `req_${person}_${index}`,
      };
      yield { kind: 'grant', id, value };
    }
  }
}

/** Connections a person may read by what they were given; worked out here, without the code that is measured. */
export function allowedConnections(person: number): Set<ResourceKey> {
  const allowed = new Set<ResourceKey>(directConnections(person).map(connectionKey));
  for (const id of scopeConnections(person)) allowed.add(`connection:${id}`);
  return allowed;
}

function directConnections(person: number): number[] {
  return [0, 31, 62, 93, 124, 155, 131].map((offset) => person * 7 + offset);
}

function scopeConnections(index: number): string[] {
  return Array.from({ length: CONNECTIONS_PER_SCOPE }, (_, step) => connection((index % SCOPES) * 11 + step * 3));
}

function grantsOf(person: number, nowMs: number): [Entitlement, number | null][] {
  const direct = directConnections(person).map((index, order): [Entitlement, number | null] => [
    { kind: 'resource', resource: { type: 'connection', id: connection(index) } },
    order === 6 ? nowMs + FAR_MS : null,
  ]);
  return [
    ...direct,
    [{ kind: 'scope', scope_id: scopeId(person) }, nowMs + FAR_MS],
    [{ kind: 'role', role: 'member' }, nowMs + FAR_MS],
    [{ kind: 'resource', resource: { type: 'connection', id: connection(person * 7 + 99) } }, nowMs - 1],
  ];
}
