import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isActive, type Entitlement, type Grant } from '../../../core/access/grant.ts';
import { resourceSchema, type Resource } from '../../../core/access/resource.ts';
import { subjectSchema } from '../../../core/access/subject.ts';
import { buildDecisionInput, decisionInputSchema, type Question } from '../../../core/decision/decision-input.ts';
import { Facts } from '../../../core/feed/facts.ts';

const NOW = 1_800_000_000_000;

const ada = subjectSchema.parse({
  id: 'per_ada',
  sub: 'idp|ada',
  email: 'ada@example.com',
  name: 'Ada',
  role: 'member',
});
const production = resourceSchema.parse({ type: 'connection', id: 'aws', name: 'AWS', environment: 'production' });
const database = resourceSchema.parse({ type: 'target', id: 'db', name: 'DB', connections: ['aws'] });
const feature = resourceSchema.parse({ type: 'feature', id: 'costs', name: 'Costs', minimum_role: 'admin' });

function facts(grants: readonly Grant[] = []): Facts {
  const all = new Facts();
  all.apply({ kind: 'subject', id: ada.id, value: ada });
  for (const value of [production, database, feature]) {
    all.apply({ kind: 'resource', id: `${value.type}:${value.id}`, value });
  }
  for (const [id, environment] of [
    ['prod', 'production'],
    ['stage', 'staging'],
  ] as const) {
    const value = { id, name: id, description: '', rules: [{ level: 'environment' as const, id: environment }] };
    all.apply({ kind: 'scope', id, value });
  }
  for (const value of grants) all.apply({ kind: 'grant', id: value.id, value });
  return all;
}

function grant(id: string, entitlement: Entitlement, change: Partial<Grant> = {}): Grant {
  return {
    id,
    subject_id: ada.id,
    entitlement,
    starts_at: NOW - 1_000,
    expires_at: NOW + 1_000,
    request_id: null,
    ...change,
  };
}

function question(resource: Resource, context: Partial<Question['context']> = {}): Question {
  return {
    subject: ada,
    resource,
    action: { name: 'read', method: 'GET' },
    context: { path: '/x', host: 'h', source_ip: '10.0.0.1', ...context },
  };
}

const offered = (resource: Resource, grants: Grant[], nowMs = NOW): string[] =>
  buildDecisionInput(facts(grants), question(resource), nowMs).grants.map(({ id }) => id);

const own: Entitlement = { kind: 'resource', resource: { type: 'connection', id: 'aws' } };
const inProd: Entitlement = { kind: 'scope', scope_id: 'prod' };
const asAdmin: Entitlement = { kind: 'role', role: 'admin' };

describe('the input of a decision', () => {
  it('is whole, and of the shape that is documented', () => {
    const input = buildDecisionInput(facts([grant('grt_1', own)]), question(production, { port: 443 }), NOW);
    expect(decisionInputSchema.parse(input)).toEqual(input);
    expect(input).toEqual({
      subject: { id: 'per_ada', email: 'ada@example.com', role: 'member', groups: [], attributes: {} },
      resource: {
        type: 'connection',
        id: 'aws',
        environment: 'production',
        connections: [],
        minimum_role: 'viewer',
        attributes: {},
      },
      action: { name: 'read', method: 'GET' },
      context: { path: '/x', host: 'h', source_ip: '10.0.0.1', port: 443, time: '2027-01-15T08:00:00.000Z' },
      scopes: [{ id: 'prod', name: 'prod' }],
      grants: [{ id: 'grt_1', kind: 'resource', scope_id: null, role: null, expires_at: '2027-01-15T08:00:01.000Z' }],
    });
  });

  it('has a time that nobody outside can set', () => {
    const input = buildDecisionInput(facts(), question(production, { time: '1970-01-01T00:00:00.000Z' }), NOW);
    expect(input.context.time).toBe(new Date(NOW).toISOString());
  });

  it('says nothing of the name, the sub or the state of the person', () => {
    expect(JSON.stringify(buildDecisionInput(facts(), question(production), NOW))).not.toMatch(/idp\|ada|Ada|disabled/);
  });
});

describe('the grants that are passed on', () => {
  it.each<[string, Resource, Entitlement, boolean]>([
    ['for the resource itself', production, own, true],
    ['for its Connection, to a Target', database, own, false],
    [
      'for the same id of another type',
      production,
      { kind: 'resource', resource: { type: 'target', id: 'aws' } },
      false,
    ],
    ['of a Scope above', production, inProd, true],
    ['of a Scope above its Connection', database, inProd, true],
    ['of another Scope', production, { kind: 'scope', scope_id: 'stage' }, false],
    ['of a Scope that is gone', production, { kind: 'scope', scope_id: 'gone' }, false],
    ['of a Scope, to a feature', feature, inProd, false],
    ['of a Role, to anything', feature, asAdmin, true],
  ])('%s', (_, resource, entitlement, passes) => {
    expect(offered(resource, [grant('grt_1', entitlement)])).toEqual(passes ? ['grt_1'] : []);
  });

  it('are those of the person alone', () => {
    expect(offered(production, [grant('grt_1', own, { subject_id: 'per_eve' })])).toEqual([]);
  });

  it('count to the millisecond before their end', () => {
    const ending = [grant('grt_1', own, { expires_at: NOW })];
    expect(offered(production, ending, NOW - 1)).toEqual(['grt_1']);
    expect(offered(production, ending, NOW)).toEqual([]);
    expect(offered(production, [grant('grt_1', own, { starts_at: NOW + 1 })])).toEqual([]);
    expect(offered(production, [grant('grt_1', own, { expires_at: null })], NOW * 2)).toEqual(['grt_1']);
  });

  it('are never expired, never foreign and never beside the point, however many there are', () => {
    const entitlement = fc.constantFrom<Entitlement>(
      own,
      inProd,
      asAdmin,
      { kind: 'scope', scope_id: 'stage' },
      {
        kind: 'resource',
        resource: { type: 'target', id: 'db' },
      },
    );
    const times = fc.tuple(fc.integer({ min: -5, max: 5 }), fc.option(fc.integer({ min: -5, max: 5 })));
    const grants = fc
      .array(fc.record({ entitlement, times, subject_id: fc.constantFrom('per_ada', 'per_eve') }), { maxLength: 30 })
      .map((list) =>
        list.map(({ entitlement: of, times: [start, end], subject_id }, index) =>
          grant(`grt_${index}`, of, {
            subject_id,
            starts_at: NOW + start,
            expires_at: end === null ? null : NOW + end,
          }),
        ),
      );
    const bearing = new Set<Entitlement>([own, inProd, asAdmin]);
    fc.assert(
      fc.property(grants, (list) => {
        const expected = list.filter(
          (one) => one.subject_id === 'per_ada' && isActive(one, NOW) && bearing.has(one.entitlement),
        );
        expect(offered(production, list).toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
      }),
    );
  });
});
