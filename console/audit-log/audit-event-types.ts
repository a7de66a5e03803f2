/** The kinds of entries one can filter by, in the order of a request's life. */
export const AUDIT_EVENT_TYPES: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'access-request.submitted', label: 'Request submitted' },
  { value: 'review.recorded', label: 'Review recorded' },
  { value: 'access-request.approved', label: 'Request approved' },
  { value: 'access-request.denied', label: 'Request denied' },
  { value: 'access-request.cancelled', label: 'Request cancelled' },
  { value: 'access-request.expired', label: 'Request expired' },
  { value: 'grant.created', label: 'Access granted' },
  { value: 'grant.expiry-warned', label: 'Warned of the end' },
  { value: 'grant.expired', label: 'Access expired' },
  { value: 'grant.revoked', label: 'Access revoked' },
  { value: 'grant.given-up', label: 'Access given up' },
  { value: 'session.started', label: 'Signed in' },
  { value: 'session.ended', label: 'Signed out' },
  { value: 'person.added', label: 'Person added' },
  { value: 'person.changed', label: 'Person changed' },
  { value: 'person.linked', label: 'Person linked' },
  { value: 'resource.created', label: 'Resource created' },
  { value: 'resource.changed', label: 'Resource changed' },
  { value: 'resource.deleted', label: 'Resource deleted' },
  { value: 'scope.created', label: 'Scope created' },
  { value: 'scope.changed', label: 'Scope changed' },
  { value: 'scope.deleted', label: 'Scope deleted' },
];

export function auditTypeWord(type: string): string {
  return AUDIT_EVENT_TYPES.find(({ value }) => value === type)?.label ?? type;
}
