import type { ProblemTypes } from '../../http/problem-handler.ts';

const of = (name: string, status: number, title: string) => ({
  type: `urn:openid:authzen:access-request:error:${name}`,
  status,
  title,
});

const notRequestable = of('not_requestable', 400, 'Access is not requestable');

/** ARAP draft 1, "Error Responses": what our refusals are called there. What it has no word for keeps ours. */
export const TASK_PROBLEMS: ProblemTypes = {
  'not-requestable': notRequestable,
  // Nothing to decide about: a new evaluation says so.
  'already-have': notRequestable,
  'no-reviewer': notRequestable,
  'binding-expired': of('expired_denial', 410, 'The denial has expired'),
  'binding-invalid': of('invalid_denial_binding', 400, 'The request is not bound to the denial'),
  'idempotency-key-reused': of('duplicate_request', 409, 'The Idempotency-Key was used for another request'),
  'not-found': of('unknown_task', 404, 'No such task'),
  'already-ended': of('task_expired', 410, 'The task has expired'),
  'already-decided': of('invalid_task_state', 409, 'Not in this state of the task'),
  // The Authorization API answers 400 to what is malformed, and so does its profile.
  'invalid-request': {
    type: 'https://hallpass.dev/problems/invalid-request',
    status: 400,
    title: 'The request is not valid',
  },
};
