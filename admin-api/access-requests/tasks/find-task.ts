import { AccessError } from '../../../core/access/errors.ts';
import { taskExpiry, taskStatus, type TaskStatus } from '../../../core/access/task.ts';
import type { RequestStatus } from '../../../core/access/access-request.ts';
import type { Knex } from '../../db/knex.ts';
import { statusAt, type AccessRequestRow } from '../access-request-row.ts';
import type { AccessTaskRow, TaskItemRow } from './access-task-row.ts';
import { callerId, type TaskCaller, type TaskSettings } from './task-ports.ts';

export interface TaskItem {
  readonly row: TaskItemRow;
  readonly request: AccessRequestRow;
  readonly status: RequestStatus;
}

/** A task with what became of it, at one moment. */
export interface TaskNow {
  readonly row: AccessTaskRow;
  /** In the order submitted. */
  readonly items: readonly TaskItem[];
  readonly status: TaskStatus;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/**
 * The task, for whoever it belongs to: the person it is about, or the program that submitted it. Knowing its id is not enough.
 * @throws AccessError `not-found`, also for tasks of others; `already-ended` when its time is over
 */
export async function findTask(
  knex: Knex,
  id: string,
  caller: TaskCaller,
  settings: TaskSettings,
  nowMs: number,
): Promise<TaskNow> {
  const row: AccessTaskRow | undefined = await knex('access_tasks').where({ id }).first();
  const isTheirs =
    row !== undefined && (caller.kind === 'person' ? row.subject_id : row.client_id) === callerId(caller);
  if (!isTheirs) throw new AccessError('not-found', 'You have no such task.');
  const task = await taskNow(knex, row, settings, nowMs);
  if (task.status !== 'pending' && nowMs >= task.expiresAt) {
    throw new AccessError('already-ended', 'The time of this task is over.');
  }
  return task;
}

export async function taskNow(
  knex: Knex,
  row: AccessTaskRow,
  { retentionMs }: Pick<TaskSettings, 'retentionMs'>,
  nowMs: number,
): Promise<TaskNow> {
  const itemRows: TaskItemRow[] = await knex('access_task_items').where({ task_id: row.id }).orderBy('place');
  const requests: AccessRequestRow[] = await knex('access_requests').whereIn(
    'id',
    itemRows.map((item) => item.request_id),
  );
  const byId = new Map(requests.map((request) => [request.id, request]));
  const items = itemRows.map((item): TaskItem => {
    const request = byId.get(item.request_id) as AccessRequestRow;
    return { row: item, request, status: statusAt(request, nowMs) };
  });
  const times = items.map(({ request, status }) => ({
    status,
    pending_until: request.pending_until.getTime(),
    decided_at: request.decided_at?.getTime() ?? null,
  }));
  return {
    row,
    items,
    status: taskStatus(items.map(({ status }) => status)),
    expiresAt: taskExpiry(times, retentionMs),
  };
}
