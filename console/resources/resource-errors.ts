import { messagesByField, type ApiProblem } from '../api/api-problem.ts';

/** The API's fields and the form's, in the order in which they are shown. */
const FIELDS: readonly (readonly [api: string, form: string])[] = [
  ['type', 'type'],
  ['id', 'id'],
  ['name', 'name'],
  ['description', 'description'],
  ['environment', 'environment'],
  ['connections', 'connections'],
  ['minimum_role', 'minimumRole'],
  ['discoverable', 'discoverable'],
  ['attributes', 'attributes'],
];

export const RESOURCE_FIELDS: readonly string[] = FIELDS.map(([api]) => api);

/** What the server refused, by the form's fields; one of a Target's Connections is `connections.0.id`. */
export function resourceErrors(problem: ApiProblem): Record<string, string> {
  const rows = problem.errors.map(({ field }) => field).filter((field) => /^connections\.\d+$/.test(field));
  const messages = messagesByField(problem, [...rows, ...RESOURCE_FIELDS]);
  const errors: Record<string, string> = {};
  for (const [api, form] of [...FIELDS, ...rows.map((row) => [row, `${row}.id`] as const)]) {
    const message = messages[api];
    if (message !== undefined) errors[form] = message;
  }
  return errors;
}
