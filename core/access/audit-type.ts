/**
 * Every type an audit entry can have, in groups, in the order of a request's life. Closed: whoever writes a new type of entry
 * adds it here first, and with that it can be filtered by, in the API and in the console.
 */
export const AUDIT_TYPE_GROUPS = {
  requests: [
    'access-request.submitted',
    'access-request.joined',
    'access-request.reminded',
    'access-request.stage-opened',
    'access-request.stages-changed',
    'review.recorded',
    'access-request.approved',
    'access-request.denied',
    'access-request.cancelled',
    'access-request.expired',
    'access-request.break-glass',
    'access-request.break-glass-closed',
  ],
  access: [
    'grant.created',
    'grant.first-used',
    'grant.extended',
    'grant.expiry-warned',
    'grant.expired',
    'grant.revoked',
    'grant.given-up',
  ],
  sessions: ['session.started', 'session.refused', 'session.ended', 'session.revoked'],
  people: ['person.added', 'person.changed', 'person.linked'],
  settings: [
    'resource.created',
    'resource.changed',
    'resource.deleted',
    'scope.created',
    'scope.changed',
    'scope.deleted',
    'sidecar.credential-added',
    'sidecar.registered',
    'access-client.added',
    'access-client.removed',
    'feed.epoch-begun',
  ],
  notifications: [
    'notification-preferences.changed',
    'notification-policy.changed',
    'delivery.resent',
    'webhook.created',
    'webhook.changed',
    'webhook.disabled',
    'webhook.deleted',
    'webhook.secret-rotated',
    'webhook.tested',
    'slack.linked',
    'slack.unlinked',
    'slack.routes-changed',
  ],
  audit: ['audit.exported', 'audit.verified', 'audit.archived'],
} as const;

export type AuditTypeGroup = keyof typeof AUDIT_TYPE_GROUPS;
export type AuditType = (typeof AUDIT_TYPE_GROUPS)[AuditTypeGroup][number];

export const AUDIT_TYPES: readonly AuditType[] = Object.values(AUDIT_TYPE_GROUPS).flat();
