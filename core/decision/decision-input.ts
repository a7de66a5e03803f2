import { z } from 'zod';
import { isActive, type Grant } from '../access/grant.ts';
import { resourceTypeSchema, attributesSchema, type Resource } from '../access/resource.ts';
import { roleSchema } from '../access/role.ts';
import type { Subject } from '../access/subject.ts';
import type { Facts } from '../feed/facts.ts';

/** `input` of `hallpass/authz/decision`. Documented for Rego authors in docs/policy-input.md; a test holds both together. */
export const decisionInputSchema = z.strictObject({
  subject: z.strictObject({
    id: z.string(),
    email: z.string(),
    /** Base role; role grants stand in `grants`. */
    role: roleSchema,
    groups: z.array(z.string()),
    attributes: attributesSchema,
  }),
  resource: z.strictObject({
    type: resourceTypeSchema,
    id: z.string(),
    environment: z.string().nullable(),
    connections: z.array(z.string()),
    minimum_role: roleSchema,
    attributes: attributesSchema,
  }),
  action: z.strictObject({ name: z.string(), method: z.string().nullable() }),
  context: z.looseObject({
    path: z.string().nullable(),
    host: z.string().nullable(),
    source_ip: z.string().nullable(),
    /** RFC 3339, UTC, milliseconds. */
    time: z.string(),
  }),
  /** Scopes that cover the resource, whether the person is in them or not. */
  scopes: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** The person's active grants that bear on this resource: for it, for a Scope above, or of a Role. */
  grants: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['resource', 'scope', 'role']),
      scope_id: z.string().nullable(),
      role: roleSchema.nullable(),
      /** RFC 3339, or null for permanent. */
      expires_at: z.string().nullable(),
    }),
  ),
});
export type DecisionInput = z.infer<typeof decisionInputSchema>;

export interface Action {
  /** `read`, `write`, `connect`, `admin`, or for features whatever the app calls it. */
  readonly name: string;
  /** HTTP method, where there is one. */
  readonly method: string | null;
}

export interface RequestContext {
  readonly path: string | null;
  readonly host: string | null;
  readonly source_ip: string | null;
  readonly [member: string]: unknown;
}

/** One question to the policy, with everything looked up. */
export interface Question {
  readonly subject: Subject;
  readonly resource: Resource;
  readonly action: Action;
  readonly context: RequestContext;
}

/** What bears on one question, and nothing else: the cost does not grow with the grants of other people. */
export function buildDecisionInput(facts: Facts, question: Question, nowMs: number): DecisionInput {
  const { subject, resource } = question;
  const scopes = facts.scopesCovering(resource);
  const grants: DecisionInput['grants'] = [];
  for (const grant of facts.grantsOf(subject.id)) {
    if (!isActive(grant, nowMs)) continue;
    const { entitlement } = grant;
    if (entitlement.kind === 'resource') {
      const { type, id } = entitlement.resource;
      if (id === resource.id && type === resource.type) grants.push(describe(grant, 'resource', null, null));
    } else if (entitlement.kind === 'scope') {
      if (scopes.some((scope) => scope.id === entitlement.scope_id)) {
        grants.push(describe(grant, 'scope', entitlement.scope_id, null));
      }
    } else {
      grants.push(describe(grant, 'role', null, entitlement.role));
    }
  }
  return {
    subject: {
      id: subject.id,
      email: subject.email,
      role: subject.role,
      groups: subject.groups,
      attributes: subject.attributes,
    },
    resource: {
      type: resource.type,
      id: resource.id,
      environment: resource.environment,
      connections: resource.connections,
      minimum_role: resource.minimum_role,
      attributes: resource.attributes,
    },
    action: { name: question.action.name, method: question.action.method },
    context: { ...question.context, time: rfc3339(nowMs) },
    scopes: scopes.map((scope) => ({ id: scope.id, name: scope.name })),
    grants,
  };
}

type GrantInput = DecisionInput['grants'][number];

function describe(
  grant: Grant,
  kind: GrantInput['kind'],
  scopeId: string | null,
  role: GrantInput['role'],
): GrantInput {
  return {
    id: grant.id,
    kind,
    scope_id: scopeId,
    role,
    expires_at: grant.expires_at === null ? null : rfc3339(grant.expires_at),
  };
}

const REMEMBERED_TIMES = 1_024;
const times = new Map<number, string>();

/** The same few ends of grants, and the same millisecond, are written again and again. */
function rfc3339(atMs: number): string {
  let text = times.get(atMs);
  if (text === undefined) {
    text = new Date(atMs).toISOString();
    if (times.size >= REMEMBERED_TIMES) times.clear();
    times.set(atMs, text);
  }
  return text;
}
