import type { Knex } from '../../db/knex.ts';

/** How long a task whose time is over is told from one that never was. */
const KEEP_MS = 30 * 86_400_000;

/** Removes tasks that nobody can read any more; their requests, and the audit, stay. */
export function forgetTasks(knex: Knex, nowMs: number, retentionMs: number): Promise<number> {
  const before = new Date(nowMs - retentionMs - KEEP_MS);
  return knex('access_tasks')
    .where('created_at', '<', before)
    .whereNotExists(
      knex('access_task_items AS item')
        .join('access_requests AS request', 'request.id', 'item.request_id')
        .whereRaw('item.task_id = access_tasks.id')
        .whereRaw('coalesce(request.decided_at, request.pending_until) >= ?', [before])
        .select(knex.raw('1')),
    )
    .delete();
}
