import { currentStage } from '../../../core/access/review-stages.ts';
import type { TaskStatus } from '../../../core/access/task.ts';
import { ACCESS_REQUEST_PATHS } from '../../../core/decision/access-request-profile.ts';
import { parseResourceKey, type ResourceRef } from '../../../core/access/resource.ts';
import { toGrant, type GrantRow } from '../../db/grant-row.ts';
import { pastReviews, type ReviewRow } from '../access-request-row.ts';
import type { TaskItem, TaskNow } from './find-task.ts';
import type { TaskPorts } from './task-ports.ts';
import type { TaskBody, TaskResult } from './task-view.ts';

/** The task as programs see it. Says nothing of who decides or why: that is for the people concerned, at `links.ticket`. */
export async function presentTask(ports: TaskPorts, task: TaskNow): Promise<TaskBody> {
  const { row, items, status } = task;
  const url = `${ports.settings.publicUrl}${ACCESS_REQUEST_PATHS.requests}/${row.id}`;
  const results = await resultsOf(ports, task);
  const [first] = items as readonly [TaskItem, ...TaskItem[]];
  const progress = items.length === 1 && status === 'pending' ? await progressOf(ports, first) : undefined;
  const result = row.is_bundle ? undefined : results.get(first);
  return {
    task: {
      id: row.id,
      status,
      status_endpoint: url,
      expires_at: new Date(task.expiresAt).toISOString(),
      display: { title: 'Access request', description: DESCRIPTIONS[status] },
      ...(progress === undefined ? {} : { progress }),
      links: { ticket: `${ports.settings.publicUrl}/access-requests/${first.request.id}`, cancel: `${url}/cancel` },
      ...(row.is_bundle ? { items: items.map((item) => presentItem(item, results.get(item))) } : {}),
    },
    ...(result === undefined ? {} : { result }),
  };
}

const DESCRIPTIONS: Record<TaskStatus, string> = {
  pending: 'Somebody who may decide has been asked.',
  approved: 'It was approved. Ask for a decision again.',
  denied: 'It was denied.',
  cancelled: 'It was taken back.',
  expired: 'Nobody decided in time.',
  partial: 'Some of it was approved.',
};

function presentItem({ row, status }: TaskItem, result: TaskResult | undefined) {
  const { resource, action } = row;
  return { resource, action, status, ...(result === undefined ? {} : { result }) };
}

async function resultsOf(ports: TaskPorts, task: TaskNow): Promise<ReadonlyMap<TaskItem, TaskResult>> {
  const approved = task.items.filter(({ status }) => status === 'approved');
  if (approved.length === 0) return new Map();
  const grants: GrantRow[] = await ports.knex('grants').whereIn(
    'request_id',
    approved.map(({ request }) => request.id),
  );
  const byRequest = new Map(grants.map((grant) => [grant.request_id, grant]));
  const results = new Map<TaskItem, TaskResult>();
  for (const item of approved) {
    const grant = byRequest.get(item.request.id);
    if (grant !== undefined) results.set(item, await resultOf(ports, task, item, grant));
  }
  return results;
}

async function resultOf(ports: TaskPorts, task: TaskNow, item: TaskItem, row: GrantRow): Promise<TaskResult> {
  const { approvalMaxMs } = ports.settings;
  const approvedAt = (item.request.decided_at ?? row.created_at).getTime();
  const latest = approvedAt + approvalMaxMs;
  // "Approval results MUST expire": where the access has no end, or a later one, only its reference has this one.
  const until = new Date(Math.min(row.expires_at?.getTime() ?? latest, latest)).toISOString();
  const claims = {
    approval_id: row.id,
    task_id: task.row.id,
    evaluation_id: item.row.evaluation_id,
    subject: { type: 'user', id: task.row.subject_id } as const,
    resource: parseResourceKey(item.row.resource_key) as ResourceRef,
    action: { name: item.row.action.name },
    approved_until: until,
    // Whoever has come this far has heard of the grant: where it is missing then, it has ended.
    feed_revision: await ports.feedRevision(),
  };
  const state = ports.signApproval === null ? null : await ports.signApproval(claims, item.row.decided_by);
  return {
    mode: 'reevaluate',
    approval: {
      id: row.id,
      approved_at: new Date(approvedAt).toISOString(),
      approved_until: until,
      ...(state === null ? {} : { state }),
    },
    'hallpass.dev/granted': {
      entitlement: toGrant(row).entitlement,
      starts_at: row.starts_at.toISOString(),
      expires_at: row.expires_at?.toISOString() ?? null,
      modifications: [...(item.request.given?.modifications ?? [])],
    },
  };
}

async function progressOf({ knex }: TaskPorts, { request }: TaskItem) {
  const reviews: ReviewRow[] = await knex('reviews').where({ request_id: request.id });
  const current = currentStage(request.stages, pastReviews(reviews));
  const stage = current === null ? undefined : request.stages[current];
  if (current === null || stage === undefined) return undefined;
  return { current_step: current + 1, total_steps: request.stages.length, step_name: stage.name };
}
