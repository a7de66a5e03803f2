import type { Knex } from '../../db/knex.ts';
import { ACCESS_REQUEST_PATHS } from '../../../core/decision/access-request-profile.ts';
import type { AccessTaskRow } from './access-task-row.ts';
import { taskNow } from './find-task.ts';
import type { TaskSettings } from './task-ports.ts';

/** A task that is over, of which a program wants to be told. */
export interface TaskCall {
  readonly taskId: string;
  /** The body of the call. A notification: it holds no result, so whoever is told has to look at the task. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is to be told now that something became of a request (ARAP draft 1, "Callback Completion"). */
export async function taskCalls(
  knex: Knex,
  requestId: string,
  settings: TaskSettings,
  nowMs: number,
): Promise<TaskCall[]> {
  const rows: AccessTaskRow[] = await knex('access_tasks')
    .whereIn('id', knex('access_task_items').where({ request_id: requestId }).select('task_id'))
    .whereNotNull('callback');
  const calls: TaskCall[] = [];
  for (const row of rows) {
    const { status } = await taskNow(knex, row, settings, nowMs);
    const { state, events } = row.callback ?? {};
    if (status === 'pending' || (events !== undefined && !events.includes(status))) continue;
    const url = `${settings.publicUrl}${ACCESS_REQUEST_PATHS.requests}/${row.id}`;
    calls.push({
      taskId: row.id,
      body: { ...(state === undefined ? {} : { state }), task: { id: row.id, status, status_endpoint: url } },
    });
  }
  return calls;
}
