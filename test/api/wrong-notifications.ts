import type { WrongRequest } from './wrong-request.ts';

const HOOK = { url: 'https://hooks.example.com/in' };

export const WRONG_NOTIFICATIONS: readonly WrongRequest[] = [
  { method: 'post', path: '/v1/notifications/read-all', body: { all: true }, status: 422, field: 'all' },
  { method: 'get', path: '/v1/notifications/count?unread=maybe', status: 422, field: 'unread' },
  {
    method: 'put',
    path: '/v1/notification-preferences',
    body: { digest: { mode: 'weekly' } },
    status: 422,
    field: 'digest.mode',
  },
  {
    method: 'put',
    path: '/v1/notification-preferences',
    body: { events: [{ event_type: 'break-glass', channels: { email: false } }] },
    status: 422,
    field: 'events.0.channels.email',
  },
  {
    method: 'put',
    path: '/v1/notification-policy',
    body: { events: [{ event_type: 'break-glass', channels: { email: 'sometimes' } }] },
    status: 422,
    field: 'events.0.channels.email',
  },
  { method: 'get', path: '/v1/deliveries?state=lost', status: 422, field: 'state' },
  { method: 'get', path: '/v1/deliveries/dlv_0', status: 404 },
  { method: 'post', path: '/v1/deliveries/dlv_0/resend', body: {}, status: 404 },
  { method: 'get', path: '/v1/webhooks?cursor=nonsense', status: 422, field: 'cursor' },
  { method: 'get', path: '/v1/webhooks/whk_0', status: 404 },
  // Without HALLPASS_SECRET_KEY there is no webhook; what is wrong is said first.
  { method: 'post', path: '/v1/webhooks', body: HOOK, status: 409 },
  { method: 'post', path: '/v1/webhooks', body: { url: 'http://hooks.example.com' }, status: 422, field: 'url' },
  { method: 'post', path: '/v1/webhooks', body: { ...HOOK, event_types: ['x'] }, status: 422, field: 'event_types.0' },
  { method: 'put', path: '/v1/webhooks/whk_0', body: HOOK, status: 404 },
  { method: 'delete', path: '/v1/webhooks/whk_0', status: 404 },
  { method: 'post', path: '/v1/webhooks/whk_0/rotate-secret', body: {}, status: 409 },
  { method: 'post', path: '/v1/webhooks/whk_0/test', body: {}, status: 409 },
];
