/** For a status filter; the empty value means all of them. */
export const REQUEST_STATUS_CHOICES = [
  { value: '', label: 'All' },
  { value: 'pending', label: 'Waiting' },
  { value: 'approved', label: 'Approved' },
  { value: 'denied', label: 'Denied' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'expired', label: 'Timed out' },
] as const;

export const REQUEST_KIND_CHOICES = [
  { value: '', label: 'All' },
  { value: 'resource', label: 'Resource' },
  { value: 'scope', label: 'Scope' },
  { value: 'role', label: 'Role' },
] as const;
