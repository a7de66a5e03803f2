import fc from 'fast-check';
import type { Fact } from '../../core/feed/fact.ts';
import { Facts } from '../../core/feed/facts.ts';
import { ended, grant, person, resource, scope } from '../proxy/support/facts.ts';

export const NAMES = ['a', 'b'];
export const KEYS = ['connection:x', 'target:t', 'feature:f'] as const;
/** Few, so that questions fall on both sides of beginnings and ends, and on them. */
export const moment = fc.integer({ min: 0, max: 12 });

const aGrant = fc
  .record({
    id: fc.integer({ min: 1, max: 6 }),
    name: fc.constantFrom(...NAMES),
    target: fc.constantFrom(...KEYS, 'scope:s', 'role:admin', 'role:member'),
    starts: moment,
    ends: fc.option(moment),
  })
  .map(({ id, name, target, starts, ends }) => grant(`grt_${id}`, name, target, { startsAt: starts, expiresAt: ends }));

/** A change of what bears on the answers to few people about few things. */
export const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 6, arbitrary: aGrant },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 6 }).map((id) => ended(`grt_${id}`)) },
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom('viewer' as const, 'member' as const, 'admin' as const))
    .map(([name, role]) => person(name, role)),
  fc
    .tuple(fc.constantFrom('production', 'staging'), fc.boolean())
    .map(([environment, locked]) => resource('connection:x', { environment, attributes: locked ? { locked } : {} })),
  fc.constantFrom<string[]>(['x'], []).map((connections) => resource('target:t', { connections })),
  fc
    .constantFrom('viewer' as const, 'admin' as const)
    .map((minimum_role) => resource('feature:f', { minimum_role, environment: null })),
  fc.constantFrom('production', 'staging').map((id) => scope('s', [{ level: 'environment', id }])),
  fc.constant<Fact>({ kind: 'scope', id: 's', value: null }),
  fc.constant<Fact>({ kind: 'subject', id: 'per_a', value: null }),
  fc.constant<Fact>({ kind: 'resource', id: 'connection:x', value: null }),
);

export const START: readonly Fact[] = [
  ...NAMES.map((name) => person(name, 'viewer')),
  resource('connection:x'),
  resource('target:t', { connections: ['x'] }),
  resource('feature:f', { environment: null }),
  scope('s', [{ level: 'environment', id: 'production' }]),
];

export function factsOf(all: Iterable<Fact>): Facts {
  const facts = new Facts();
  for (const fact of all) facts.apply(fact);
  return facts;
}
