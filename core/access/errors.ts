/**
 * A rule said no. Carries a stable code, never an HTTP status: which status a code becomes is the
 * business of whoever speaks HTTP (`admin-api/http/problem-table.ts`).
 */
export type AccessErrorCode =
  | 'not-found'
  | 'invalid-value'
  | 'not-allowed'
  | 'not-requestable'
  | 'self-review'
  | 'already-reviewed'
  | 'already-decided'
  | 'already-ended'
  | 'already-exists'
  | 'already-have'
  | 'duration-too-long'
  | 'beyond-reviewer-role'
  | 'no-reviewer'
  | 'break-glass-open'
  | 'too-soon'
  | 'binding-invalid'
  | 'binding-expired'
  | 'one-owner'
  | 'conflict';

export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;
  /** JSON pointer-like path of the offending field in the caller's input, e.g. `resource.id`. */
  readonly field: string | undefined;
  /** Facts a program can use; shown in the problem document, so never a secret. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    code: AccessErrorCode,
    message: string,
    options: { field?: string; facts?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.code = code;
    this.field = options.field;
    this.facts = options.facts ?? {};
  }
}
