import fc from 'fast-check';
import type { Fact } from '../../../core/feed/fact.ts';
import { Facts } from '../../../core/feed/facts.ts';
import { ended, grant, person, resource, scope } from '../../proxy/support/facts.ts';

/** Facts that collide often: few ids, so that changes replace, remove and come back. */
export const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('a', 'b'),
      fc.constantFrom('connection:x', 'scope:s', 'role:admin'),
    )
    .map(([id, name, target]) => grant(`grt_${id}`, name, target)),
  fc.integer({ min: 1, max: 5 }).map((id) => ended(`grt_${id}`)),
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('viewer', 'admin'))
    .map(([name, role]) => person(name, role as 'viewer')),
  fc.constantFrom('a', 'b').map((name): Fact => ({ kind: 'subject', id: `per_${name}`, value: null })),
  fc.constantFrom('production', 'staging').map((environment) => resource('connection:x', { environment })),
  fc.constant<Fact>({ kind: 'resource', id: 'connection:x', value: null }),
  fc.constantFrom('production', 'staging').map((id) => scope('s', [{ level: 'environment', id }])),
  fc.constant<Fact>({ kind: 'scope', id: 's', value: null }),
);

/** Everything an index could answer with, in an order of its own. */
export function contentOf(facts: Facts | null): unknown {
  if (facts === null) return null;
  const all = [...facts.all()].map((fact) => JSON.stringify(fact)).toSorted();
  const bySubject = ['per_a', 'per_b'].map((id) =>
    facts
      .grantsOf(id)
      .map((held) => held.id)
      .toSorted(),
  );
  const lookups = ['a', 'b'].map((name) => [
    facts.subjectBySub(`sub-${name}`)?.role,
    facts.subjectByEmail(`${name.toUpperCase()}@example.com`)?.role,
  ]);
  const held = facts.resource('connection:x');
  return { all, bySubject, lookups, covering: held && facts.scopesCovering(held).map(({ id }) => id) };
}

export function factsFrom(facts: readonly Fact[]): Facts {
  const built = new Facts();
  for (const fact of facts) built.apply(fact);
  return built;
}
