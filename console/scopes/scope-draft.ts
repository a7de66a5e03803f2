import type { ScopeRule } from '../../core/access/scope.ts';
import type { Scope, ScopeBody } from '../api/scope.ts';
import type { ReadForm } from '../elements/read-form.ts';

/** One rule, as it stands in the form. */
export interface RuleRow extends ScopeRule {
  readonly key: string;
  /** Just added. */
  readonly fresh?: boolean;
}

/** A Scope as it stands in the form. */
export interface ScopeDraft extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly rules: readonly RuleRow[];
  /** Ids of people. */
  readonly owners: readonly string[];
}

export const EMPTY_SCOPE: ScopeDraft = {
  id: '',
  name: '',
  description: '',
  rules: [{ key: 'first', level: 'environment', id: '' }],
  owners: [],
};

export function draftOfScope(scope: Scope): ScopeDraft {
  return {
    id: scope.id,
    name: scope.name,
    description: scope.description ?? '',
    rules: (scope.rules ?? []).map(({ level, id }, place) => ({ key: `${place} ${level}:${id}`, level, id })),
    owners: scope.owners ?? [],
  };
}

/** The rules as they would be sent. */
export function rulesOf({ rules }: Pick<ScopeDraft, 'rules'>): ScopeRule[] {
  return rules.map(({ level, id }) => ({ level, id: id.trim() }));
}

export type ReadScope = ReadForm<{ readonly id: string; readonly body: ScopeBody }>;

/** What to send, or what is missing, by field; the server knows all other rules. */
export function readScopeDraft(draft: ScopeDraft): ReadScope {
  const rules = rulesOf(draft);
  const emptyRules = rules.flatMap(({ id }, place) => (id === '' ? [place] : []));
  const errors = {
    ...(draft.id.trim() === '' && { id: 'Say by which id policies and addresses call it.' }),
    ...(draft.name.trim() === '' && { name: 'Say what people call it.' }),
    ...(rules.length === 0 && { rules: 'A Scope has one rule at least.' }),
    ...Object.fromEntries(emptyRules.map((place) => [`rules.${place}.id`, 'Say of what, or remove this rule.'])),
  };
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    id: draft.id.trim(),
    body: { name: draft.name.trim(), description: draft.description.trim(), rules, owners: draft.owners },
  };
}
