import * as fc from 'fast-check';
import { MAX_DURATION_SECONDS } from '../../core/access/duration.ts';
import { RESOURCE_TYPES } from '../../core/access/resource.ts';
import { ROLES } from '../../core/access/role.ts';
import type { DecisionInput } from '../../core/decision/decision-input.ts';
import type { RequestInput } from '../../core/decision/request-input.ts';

const role = fc.constantFrom(...ROLES);
const resourceType = fc.constantFrom(...RESOURCE_TYPES);
/** Few, so that ids meet, and a few that no rule expects. */
const id = fc.constantFrom('aws-production', 'billing-db', 'production', 'staging', 'a', '', 'ä/%\u0000');
const text = fc.oneof(id, fc.string({ maxLength: 12 }));
/** Attributes that rules read, with the values they want and those they must survive. */
const attributes = fc.dictionary(
  fc.constantFrom(
    'locked',
    'approvals_required',
    'max_duration_seconds',
    'auto_approve',
    'break_glass',
    'break_glass_max_seconds',
    'reason_prompt',
    'reason_pattern',
    'reason_example',
    'stages',
    'reviewer_people',
    'reviewer_roles',
    'scope_owners',
    'low_risk',
    'office_hours',
    'office_network',
    'sensitive',
    'other',
  ),
  fc.oneof(
    fc.constantFrom<unknown>(
      true,
      false,
      null,
      0,
      1,
      2,
      20,
      21,
      1.5,
      60,
      3_600,
      86_400,
      'yes',
      '',
      '^INC-[0-9]+$',
      '[',
      [],
      {},
    ),
    fc.constantFrom<unknown>(
      ['admin', 'owner'],
      ['owner@example.com'],
      [{ name: 'Lead', approvals_required: 1, reviewers: { roles: ['admin'], people: [], scope_owners: false } }],
      [{ name: '', approvals_required: 0 }],
    ),
    fc.jsonValue({ maxDepth: 2 }),
  ),
  { maxKeys: 4 },
);
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const group = fc.oneof(fc.constantFrom('platform', 'release-managers'), text);
const person = { id: text, email: text, role, groups: fc.array(group, { maxLength: 2 }), attributes };

const resource = {
  type: resourceType,
  id,
  environment: fc.option(id),
  connections: fc.array(id, { maxLength: 2 }),
  minimum_role: role,
  attributes,
};

/** Inputs of `hallpass/authz/decision`. */
export const decisionInputs = fc.record({
  subject: fc.record(person),
  resource: fc.record(resource),
  action: fc.record({
    name: fc.oneof(fc.constantFrom('read', 'write', 'connect', 'admin'), text),
    method: fc.option(fc.constantFrom('GET', 'POST')),
  }),
  context: fc.record({
    path: fc.option(
      fc.oneof(fc.constantFrom('/targets/x/admin', '/targets/x/admin/users', '/targets/x/administer'), text),
    ),
    host: fc.option(text),
    source_ip: fc.option(fc.oneof(fc.ipV4(), fc.constantFrom('10.1.2.3', '::1', 'fd00::1'))),
    time: time.map((ms) => new Date(ms).toISOString()),
  }),
  scopes: fc.array(fc.record({ id, name: text }), { maxLength: 3 }),
  grants: fc.array(
    fc.record({
      id: text,
      kind: fc.constantFrom('resource', 'scope', 'role'),
      scope_id: fc.option(id),
      role: fc.option(role),
      expires_at: fc.option(time.map((ms) => new Date(ms).toISOString())),
    }),
    { maxLength: 4 },
  ),
}) as fc.Arbitrary<DecisionInput>;

/** Inputs of `hallpass/request/decision`. */
export const requestInputs = fc.record({
  requester: fc.record({ ...person, base_role: role }),
  entitlement: fc.oneof(
    fc.record({ kind: fc.constant('resource'), resource: fc.record({ type: resourceType, id }) }),
    fc.record({ kind: fc.constant('scope'), scope_id: id }),
    fc.record({ kind: fc.constant('role'), role }),
  ),
  resource: fc.option(
    fc.record({ ...resource, name: text, description: text, discoverable: fc.constantFrom('full', 'name', 'none') }),
  ),
  scope: fc.option(
    fc.record({
      id,
      name: text,
      description: text,
      rules: fc.array(fc.record({ level: fc.constantFrom('environment', 'connection', 'target'), id }), {
        maxLength: 2,
      }),
    }),
  ),
  duration_seconds: fc.option(
    fc.oneof(fc.constantFrom(1, 60, 3_600, 86_400), fc.integer({ min: 1, max: MAX_DURATION_SECONDS })),
  ),
  starts_at: fc.option(time),
  extension: fc.option(fc.record({ grant_id: text, starts_at: time, expires_at: time })),
  break_glass: fc.boolean(),
  reason: fc.oneof(fc.constantFrom('', '  ', 'INC-42', 'INC-42: invoices', 'see INC-7.'), fc.string({ maxLength: 30 })),
}) as fc.Arbitrary<RequestInput>;
