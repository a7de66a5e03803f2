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
