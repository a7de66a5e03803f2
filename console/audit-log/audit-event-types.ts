import { AUDIT_TYPE_GROUPS, type AuditType, type AuditTypeGroup } from '../../core/access/audit-type.ts';

const WORDS: Record<AuditType, string> = {
  'access-request.submitted': 'Request submitted',
  'access-request.reminded': 'Reviewers reminded',
  'access-request.stage-opened': 'Next stage opened',
  'access-request.joined': 'Request joined',
  'access-request.stages-changed': 'Stages changed',
  'review.recorded': 'Review recorded',
  'access-request.approved': 'Request approved',
  'access-request.denied': 'Request denied',
  'access-request.cancelled': 'Request cancelled',
  'access-request.expired': 'Request expired',
  'access-request.break-glass': 'Broke glass',
  'access-request.break-glass-closed': 'Break-glass reviewed',
  'grant.created': 'Access granted',
  'grant.first-used': 'First used',
  'grant.extended': 'Access extended',
  'grant.expiry-warned': 'Warned of the end',
  'grant.expired': 'Access expired',
  'grant.revoked': 'Access revoked',
  'grant.given-up': 'Access given up',
  'session.started': 'Signed in',
  'session.refused': 'Sign-in refused',
  'session.ended': 'Signed out',
  'session.revoked': 'Session revoked',
  'person.added': 'Person added',
  'person.changed': 'Person changed',
  'person.linked': 'Person linked',
  'resource.created': 'Resource created',
  'resource.changed': 'Resource changed',
  'resource.deleted': 'Resource deleted',
  'scope.created': 'Scope created',
  'scope.changed': 'Scope changed',
  'scope.deleted': 'Scope deleted',
  'access-client.added': 'Program may ask for access',
  'access-client.removed': 'Program may ask no more',
  'sidecar.credential-added': 'Sidecar credential added',
  'sidecar.registered': 'Sidecar registered',
  'feed.epoch-begun': 'New history of the feed begun',
  'notification-preferences.changed': 'Preferences changed',
  'notification-policy.changed': 'Policy changed',
  'delivery.resent': 'Delivery resent',
  'webhook.created': 'Webhook created',
  'webhook.changed': 'Webhook changed',
  'webhook.disabled': 'Webhook disabled',
  'webhook.deleted': 'Webhook deleted',
  'webhook.secret-rotated': 'Webhook secret rotated',
  'webhook.tested': 'Webhook tested',
  'slack.linked': 'Slack linked',
  'slack.unlinked': 'Slack unlinked',
  'slack.routes-changed': 'Slack routing changed',
  'audit.exported': 'Log exported',
  'audit.verified': 'Log verified',
  'audit.archived': 'Log archived',
};

const GROUP_WORDS: Record<AuditTypeGroup, string> = {
  requests: 'Requests and reviews',
  access: 'Access',
  sessions: 'Signing in',
  people: 'People',
  settings: 'Resources, Scopes, sidecars',
  notifications: 'Notifications',
  audit: 'Audit Log',
};

/** The kinds of entries one can filter by, in groups. */
export const AUDIT_TYPE_CHOICES = (Object.keys(AUDIT_TYPE_GROUPS) as AuditTypeGroup[]).map((group) => ({
  group: GROUP_WORDS[group],
  items: AUDIT_TYPE_GROUPS[group].map((type) => ({ value: type as string, label: WORDS[type] })),
}));

/** A type that this console does not know is shown as the server names it. */
export function auditTypeWord(type: string): string {
  return (WORDS as Readonly<Record<string, string>>)[type] ?? type;
}
