import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { AccessError } from '../../../core/access/errors.ts';
import { entitlementKey } from '../../../core/access/grant.ts';
import { newId } from '../../../core/access/ids.ts';
import { matchesAnyPattern } from '../../../core/feed/resource-pattern.ts';
import type { Knex } from '../../db/knex.ts';
import { readPeriod } from '../../http/asked-period.ts';
import type { CurrentPerson } from '../../http/current-person.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessRequestRow } from '../access-request-row.ts';
import { submitAccessRequest } from '../submit-access-request.ts';
import type { AccessTaskRow, TaskItemRow } from './access-task-row.ts';
import { bindItems, type BoundItem } from './bound-items.ts';
import type { TaskSubmission } from './submission-schema.ts';
import { callerId, type TaskCaller, type TaskPorts } from './task-ports.ts';

/** For programs that name no end: nothing permanent by leaving something out. */
const DEFAULT_SECONDS = 3_600;

const MINUTE_MS = 60_000;

const UNIQUE_VIOLATION = '23505';

/**
 * Files what a program asks for from a denial, as one task. The same key, caller and body is the same task, also when the
 * denial has grown old in between: what comes first is whether it was asked already, then what it was asked from.
 * @throws AccessError as `submitAccessRequest` and `bindItems`, and `not-allowed`; HttpProblem `idempotency-key-reused`,
 *   `too-many-requests`
 */
export async function submitTask(
  ports: TaskPorts,
  caller: TaskCaller,
  submission: TaskSubmission,
  idempotencyKey: string | null,
): Promise<AccessTaskRow> {
  const claim = {
    caller_id: callerId(caller),
    idempotency_key: idempotencyKey,
    fingerprint: fingerprintOf(submission),
  };
  const earlier = await findEarlier(ports.knex, claim);
  if (earlier !== null) return earlier;
  await assertRate(ports, claim.caller_id);
  const subject = await subjectOf(ports, caller, submission);
  assertActor(caller, submission);
  const items = await bindItems(ports, subject, submission);
  assertMayAskFor(caller, items);
  await assertCallback(ports, caller, submission);
  try {
    return await file(ports, { caller, subject, submission, items, claim });
  } catch (error) {
    if (error instanceof AccessError) throw inItsOwnWords(error);
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    // Somebody was faster: with this very request, or from the same denial.
    const same = await findEarlier(ports.knex, claim);
    if (same !== null) return same;
    throw new AccessError(
      'binding-invalid',
      'This denial was asked from already. Send an Idempotency-Key to repeat a request; ask for a new decision otherwise.',
      { field: 'denial' },
    );
  }
}

/** The rules name places in `resources`, which a submission calls `items`. */
function inItsOwnWords(error: AccessError): AccessError {
  const field = error.field?.replace(/^resources\[(\d+)\]/, 'items.$1');
  return new AccessError(error.code, error.message, {
    ...(field === undefined ? {} : { field }),
    facts: { ...error.facts },
  });
}

interface Claim {
  readonly caller_id: string;
  readonly idempotency_key: string | null;
  readonly fingerprint: string;
}

async function findEarlier(knex: Knex, claim: Claim): Promise<AccessTaskRow | null> {
  const { caller_id, idempotency_key, fingerprint } = claim;
  if (idempotency_key === null) return null;
  const row: AccessTaskRow | undefined = await knex('access_tasks').where({ caller_id, idempotency_key }).first();
  if (row === undefined || row.fingerprint === fingerprint) return row ?? null;
  throw new HttpProblem('idempotency-key-reused', 'was used for another request; make a new one', {
    field: 'Idempotency-Key',
  });
}

/**
 * ARAP draft 1, "Availability". By the tasks that were opened, so all replicas count together, and a restart forgets nothing.
 * Those that are being opened at this very moment are not among them.
 */
async function assertRate({ knex, settings, clock }: TaskPorts, caller_id: string): Promise<void> {
  const { ratePerMinute } = settings;
  const since = new Date(clock() - MINUTE_MS);
  // The one that has to be a minute old before there is room again.
  const row: Pick<AccessTaskRow, 'created_at'> | undefined = await knex('access_tasks')
    .where({ caller_id })
    .andWhere('created_at', '>', since)
    .orderBy('created_at', 'desc')
    .offset(ratePerMinute - 1)
    .first('created_at');
  if (row === undefined) return;
  const seconds = Math.max(1, Math.ceil((row.created_at.getTime() - since.getTime()) / 1000));
  throw new HttpProblem(
    'too-many-requests',
    `One caller may open ${ratePerMinute} tasks a minute. Ask again in ${seconds} s, or for several items in one task.`,
    { headers: { 'retry-after': String(seconds) }, facts: { limit: ratePerMinute } },
  );
}

/** The same for bodies that say the same, whatever the order of their members. */
function fingerprintOf(submission: TaskSubmission): string {
  return createHash('sha256')
    .update(canonicalize(submission) ?? '')
    .digest('hex');
}

