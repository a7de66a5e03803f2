import type { WrongRequest } from './wrong-request.ts';

const APPROVE = '/v1/access-requests/PENDING/approve';
const DECIDE = '/v1/access-requests/decide';

export const WRONG_REVIEWS: readonly WrongRequest[] = [
  { method: 'get', path: '/v1/access-requests?status=pending,lost', status: 422, field: 'status' },
  { method: 'get', path: '/v1/access-requests?resource=nothing', status: 422, field: 'resource' },
  { method: 'get', path: '/v1/access-requests?awaiting=you', status: 422, field: 'awaiting' },
  { method: 'get', path: '/v1/access-requests?sort=reason', status: 422, field: 'sort' },
  { method: 'get', path: '/v1/access-requests?order=up', status: 422, field: 'order' },
  { method: 'get', path: '/v1/access-requests?break_glass=closed', status: 422, field: 'break_glass' },
  { method: 'get', path: '/v1/access-requests?q=%00', status: 422, field: 'q' },
  { method: 'get', path: '/v1/access-requests/count?limit=1', status: 422, field: 'limit' },
  { method: 'get', path: '/v1/access-requests/count?kind=door', status: 422, field: 'kind' },
  { method: 'get', path: '/v1/access-requests/req_0/context', status: 404 },
  { method: 'post', path: APPROVE, body: { until: 'tomorrow' }, status: 422, field: 'until' },
  { method: 'post', path: APPROVE, body: { until: '2020-01-01T00:00:00Z' }, status: 422, field: 'until' },
  { method: 'post', path: APPROVE, body: { until: '9999-01-01T00:00:00Z' }, status: 422, field: 'until' },
  { method: 'post', path: APPROVE, body: { starts_at: '2020-01-01T00:00:00Z' }, status: 422, field: 'starts_at' },
  { method: 'post', path: APPROVE, body: { starts_at: '9999-01-01T00:00:00Z' }, status: 422, field: 'starts_at' },
  {
    method: 'post',
    path: APPROVE,
    body: { until: '2030-01-01T00:00:00Z', duration_seconds: 60 },
    status: 422,
    field: 'until',
  },
  { method: 'post', path: DECIDE, body: { ids: [], verdict: 'deny' }, status: 422, field: 'ids' },
  { method: 'post', path: DECIDE, body: { ids: ['req_0', 'req_0'], verdict: 'deny' }, status: 422, field: 'ids' },
  {
    method: 'post',
    path: DECIDE,
    body: { ids: Array.from({ length: 101 }, (_, index) => `req_${index}`), verdict: 'deny' },
    status: 422,
    field: 'ids',
  },
  { method: 'post', path: DECIDE, body: { ids: ['req_0'], verdict: 'maybe' }, status: 422, field: 'verdict' },
  { method: 'post', path: DECIDE, body: { ids: ['req_0'], verdict: 'deny', note: 7 }, status: 422, field: 'note' },
  { method: 'post', path: '/v1/people/per_0/revoke-all', body: {}, status: 404 },
  { method: 'post', path: '/v1/people/per_0/revoke-all', body: { note: 7 }, status: 422, field: 'note' },
  { method: 'get', path: '/v1/people/per_0', status: 404 },
  { method: 'get', path: '/v1/scopes/none', status: 404 },
  {
    method: 'put',
    path: '/v1/scopes/x',
    body: { name: 'x', rules: [{ level: 'environment', id: 'x' }], owners: ['per_0'] },
    status: 422,
    field: 'owners',
  },
];
