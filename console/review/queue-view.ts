import type { RequestFilter } from '../api/access-request.ts';
import type { EntitlementKind } from '../api/entitlement.ts';
import { RESOURCE_TYPE_NAMES } from '../api/entitlement.ts';

export type QueueTab = 'pending' | 'break-glass' | 'decided';

export const QUEUE_SORTS = {
  newest: { label: 'Newest first', sort: 'submitted', order: 'desc' },
  oldest: { label: 'Oldest first', sort: 'submitted', order: 'asc' },
  ending: { label: 'Times out first', sort: 'pending_until', order: 'asc' },
  requester: { label: 'Requester, A to Z', sort: 'requester', order: 'asc' },
} as const;
export type QueueSort = keyof typeof QUEUE_SORTS;

export const OUTCOMES = [
  { value: '', label: 'All' },
  { value: 'approved', label: 'Approved' },
  { value: 'denied', label: 'Denied' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'expired', label: 'Timed out' },
] as const;

const KINDS: readonly EntitlementKind[] = ['resource', 'scope', 'role'];

/** What of the queue is looked at. All of it stands in the address, so that it can be kept and sent to others. */
export interface QueueView {
  readonly tab: QueueTab;
  readonly q: string;
  readonly kind: EntitlementKind | '';
  /** `type:id`, or empty. */
  readonly resource: string;
  /** A person's id, or empty. */
  readonly requester: string;
  readonly awaitingMe: boolean;
  /** Of decided ones; empty means all. */
  readonly outcome: string;
  readonly sort: QueueSort;
  /** Of the page; empty: the first one. */
  readonly cursor: string;
}

const LONGEST = 200;

/** Leaves out what makes no sense: a damaged address still shows the queue. */
export function readQueueView(query: URLSearchParams): QueueView {
  const text = (name: string) => (query.get(name) ?? '').slice(0, LONGEST);
  const tab = text('tab') === 'decided' || text('tab') === 'break-glass' ? (text('tab') as QueueTab) : 'pending';
  const sort = Object.hasOwn(QUEUE_SORTS, text('sort')) ? (text('sort') as QueueSort) : 'newest';
  const resource = text('resource');
  return {
    tab,
    q: text('q'),
    kind: KINDS.find((kind) => kind === text('kind')) ?? '',
    resource: RESOURCE_TYPE_NAMES.some((type) => resource.startsWith(`${type}:`)) ? resource : '',
    requester: text('requester'),
    awaitingMe: tab === 'pending' && text('awaiting') === 'me',
    outcome: tab === 'decided' ? (OUTCOMES.find(({ value }) => value === text('outcome'))?.value ?? '') : '',
    // What is over times out no more.
    sort: tab !== 'pending' && sort === 'ending' ? 'newest' : sort,
    cursor: query.get('cursor') ?? '',
  };
}

/** The address of a view; what is as usual is left out. */
export function queueParameters(view: QueueView): Record<string, string> {
  const all: Record<string, string> = {
    tab: view.tab === 'pending' ? '' : view.tab,
    q: view.q,
    kind: view.kind,
    resource: view.resource,
    requester: view.requester,
    awaiting: view.awaitingMe ? 'me' : '',
    outcome: view.outcome,
    sort: view.sort === 'newest' ? '' : view.sort,
    cursor: view.cursor,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

/** What to ask the API for. */
export function queueFilter(view: QueueView): RequestFilter {
  const { sort, order } = QUEUE_SORTS[view.sort];
  const q = view.q.trim();
  return {
    ...statusOf(view),
    ...(view.kind !== '' && { kind: view.kind }),
    ...(view.resource !== '' && { resource: view.resource }),
    ...(view.requester !== '' && { requester: view.requester }),
    ...(view.awaitingMe && { awaiting: 'me' as const }),
    ...(q !== '' && { q }),
    sort,
    order,
  };
}

function statusOf({ tab, outcome }: QueueView): Pick<RequestFilter, 'status' | 'break_glass'> {
  if (tab === 'pending') return { status: 'pending' };
  if (tab === 'break-glass') return { break_glass: 'open' };
  return { status: outcome === '' ? 'approved,denied,cancelled,expired' : outcome };
}

/** How many of the folded filters narrow the view. */
export function filterCount({ kind, resource, requester, awaitingMe, outcome }: QueueView): number {
  return [kind, resource, requester, awaitingMe ? 'me' : '', outcome].filter((value) => value !== '').length;
}

/** The first page without any filter; tab and order stay. */
export function withoutFilters({ tab, sort }: QueueView): QueueView {
  return { ...readQueueView(new URLSearchParams()), tab, sort };
}
