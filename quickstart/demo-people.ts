import type { Resource } from '../core/access/resource.ts';
import type { Role } from '../core/access/role.ts';
import type { Scope } from '../core/access/scope.ts';
import type { Subject } from '../core/access/subject.ts';

function person(name: string, fullName: string, role: Role): Subject {
  return {
    id: `per_demo_${name}`,
    sub: `demo:${name}`,
    email: `${name}@example.com`,
    name: fullName,
    role,
    groups: [],
    attributes: {},
    disabled: false,
  };
}

/** Named by what they are, so that a transcript of the quickstart reads by itself. */
export const DEMO_PEOPLE: readonly Subject[] = [
  person('owner', 'Olive Owner', 'owner'),
  person('admin', 'Ada Admin', 'admin'),
  person('admin2', 'Abel Admin', 'admin'),
  person('member', 'Mia Member', 'member'),
  person('member2', 'Max Member', 'member'),
  person('viewer', 'Vera Viewer', 'viewer'),
];

const RESOURCE_DEFAULTS = {
  description: '',
  environment: null,
  connections: [],
  minimum_role: 'viewer',
  discoverable: 'full',
  attributes: {},
} as const satisfies Omit<Resource, 'type' | 'id' | 'name'>;

export const DEMO_RESOURCES: readonly Resource[] = [
  {
    ...RESOURCE_DEFAULTS,
    type: 'connection',
    id: 'aws-production',
    name: 'AWS production',
    description: 'The account that customers depend on.',
    environment: 'production',
  },
  {
    ...RESOURCE_DEFAULTS,
    type: 'connection',
    id: 'aws-staging',
    name: 'AWS staging',
    description: 'The account in which changes are tried first.',
    environment: 'staging',
  },
  {
    ...RESOURCE_DEFAULTS,
    type: 'connection',
    id: 'payroll',
    name: 'Payroll',
    description: 'Hidden: whoever may not use it does not learn that it exists.',
    environment: 'production',
    discoverable: 'none',
  },
  {
    ...RESOURCE_DEFAULTS,
    type: 'target',
    id: 'billing-db',
    name: 'Billing database',
    description: 'Invoices and payments, in AWS production.',
    connections: ['aws-production'],
  },
  {
    ...RESOURCE_DEFAULTS,
    type: 'feature',
    id: 'cost-explorer',
    name: 'Cost explorer',
    description: 'What everything costs; an app guards it by asking the decision API.',
    minimum_role: 'admin',
  },
];

export const DEMO_SCOPES: readonly Scope[] = [
  {
    id: 'staging',
    name: 'Staging',
    description: 'Everything in staging.',
    rules: [{ level: 'environment', id: 'staging' }],
  },
  {
    id: 'production',
    name: 'Production',
    description: 'Everything in production.',
    rules: [{ level: 'environment', id: 'production' }],
  },
];

/** Permanent memberships, as an Admin would have assigned them. */
export const DEMO_ASSIGNMENTS: readonly { readonly email: string; readonly scope_id: string }[] = [
  { email: 'member@example.com', scope_id: 'staging' },
  { email: 'member2@example.com', scope_id: 'staging' },
];
