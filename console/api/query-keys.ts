/** Where each answer is kept. A shorter key covers the longer ones that begin with it. */
export const queryKeys = {
  me: ['me'],
  signInOptions: ['sign-in-options'],
  myGrants: ['grants', 'mine'],
  grantsOf: (personId: string) => ['grants', 'of', personId],
  accessRequests: ['access-requests', 'list'],
  accessRequest: (id: string) => ['access-requests', 'one', id],
  requestPreview: ['access-requests', 'preview'],
  resources: ['resources', 'list'],
  resource: (type: string, id: string) => ['resources', 'one', type, id],
  scopes: ['scopes'],
  people: ['people', 'list'],
  person: (id: string) => ['people', 'one', id],
  notifications: ['notifications'],
  unreadNotifications: ['notifications', 'unread-count'],
  auditEvents: ['audit-events'],
} as const;
