import { AccessError } from '../../../core/access/errors.ts';
import type { Entitlement } from '../../../core/access/grant.ts';
import { resourceKey, RESOURCE_TYPES, type ResourceKey } from '../../../core/access/resource.ts';
import { bindingHash } from '../../../core/authzen/binding-hash.ts';
import type { ActionEntity, ResourceEntity, SubjectEntity } from '../../../core/authzen/entity.ts';
import type { VerifiedDenial } from '../../../core/decision/denial-token.ts';
import type { CurrentPerson } from '../../http/current-person.ts';
import type { Origin } from '../denial-origin.ts';
import type { SubmittedDenial, TaskSubmission } from './submission-schema.ts';
import type { TaskPorts } from './task-ports.ts';

/** One thing asked for, with the denial it was asked from, proven. */
export interface BoundItem {
  readonly resource: ResourceEntity;
  readonly action: ActionEntity;
  readonly requestedAccess: NonNullable<TaskSubmission['requested_access']>;
  readonly entitlement: Entitlement;
  readonly resourceKey: ResourceKey;
  readonly evaluationId: string;
  readonly decidedBy: string;
  readonly origin: Origin;
}

/**
 * Every item with its denial verified (ARAP draft 1, "Verifying the Denial Binding").
 * @throws AccessError `binding-invalid`, `binding-expired`, `invalid-value`
 */
export async function bindItems(
  ports: Pick<TaskPorts, 'verifyDenial' | 'clock'>,
  subject: CurrentPerson,
  submission: TaskSubmission,
): Promise<BoundItem[]> {
  const bound: BoundItem[] = [];
  for (const item of itemsOf(submission)) bound.push(await bindItem(ports, subject, submission, item));
  return bound;
}

interface Item {
  readonly resource: ResourceEntity;
  readonly action: ActionEntity;
  readonly requestedAccess: BoundItem['requestedAccess'];
  readonly denial: SubmittedDenial | undefined;
  /** Path of its denial in the body. */
  readonly field: string;
}

function itemsOf({ items, resource, action, denial, requested_access: all = {} }: TaskSubmission): Item[] {
  if (items === undefined) {
    if (resource === undefined) throw missing('resource');
    if (action === undefined) throw missing('action');
    return [{ resource, action, requestedAccess: all, denial, field: 'denial' }];
  }
  if (resource !== undefined) throw superfluous('resource');
  if (action !== undefined) throw superfluous('action');
  return items.map((item, place) => ({
    resource: item.resource,
    action: item.action,
    requestedAccess: { ...all, ...item.requested_access },
    denial: item.denial ?? denial,
    field: item.denial === undefined ? 'denial' : `items.${place}.denial`,
  }));
}

async function bindItem(
  ports: Pick<TaskPorts, 'verifyDenial' | 'clock'>,
  person: CurrentPerson,
  { subject }: TaskSubmission,
  { resource, action, requestedAccess, denial, field }: Item,
): Promise<BoundItem> {
  if (denial?.binding_token === undefined) {
    throw unbound(field, 'A denial is bound by its binding_token; nothing is remembered of its evaluation_id alone.');
  }
  const claims = await ports.verifyDenial(denial.binding_token, ports.clock());
  assertFresh(claims, denial, field, ports.clock());
  if (denial.evaluation_id !== undefined && denial.evaluation_id !== claims.evaluation_id) {
    throw unbound(field, 'The token is of another evaluation.');
  }
  if (claims.subject.id !== person.id) throw unbound(field, 'The denial was about another subject.');
  if (!isSameQuestion(claims, { subject, resource, action })) {
    throw unbound(field, 'The denial was about another subject, resource or action, or these had other properties.');
  }
  return {
    resource,
    action,
    requestedAccess,
    entitlement: claims.ask ?? { kind: 'resource', resource: claims.resource },
    resourceKey: resourceKey(claims.resource),
    evaluationId: claims.evaluation_id,
    decidedBy: claims.sidecar,
    origin: {
      evaluation_id: claims.evaluation_id,
      action: claims.action.name,
      return_to: claims.return_to,
      denial_verified: true,
      denial: { at: claims.denied_at, sidecar: claims.sidecar },
    },
  };
}

/** The token's own expiry is no later than the denial's, so the first of the two is the deadline (checked at the token). */
function assertFresh(claims: VerifiedDenial, denial: SubmittedDenial, field: string, nowMs: number): void {
  const protectedEnd = claims.denial_expires_at;
  if (protectedEnd === null || Date.parse(protectedEnd) !== Date.parse(denial.expires_at)) {
    throw unbound(`${field}.expires_at`, 'must be expires_at of the denial, unchanged.');
  }
  if (Date.parse(protectedEnd) <= nowMs) {
    throw new AccessError('binding-expired', 'The denial is too old. Ask for a decision again, and use the new one.', {
      field: `${field}.expires_at`,
    });
  }
}

/**
 * What an app asked is bound as it was written, properties and all. What the proxy itself refused, it named by our own
 * types and ids, with nothing beside them.
 */
function isSameQuestion(
  claims: VerifiedDenial,
  asked: { subject: SubjectEntity; resource: ResourceEntity; action: ActionEntity },
): boolean {
  if (claims.binding_hash !== undefined) return bindingHash(asked) === claims.binding_hash;
  const { subject, resource, action } = asked;
  const { act: _, ...told } = subject.properties ?? {};
  const isPlain = [told, resource.properties, action.properties].every((one) => Object.keys(one ?? {}).length === 0);
  const isOurs = (RESOURCE_TYPES as readonly string[]).includes(resource.type);
  return (
    isPlain &&
    isOurs &&
    resource.type === claims.resource.type &&
    resource.id === claims.resource.id &&
    action.name === claims.action.name
  );
}

function unbound(field: string, message: string): AccessError {
  return new AccessError('binding-invalid', message, { field });
}

function missing(field: string): AccessError {
  return new AccessError('invalid-value', 'is missing; or name several things in items.', { field });
}

function superfluous(field: string): AccessError {
  return new AccessError('invalid-value', 'must be left out where there are items.', { field });
}
