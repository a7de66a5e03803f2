export interface FieldError {
  /** Path in what was sent, e.g. `resource.id`. */
  readonly field: string;
  readonly message: string;
}

export interface ProblemDocument {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly errors?: readonly FieldError[];
  readonly request_id?: string;
  readonly [fact: string]: unknown;
}

/** An answer of the API that is not a success (RFC 9457), or no answer at all (`status` 0, code `unreachable`). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string | null;
  /** Whatever else the problem says, e.g. `max_duration_seconds`. */
  readonly facts: ProblemDocument;

  constructor(status: number, document: ProblemDocument) {
    super(document.detail ?? document.title ?? `The server answered with status ${status}.`);
    this.status = status;
    this.code = document.code ?? 'unknown';
    this.title = document.title ?? 'Something went wrong';
    this.errors = document.errors ?? [];
    this.requestId = document.request_id ?? null;
    this.facts = document;
  }
}

/** Whether `error` is a problem with one of these codes. */
export function isProblem(error: unknown, ...codes: string[]): error is ApiProblem {
  return error instanceof ApiProblem && codes.includes(error.code);
}

/** Nobody is signed in, or the session has ended. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

/** The messages by field, the first of each; `''` holds what belongs to no field of the form. */
export function messagesByField(problem: ApiProblem, known: readonly string[]): Record<string, string> {
  const messages: Record<string, string> = {};
  for (const { field, message } of problem.errors) {
    const name = known.find((candidate) => field === candidate || field.startsWith(`${candidate}.`)) ?? '';
    messages[name] ??= message;
  }
  return messages;
}
