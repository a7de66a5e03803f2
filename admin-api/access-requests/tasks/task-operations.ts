import { z } from 'zod';
import { AccessError } from '../../../core/access/errors.ts';
import { opaqueId } from '../../../core/access/ids.ts';
import { pollAfterSeconds } from '../../../core/access/task.ts';
import { ACCESS_REQUEST_PATHS } from '../../../core/decision/access-request-profile.ts';
import { operation, type Operation, type OperationInput, type OperationResult } from '../../http/operation.ts';
import { text } from '../../http/text.ts';
import { cancelTask } from './cancel-task.ts';
import { findTask, taskNow, type TaskNow } from './find-task.ts';
import { presentTask } from './present-task.ts';
import { submissionSchema } from './submission-schema.ts';
import { submitTask } from './submit-task.ts';
import type { TaskCaller, TaskPorts } from './task-ports.ts';
import { taskSchema } from './task-view.ts';

const COMMON = { tag: 'access requests (AuthZEN)', takesClients: true } as const;
const params = z.object({ id: opaqueId });

/**
 * Denial -> request -> task -> new decision, for programs: OpenID AuthZEN Access Request and Approval Profile, draft 1
 * (docs/arap.md). An approval carries no access by itself; whoever asked asks for a decision again.
 */
export function taskOperations(ports: TaskPorts): Operation[] {
  return [
    operation({
      ...COMMON,
      method: 'post',
      path: ACCESS_REQUEST_PATHS.requests,
      summary: 'Submit an access request for a denial, or for several; without requested_until, for an hour',
      body: submissionSchema,
      responses: {
        201: { description: 'Decided at once', schema: taskSchema },
        202: { description: 'Waits for approval', schema: taskSchema },
      },
      async run(input) {
        const key = readKey(input.idempotencyKey);
        const row = await submitTask(ports, callerOf(input), input.body, key);
        const task = await taskNow(ports.knex, row, ports.settings, ports.clock());
        const { body, headers } = await answer(ports, task, 200);
        return {
          status: task.status === 'pending' ? 202 : 201,
          headers: { ...headers, location: statusEndpoint(ports, row.id) },
          body,
        };
      },
    }),
    operation({
      ...COMMON,
      method: 'get',
      path: `${ACCESS_REQUEST_PATHS.requests}/{id}`,
      summary: 'Read the task of an access request',
      params,
      responses: { 200: { description: 'The task', schema: taskSchema } },
      async run(input) {
        const task = await findTask(ports.knex, input.params.id, callerOf(input), ports.settings, ports.clock());
        return answer(ports, task, 200);
      },
    }),
    operation({
      ...COMMON,
      method: 'post',
      path: `${ACCESS_REQUEST_PATHS.requests}/{id}/cancel`,
      summary: 'Take back what is pending of a task',
      params,
      body: z.object({
        reason: text(100).optional().describe('a code for programs'),
        comment: text(2000).optional().describe('a sentence for people'),
      }),
      responses: { 200: { description: 'Taken back', schema: taskSchema } },
      async run(input) {
        return answer(ports, await cancelTask(ports, callerOf(input), input.params.id, input.body), 200);
      },
    }),
  ];
}

function callerOf({
  client,
  caller,
}: Pick<OperationInput<unknown, unknown, unknown>, 'client' | 'caller'>): TaskCaller {
  return client === null ? { kind: 'person', person: caller } : { kind: 'client', client };
}

/** draft-ietf-httpapi-idempotency-key-header-07; remembered with the task, and for as long. */
function readKey(key: string | null): string | null {
  if (key === null || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new AccessError('invalid-value', 'must be 1 to 255 visible ASCII characters', { field: 'Idempotency-Key' });
}

function statusEndpoint({ settings }: TaskPorts, id: string): string {
  return `${settings.publicUrl}${ACCESS_REQUEST_PATHS.requests}/${id}`;
}

async function answer(ports: TaskPorts, task: TaskNow, status: number): Promise<OperationResult> {
  const ageMs = ports.clock() - task.row.created_at.getTime();
  const after = pollAfterSeconds(ageMs, ports.settings.pollSeconds);
  const headers: Record<string, string> = task.status === 'pending' ? { 'retry-after': String(after) } : {};
  return { status, headers, body: await presentTask(ports, task) };
}
