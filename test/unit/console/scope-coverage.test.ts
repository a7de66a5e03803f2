import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { placementOf, scopeCovers, type ScopeRule } from '../../../core/access/scope.ts';
import type { Resource } from '../../../console/api/resource.ts';
import { coveredBy } from '../../../console/scopes/scope-coverage.ts';

// Few ids on purpose, also across the levels, so that rules and resources meet.
const id = fc.constantFrom('a', 'b', 'c');
const rule: fc.Arbitrary<ScopeRule> = fc.record({ level: fc.constantFrom('environment', 'connection', 'target'), id });
const resource: fc.Arbitrary<Resource> = fc.oneof(
  fc.record({
    type: fc.constant('connection' as const),
    id,
    name: fc.constant('C'),
    environment: fc.option(id),
    connections: fc.constant([]),
  }),
  fc.record({
    type: fc.constant('target' as const),
    id,
    name: fc.constant('T'),
    environment: fc.constant(null),
    connections: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'unknown')),
  }),
  fc.record({
    type: fc.constant('feature' as const),
    id,
    name: fc.constant('F'),
    environment: fc.constant(null),
    connections: fc.constant([]),
  }),
);
const resources = fc.uniqueArray(resource, { selector: ({ type, id: name }) => `${type}:${name}`, maxLength: 9 });

const keyOf = ({ type, id: name }: Resource) => `${type}:${name}`;

/** By the rules that decide. */
function coveredByCore(rules: readonly ScopeRule[], all: readonly Resource[]): string[] {
  const find = (ref: { readonly type: string; readonly id: string }) => {
    const found = all.find(({ type, id: name }) => type === ref.type && name === ref.id);
    return found === undefined ? undefined : { environment: found.environment ?? null };
  };
  return all
    .filter(({ type, id: name, environment, connections }) =>
      scopeCovers(
        { rules: [...rules] },
        placementOf({ type, id: name, environment: environment ?? null, connections: [...(connections ?? [])] }, find),
      ),
    )
    .map(keyOf);
}

describe('what a Scope covers', () => {
  it('is what decides at the sidecar, for any rules and resources', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), resources, (rules, all) => {
        expect(coveredBy(rules, all).map((covered) => keyOf(covered.resource))).toEqual(coveredByCore(rules, all));
      }),
      { numRuns: 2_000 },
    );
  });

  it('names exactly the rules that match', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), resources, (rules, all) => {
        for (const covered of coveredBy(rules, all)) {
          const alone = rules.filter((one) => coveredByCore([one], all).includes(keyOf(covered.resource)));
          expect(covered.rules).toEqual(alone);
        }
      }),
    );
  });

  it('a Target through the environment of its Connection', () => {
    const prod: Resource = { type: 'connection', id: 'aws', name: 'AWS', environment: 'production' };
    const db: Resource = { type: 'target', id: 'db', name: 'DB', connections: ['aws'] };
    const byEnvironment = { level: 'environment', id: 'production' } as const;
    const byTarget = { level: 'target', id: 'db' } as const;
    expect(coveredBy([byEnvironment, byTarget], [prod, db])).toEqual([
      { resource: prod, rules: [byEnvironment] },
      { resource: db, rules: [byEnvironment, byTarget] },
    ]);
  });
});
