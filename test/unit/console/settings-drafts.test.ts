import { describe, expect, it } from '@jest/globals';
import { ApiProblem } from '../../../console/api/api-problem.ts';
import type { Resource } from '../../../console/api/resource.ts';
import { draftOfResource, EMPTY_RESOURCE, readResourceDraft } from '../../../console/resources/resource-draft.ts';
import { resourceErrors } from '../../../console/resources/resource-errors.ts';
import { draftOfScope, EMPTY_SCOPE, readScopeDraft } from '../../../console/scopes/scope-draft.ts';
import { scopeErrors } from '../../../console/scopes/scope-errors.ts';

const problem = (...fields: string[]) =>
  new ApiProblem(422, { errors: fields.map((field) => ({ field, message: `wrong ${field}` })) });

describe('the form of a resource', () => {
  const target: Resource = {
    type: 'target',
    id: 'billing-db',
    name: 'Billing',
    description: 'Invoices',
    environment: null,
    connections: ['aws-production'],
    minimum_role: 'member',
    discoverable: 'name',
    attributes: { tier: 'gold', owners: ['a'] },
  };

  it('gives back what it was given, nothing lost', () => {
    const { type, id, ...body } = target;
    expect(readResourceDraft(draftOfResource(target))).toEqual({ ok: true, ref: { type, id }, body });
  });

  it('sends only what its type has', () => {
    const draft = { ...draftOfResource(target), environment: 'production' };
    const bodyOf = (type: Resource['type']) => {
      const read = readResourceDraft({ ...draft, type });
      return read.ok ? { environment: read.body.environment, connections: read.body.connections } : null;
    };
    expect(bodyOf('connection')).toEqual({ environment: 'production', connections: [] });
    expect(bodyOf('target')).toEqual({ environment: null, connections: ['aws-production'] });
    expect(bodyOf('feature')).toEqual({ environment: null, connections: [] });
  });

  it('says what is missing, at its field', () => {
    const read = readResourceDraft({ ...EMPTY_RESOURCE, attributes: '[1]' });
    expect(read.ok ? [] : Object.keys(read.errors)).toEqual(['id', 'name', 'attributes']);
  });

  it.each(['{', '1', 'null', '"a"'])('takes no %s for attributes', (attributes) => {
    expect(readResourceDraft({ ...EMPTY_RESOURCE, id: 'a', name: 'A', attributes })).toMatchObject({
      ok: false,
      errors: { attributes: expect.any(String) },
    });
  });

  it('keeps what no field could hold as it is', () => {
    const attributes = {
      approvals_required: 2.5,
      max_duration_seconds: 90_061,
      break_glass_max_seconds: 90,
      auto_approve: false,
      break_glass: 'yes',
      reason_prompt: ' spaced ',
      stages: [{ name: 'Security' }],
      tier: 'gold',
    };
    const read = readResourceDraft(draftOfResource({ ...target, attributes }));
    expect(read.ok && read.body.attributes).toEqual(attributes);
  });

  it('reads its terms from their fields', () => {
    const draft = draftOfResource({ ...target, attributes: { tier: 'gold', auto_approve: false } });
    const terms = {
      ...draft.terms,
      approvals: 2,
      longest: { preset: 'custom', amount: 90, unit: 'minutes' },
      autoApprove: true,
      breakGlass: true,
      breakGlassMinutes: 30,
      reasonPattern: '^INC-[0-9]+',
      reasonExample: 'INC-7',
      lowRisk: true,
    } as const;
    const read = readResourceDraft({ ...draft, terms });
    expect(read.ok && read.body.attributes).toEqual({
      tier: 'gold',
      approvals_required: 2,
      max_duration_seconds: 5_400,
      auto_approve: true,
      break_glass: true,
      break_glass_max_seconds: 1_800,
      reason_pattern: '^INC-[0-9]+',
      reason_example: 'INC-7',
      low_risk: true,
    });
  });

  it('says which of its terms can not be meant', () => {
    const draft = draftOfResource({ ...target, attributes: {} });
    const terms = { ...draft.terms, approvals: 21, breakGlassMinutes: 0.5, locked: true } as const;
    const read = readResourceDraft({ ...draft, terms, attributes: '{"locked": "soon"}' });
    expect(read.ok ? {} : read.errors).toEqual({
      'terms.approvals': 'Choose a whole number from 1 to 20.',
      'terms.breakGlassMinutes': 'Choose whole minutes from 1 to 1440.',
      attributes: 'locked stands in a field above as well. Remove it from one of the two.',
    });
  });

  it('shows what the server refused, in the order of its fields', () => {
    const errors = resourceErrors(problem('attributes.a', 'connections.1', 'connections', 'minimum_role', 'name'));
    expect(Object.entries(errors)).toEqual([
      ['name', 'wrong name'],
      ['connections', 'wrong connections'],
      ['minimumRole', 'wrong minimum_role'],
      ['attributes', 'wrong attributes.a'],
      ['connections.1.id', 'wrong connections.1'],
    ]);
  });
});

describe('the form of a Scope', () => {
  it('gives back what it was given', () => {
    const scope = {
      id: 'prod',
      name: 'Production',
      description: '',
      rules: [
        { level: 'environment', id: 'production' },
        { level: 'target', id: 'db' },
      ],
      owners: ['per_1'],
    } as const;
    const { id, ...body } = scope;
    expect(readScopeDraft(draftOfScope(scope))).toEqual({ ok: true, id, body });
  });

  it('says what is missing, at its field', () => {
    const errorsOf = (draft: typeof EMPTY_SCOPE) => {
      const read = readScopeDraft(draft);
      return read.ok ? [] : Object.keys(read.errors);
    };
    expect(errorsOf(EMPTY_SCOPE)).toEqual(['id', 'name', 'rules.0.id']);
    expect(errorsOf({ ...EMPTY_SCOPE, id: 'a', name: 'A', rules: [] })).toEqual(['rules']);
  });

  it('shows what the server refused about one rule at that rule', () => {
    expect(scopeErrors(problem('rules.1.id', 'name'))).toEqual({
      name: 'wrong name',
      'rules.1.id': 'wrong rules.1.id',
    });
  });
});
