import { resourceSchema } from '../../core/access/resource.ts';
import { subjectSchema } from '../../core/access/subject.ts';
import type { Fact } from '../../core/feed/fact.ts';

/** connection:c0 and so many people, none of whom may reach it yet. */
export function strangers(people: number): Fact[] {
  const resource = resourceSchema.parse({
    type: 'connection',
    id: 'c0',
    name: 'Connection 0',
    environment: 'production',
  });
  const facts: Fact[] = [{ kind: 'resource', id: 'connection:c0', value: resource }];
  for (let person = 0; person < people; person += 1) {
    const value = subjectSchema.parse({
      id: `per_${person}`,
      sub: `sub-${person}`,
      email: `person${person}@example.com`,
      name: `Person ${person}`,
      role: 'member',
    });
    facts.push({ kind: 'subject', id: value.id, value });
  }
  return facts;
}

/** A grant of connection:c0 to a person; null: until it is revoked. */
export function grantOfC0(person: number, expiresAt: number | null): Fact {
  const value = {
    id: `grt_${person}`,
    subject_id: `per_${person}`,
    entitlement: { kind: 'resource' as const, resource: { type: 'connection' as const, id: 'c0' } },
    starts_at: 0,
    expires_at: expiresAt,
    request_id: null,
  };
  return { kind: 'grant', id: value.id, value };
}

export function withoutGrant(person: number): Fact {
  return { kind: 'grant', id: `grt_${person}`, value: null };
}
