import type { AccessErrorCode } from '../../core/access/errors.ts';

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** What each refusal of a rule is in HTTP. The `type` URI of a problem is this table's key under `PROBLEM_TYPE_BASE`. */
export const ACCESS_PROBLEMS: Record<AccessErrorCode, ProblemKind> = {
  'not-found': { status: 404, title: 'Not found' },
  'invalid-value': { status: 422, title: 'A value is not valid' },
  'not-allowed': { status: 403, title: 'Not allowed' },
  'not-requestable': { status: 422, title: 'This can not be asked for' },
  'self-review': { status: 403, title: 'Nobody reviews their own request' },
  'already-reviewed': { status: 409, title: 'Reviewed already' },
  'already-decided': { status: 409, title: 'Decided already' },
  'already-ended': { status: 409, title: 'Ended already' },
  'already-exists': { status: 409, title: 'There already' },
  'already-have': { status: 409, title: 'You have this already' },
  'duration-too-long': { status: 422, title: 'The duration is too long' },
  'beyond-reviewer-role': { status: 403, title: 'More than a reviewer of your role may give' },
  'no-reviewer': { status: 422, title: 'Nobody could review this' },
  'break-glass-open': { status: 409, title: 'Your last emergency access is not reviewed yet' },
  'too-soon': { status: 429, title: 'Too soon' },
  'binding-invalid': { status: 422, title: 'The binding token is not valid' },
  'binding-expired': { status: 422, title: 'The denial is too old' },
  'one-owner': { status: 409, title: 'There is exactly one Owner' },
  conflict: { status: 409, title: 'Conflict' },
};

/** Refusals of the HTTP layer itself. */
export const HTTP_PROBLEMS: Record<string, ProblemKind> = {
  'not-signed-in': { status: 401, title: 'Not signed in' },
  'account-disabled': { status: 403, title: 'The account is disabled' },
  'unknown-person': { status: 403, title: 'Not a known person here' },
  'sign-in-refused': { status: 403, title: 'The identity provider said no' },
  'sign-in-failed': { status: 400, title: 'Signing in did not work' },
  'sign-in-expired': { status: 400, title: 'This sign-in is over' },
  'cross-site': { status: 403, title: 'Not from another site' },
  'role-too-low': { status: 403, title: 'Your role is too low' },
  'invalid-request': { status: 422, title: 'The request is not valid' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'too-large': { status: 413, title: 'The request is too large' },
  'not-found': { status: 404, title: 'Not found' },
  'unknown-version': { status: 400, title: 'Not a version that is served' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'idempotency-key-in-use': { status: 409, title: 'The first request with this Idempotency-Key is still running' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'too-many-streams': { status: 429, title: 'Too many streams' },
  'streams-exhausted': { status: 503, title: 'No more streams' },
  'not-configured': { status: 409, title: 'Not set up in this installation' },
  'not-from-slack': { status: 401, title: 'Not signed by Slack' },
  'identity-provider-unavailable': { status: 503, title: 'The identity provider can not be reached' },
  'database-unavailable': { status: 503, title: 'The database can not be reached' },
  internal: { status: 500, title: 'Something went wrong' },
};

export const PROBLEM_TYPE_BASE = 'https://hallpass.dev/problems/';
