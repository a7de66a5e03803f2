import type { RequestFilter } from '../api/access-request.ts';
import { REQUEST_KIND_CHOICES, REQUEST_STATUS_CHOICES } from './request-status-choices.ts';

/** Which of one's own requests are looked at, as the address says it. Empty: no limit. */
export interface OwnRequestsView {
  readonly status: string;
  readonly kind: string;
  readonly q: string;
}

const LONGEST = 200;

/** Leaves out what makes no sense: a damaged address still shows the list. */
export function readOwnRequestsView(query: URLSearchParams): OwnRequestsView {
  const chosen = (choices: readonly { readonly value: string }[], name: string) =>
    choices.find(({ value }) => value === query.get(name))?.value ?? '';
  return {
    status: chosen(REQUEST_STATUS_CHOICES, 'status'),
    kind: chosen(REQUEST_KIND_CHOICES, 'kind'),
    q: (query.get('q') ?? '').slice(0, LONGEST),
  };
}

/** The address of a view: only what limits it. */
export function ownRequestsParameters(view: OwnRequestsView): Record<string, string> {
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== ''));
}

export function ownRequestsFilter(view: OwnRequestsView): RequestFilter {
  return { requester: 'me', ...ownRequestsParameters({ ...view, q: view.q.trim() }) };
}