async function subjectOf(ports: TaskPorts, caller: TaskCaller, { subject }: TaskSubmission): Promise<CurrentPerson> {
  const person = subject.type === 'user' ? await ports.findSubject(subject.id) : null;
  if (caller.kind === 'person' && person?.id !== caller.person.id) {
    throw new AccessError('not-allowed', 'One asks for oneself: the subject must be the owner of the token.', {
      field: 'subject.id',
    });
  }
  if (person === null || person.disabled) {
    throw new AccessError('binding-invalid', 'There is no such subject.', { field: 'subject.id' });
  }
  return person;
}

/** No credential here says who acts through whom, so nobody can act through another. */
function assertActor(caller: TaskCaller, { client }: TaskSubmission): void {
  const actor = client?.actor;
  if (actor === undefined || (actor.id === callerId(caller) && actor.act === undefined)) return;
  throw new AccessError('not-allowed', `The actor can't be verified: it may only be the caller, ${callerId(caller)}.`, {
    field: 'client.actor',
  });
}

function assertMayAskFor(caller: TaskCaller, items: readonly BoundItem[]): void {
  if (caller.kind === 'person') return;
  const other = items.find((item) => !matchesAnyPattern([...caller.client.resources], item.resourceKey));
  if (other === undefined) return;
  throw new AccessError('not-allowed', `${caller.client.name} may not ask for ${other.resourceKey}.`, {
    field: 'resource',
  });
}

async function assertCallback(ports: TaskPorts, caller: TaskCaller, { callback }: TaskSubmission): Promise<void> {
  if (callback === undefined) return;
  const known = caller.kind === 'client' && caller.client.callback_urls.includes(callback.endpoint);
  if (!known) {
    throw new AccessError(
      'invalid-value',
      'is not an address this client was registered with. Leave callback out and look at the task instead.',
      { field: 'callback.endpoint' },
    );
  }
  await ports.assertCallable(callback.endpoint);
}

interface Filed {
  readonly caller: TaskCaller;
  readonly subject: CurrentPerson;
  readonly submission: TaskSubmission;
  readonly items: readonly BoundItem[];
  readonly claim: Claim;
}

async function file(ports: TaskPorts, { caller, subject, submission, items, claim }: Filed): Promise<AccessTaskRow> {
  const nowMs = ports.clock();
  const id = newId('task');
  const isEmergency = items.some((item) => item.requestedAccess.emergency === true);
  // Reading and writing may both be a matter of one grant: what is asked for twice is asked for once.
  const wishes = [...new Map(items.toReversed().map((item) => [entitlementKey(item.entitlement), item])).values()];
  const placeOf = (item: BoundItem) =>
    wishes.findIndex((wish) => entitlementKey(wish.entitlement) === entitlementKey(item.entitlement));
  let row: AccessTaskRow | undefined;
  await submitAccessRequest(ports, subject, {
    entitlements: wishes.map((item) => item.entitlement),
    periods: wishes.map((item) => periodOf(item.requestedAccess.requested_until, nowMs)),
    reason: submission.context.business_justification,
    break_glass: isEmergency,
    origins: wishes.map(({ origin }) => ({ ...origin, task: { id, client: describeClient(caller, submission) } })),
    async record({ trx, nowMs: atMs }, requests) {
      [row] = (await trx('access_tasks')
        .insert({
          id,
          subject_id: subject.id,
          client_id: caller.kind === 'client' ? caller.client.id : null,
          ...claim,
          is_bundle: submission.items !== undefined,
          callback: submission.callback === undefined ? null : JSON.stringify(submission.callback),
          created_at: new Date(atMs),
        })
        .returning('*')) as [AccessTaskRow];
      await trx('access_task_items').insert(
        items.map((item, place) => itemRow(id, place, item, requests[placeOf(item)])),
      );
    },
  });
  return row as AccessTaskRow;
}

function itemRow(taskId: string, place: number, item: BoundItem, request: AccessRequestRow | undefined) {
  return {
    task_id: taskId,
    place,
    resource: JSON.stringify(item.resource),
    action: JSON.stringify(item.action),
    request_id: (request as AccessRequestRow).id,
    evaluation_id: item.evaluationId,
    decided_by: item.decidedBy,
    resource_key: item.resourceKey,
  } satisfies Record<keyof TaskItemRow, unknown>;
}

/** For the audit: who submitted, and what they say of where it comes from. */
function describeClient(caller: TaskCaller, { client }: TaskSubmission): Readonly<Record<string, unknown>> | null {
  const { source } = client ?? {};
  if (caller.kind === 'person') return source === undefined ? null : { source };
  const { id, name } = caller.client;
  return { id, name, ...(source === undefined ? {} : { source }) };
}

function periodOf(until: string | undefined, nowMs: number) {
  if (until === undefined) return { starts_at: null, duration_seconds: DEFAULT_SECONDS, until: null };
  try {
    return readPeriod({ until }, nowMs);
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    throw new AccessError(error.code, error.message, { field: 'requested_access.requested_until' });
  }
}
