import { messagesByField, type ApiProblem } from '../api/api-problem.ts';

/** In the order in which the form shows them. */
export const SCOPE_FIELDS: readonly string[] = ['id', 'name', 'description', 'rules', 'owners'];

/** What the server refused, by the form's fields, which are the API's; one rule's id is `rules.0.id`. */
export function scopeErrors(problem: ApiProblem): Record<string, string> {
  const rows = problem.errors.map(({ field }) => field).filter((field) => /^rules\.\d+\.(id|level)$/.test(field));
  const messages = messagesByField(problem, [...rows, ...SCOPE_FIELDS]);
  const ordered = [...SCOPE_FIELDS, ...rows].flatMap((field) => {
    const message = messages[field];
    return message === undefined ? [] : [[field, message] as const];
  });
  return Object.fromEntries(ordered);
}
