import type { WrongRequest } from './wrong-request.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' };
const NOBODY = 'per_0';

export const WRONG_SETTINGS: readonly WrongRequest[] = [
  // Grants
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: NOBODY, resource: PRODUCTION, duration_seconds: 1 },
    status: 404,
    field: 'subject_id',
  },
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: 'per_demo_admin', resource: PRODUCTION, duration_seconds: 1 },
    status: 403,
    field: 'subject_id',
  },
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: 'per_demo_member', role: 'owner', duration_seconds: 1 },
    status: 403,
    field: 'role',
  },
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: 'per_demo_member', resource: PRODUCTION },
    status: 422,
    field: 'duration_seconds',
  },
  {
    method: 'post',
    path: '/v1/grants',
    body: { subject_id: 'per_demo_member', scope_id: 'none', duration_seconds: 1 },
    status: 404,
    field: 'scope_id',
  },
  { method: 'get', path: '/v1/grants?active=maybe', status: 422, field: 'active' },
  { method: 'post', path: '/v1/grants/grt_0/revoke', body: {}, status: 404 },
  // Resources, Scopes, people
  { method: 'put', path: '/v1/resources/connection/Bad%20Id', body: { name: 'x' }, status: 422, field: 'id' },
  { method: 'put', path: '/v1/resources/door/x', body: { name: 'x' }, status: 422, field: 'type' },
  {
    method: 'put',
    path: '/v1/resources/target/x',
    body: { name: 'x', connections: ['none'] },
    status: 422,
    field: 'connections',
  },
  {
    method: 'put',
    path: '/v1/resources/target/x',
    body: { name: 'x', environment: 'production' },
    status: 422,
    field: 'environment',
  },
  {
    method: 'put',
    path: '/v1/resources/connection/x',
    body: { name: 'x', attributes: { big: 'x'.repeat(5000) } },
    status: 422,
    field: 'attributes',
  },
  { method: 'delete', path: '/v1/resources/connection/none', status: 404 },
  { method: 'get', path: '/v1/resources?type=door', status: 422, field: 'type' },
  { method: 'put', path: '/v1/scopes/x', body: { name: 'x', rules: [] }, status: 422, field: 'rules' },
  {
    method: 'put',
    path: '/v1/scopes/x',
    body: { name: 'x', rules: [{ level: 'planet', id: 'x' }] },
    status: 422,
    field: 'rules.0.level',
  },
  { method: 'delete', path: '/v1/scopes/none', status: 404 },
  { method: 'post', path: '/v1/people', body: { email: 'no', name: 'x', role: 'member' }, status: 422, field: 'email' },
  {
    method: 'post',
    path: '/v1/people',
    body: { email: 'MEMBER@example.com', name: 'x', role: 'member' },
    status: 409,
    field: 'email',
  },
  {
    method: 'post',
    path: '/v1/people',
    body: { email: 'new@example.com', name: 'x', role: 'owner' },
    status: 409,
    field: 'role',
  },
  { method: 'patch', path: '/v1/people/per_demo_owner', body: { role: 'member' }, status: 409, field: 'role' },
  { method: 'patch', path: '/v1/people/per_demo_admin', body: { role: 'member' }, status: 403, field: 'role' },
  { method: 'patch', path: `/v1/people/${NOBODY}`, body: { name: 'x' }, status: 404 },
  { method: 'post', path: '/v1/notifications/ntf_0/read', body: {}, status: 404 },
  { method: 'get', path: '/v1/audit-events?request_id=%00', status: 422, field: 'request_id' },
  { method: 'post', path: '/v1/slack/link', body: {}, status: 409, code: 'not-configured' },
  { method: 'put', path: '/v1/slack/routes', body: {}, status: 422, field: 'routes' },
  {
    method: 'put',
    path: '/v1/slack/routes',
    body: { routes: [{ event_type: 'request-submitted', channel_id: '#general' }] },
    status: 422,
    field: 'routes.0.channel_id',
  },
  {
    method: 'put',
    path: '/v1/slack/routes',
    body: { routes: [{ event_type: 'nothing', channel_id: 'C0123456789' }] },
    status: 422,
    field: 'routes.0.event_type',
  },
  {
    method: 'put',
    path: '/v1/slack/routes',
    body: {
      routes: [
        { event_type: 'request-submitted', channel_id: 'C0123456789' },
        { event_type: 'request-submitted', channel_id: 'C0123456780' },
      ],
    },
    status: 422,
    field: 'routes',
  },
  { method: 'get', path: '/v1/nothing', status: 404 },
];
