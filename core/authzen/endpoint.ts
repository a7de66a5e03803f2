import type { Searched } from './search-request.ts';

/** AuthZEN Authorization API 1.0, "HTTPS JSON Binding": the default paths, by the name of each in the metadata. */
export const ENDPOINTS = {
  access_evaluation_endpoint: '/access/v1/evaluation',
  access_evaluations_endpoint: '/access/v1/evaluations',
  search_subject_endpoint: '/access/v1/search/subject',
  search_resource_endpoint: '/access/v1/search/resource',
  search_action_endpoint: '/access/v1/search/action',
} as const;

export const METADATA_PATH = '/.well-known/authzen-configuration';

/** What a path asks for; null: nothing that is here. */
export type Asked = 'metadata' | 'evaluation' | 'evaluations' | { readonly search: Searched };

const ASKED: ReadonlyMap<string, Asked> = new Map<string, Asked>([
  [METADATA_PATH, 'metadata'],
  [ENDPOINTS.access_evaluation_endpoint, 'evaluation'],
  [ENDPOINTS.access_evaluations_endpoint, 'evaluations'],
  [ENDPOINTS.search_subject_endpoint, { search: 'subject' }],
  [ENDPOINTS.search_resource_endpoint, { search: 'resource' }],
  [ENDPOINTS.search_action_endpoint, { search: 'action' }],
]);

export function askedAt(path: string): Asked | null {
  return ASKED.get(path) ?? null;
}

/**
 * AuthZEN, "Policy Decision Point Metadata".
 * @param base where apps reach the decision API, without a slash at its end
 * @param more further members; what has no value is left out
 */
export function metadataOf(
  base: string,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const urls = Object.entries(ENDPOINTS).map(([name, path]) => [name, base + path]);
  return { policy_decision_point: base, ...(Object.fromEntries(urls) as Record<string, string>), ...more };
}
