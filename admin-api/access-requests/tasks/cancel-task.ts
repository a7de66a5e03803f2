import { nextStatus } from '../../../core/access/access-request.ts';
import type { AuditPerson } from '../../db/unit-of-work.ts';
import { statusAt, type AccessRequestRow } from '../access-request-row.ts';
import { cancelWithin } from '../cancel-access-request.ts';
import { findTask, type TaskNow } from './find-task.ts';
import type { TaskCaller, TaskPorts } from './task-ports.ts';

export interface Cancellation {
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
}

/**
 * Takes back what is pending of a task; what is decided stays.
 * @throws AccessError as `findTask`; `already-decided` when nothing of it is pending
 */
export async function cancelTask(
  ports: TaskPorts,
  caller: TaskCaller,
  taskId: string,
  said: Cancellation,
): Promise<TaskNow> {
  const task = await findTask(ports.knex, taskId, caller, ports.settings, ports.clock());
  await ports.run(async (unit) => {
    const ids = task.items.map(({ request }) => request.id);
    const requests: AccessRequestRow[] = await unit.trx('access_requests').whereIn('id', ids).orderBy('id').forUpdate();
    const pending = requests.filter((request) => statusAt(request, unit.nowMs) === 'pending');
    // Says what it is instead.
    if (pending.length === 0) nextStatus(task.items[0]?.status ?? 'expired', 'cancel');
    const person = (await unit.trx('people').where({ id: task.row.subject_id }).first()) as AuditPerson;
    const client = caller.kind === 'client' ? { client: { id: caller.client.id, name: caller.client.name } } : {};
    for (const request of pending) {
      await cancelWithin(unit, person, request, { task: { id: taskId, ...client }, ...said });
    }
  });
  return findTask(ports.knex, taskId, caller, ports.settings, ports.clock());
}
