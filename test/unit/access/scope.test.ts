import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { placementOf, scopeCovers, scopeSchema, type Placement, type ScopeRule } from '../../../core/access/scope.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd');
const placement: fc.Arbitrary<Placement> = fc.record({
  targets: fc.uniqueArray(id),
  connections: fc.uniqueArray(id),
  environments: fc.uniqueArray(id),
});
const rule: fc.Arbitrary<ScopeRule> = fc.record({
  level: fc.constantFrom('environment' as const, 'connection' as const, 'target' as const),
  id,
});
const rules = fc.array(rule, { minLength: 1, maxLength: 5 });

const connections = new Map([
  ['prod', { environment: 'production' }],
  ['prod2', { environment: 'production' }],
  ['stage', { environment: 'staging' }],
  ['loose', { environment: null }],
]);
const find = (ref: { type: string; id: string }): { environment: string | null } | undefined =>
  ref.type === 'connection' ? connections.get(ref.id) : undefined;

function place(type: 'connection' | 'target' | 'feature', ids: string[], environment: string | null = null): Placement {
  return placementOf({ type, id: 'it', environment, connections: ids }, find);
}

describe('the place of a resource', () => {
  it('of a Connection: itself and its environment', () => {
    expect(place('connection', [], 'production')).toEqual({
      targets: [],
      connections: ['it'],
      environments: ['production'],
    });
    expect(place('connection', []).environments).toEqual([]);
  });

  it('of a Target: itself, its Connections and all their environments, each once', () => {
    expect(place('target', ['prod', 'prod2', 'stage', 'loose'])).toEqual({
      targets: ['it'],
      connections: ['prod', 'prod2', 'stage', 'loose'],
      environments: ['production', 'staging'],
    });
  });

  it('of a Target: a Connection nobody knows lends no environment', () => {
    expect(place('target', ['gone']).environments).toEqual([]);
  });

  it('of a Target: its own environment field does not count', () => {
    expect(place('target', ['stage'], 'production').environments).toEqual(['staging']);
  });

  it('of a feature: nowhere, so that no Scope covers it', () => {
    expect(place('feature', ['prod'], 'production')).toEqual({ targets: [], connections: [], environments: [] });
  });
});

describe('a Scope', () => {
  it.each<[ScopeRule['level'], string]>([
    ['environment', 'production'],
    ['connection', 'prod'],
    ['target', 'it'],
  ])('covers a Target by its %s', (level, ruleId) => {
    const at = place('target', ['prod']);
    expect(scopeCovers({ rules: [{ level, id: ruleId }] }, at)).toBe(true);
    expect(scopeCovers({ rules: [{ level, id: 'other' }] }, at)).toBe(false);
  });

  it('tells levels apart that share an id', () => {
    const at: Placement = { targets: ['x'], connections: [], environments: [] };
    expect(scopeCovers({ rules: [{ level: 'connection', id: 'x' }] }, at)).toBe(false);
    expect(scopeCovers({ rules: [{ level: 'environment', id: 'x' }] }, at)).toBe(false);
  });

  it('covers what any one of its rules covers, in any order', () => {
    fc.assert(
      fc.property(rules, placement, (list, at) => {
        const whole = scopeCovers({ rules: list }, at);
        expect(whole).toBe(list.some((one) => scopeCovers({ rules: [one] }, at)));
        expect(scopeCovers({ rules: list.toReversed() }, at)).toBe(whole);
      }),
    );
  });

  it('never covers less with one rule more, nor less of a larger place', () => {
    fc.assert(
      fc.property(rules, rule, placement, placement, (list, more, at, other) => {
        if (!scopeCovers({ rules: list }, at)) return;
        expect(scopeCovers({ rules: [...list, more] }, at)).toBe(true);
        const wider = {
          targets: [...at.targets, ...other.targets],
          connections: [...at.connections, ...other.connections],
          environments: [...at.environments, ...other.environments],
        };
        expect(scopeCovers({ rules: list }, wider)).toBe(true);
      }),
    );
  });

  it('covers nothing that is nowhere', () => {
    fc.assert(
      fc.property(rules, (list) => {
        expect(scopeCovers({ rules: list }, { targets: [], connections: [], environments: [] })).toBe(false);
      }),
    );
  });

  it('needs at least one rule of a known level', () => {
    const scope = { id: 'production', name: 'Production', rules: [{ level: 'environment', id: 'production' }] };
    expect(scopeSchema.safeParse(scope).success).toBe(true);
    expect(scopeSchema.safeParse({ ...scope, rules: [] }).success).toBe(false);
    expect(scopeSchema.safeParse({ ...scope, rules: [{ level: 'planet', id: 'earth' }] }).success).toBe(false);
  });
});
