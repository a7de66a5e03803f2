/**
 * A refusal of the HTTP layer itself (who you are, what you sent). Domain rules throw `AccessError` instead and know
 * no status.
 */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  /** Stable, the last part of the problem's `type`. */
  readonly code: string;
  readonly status: number | undefined;
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the problem document; never secrets. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: {
      status?: number;
      field?: string;
      headers?: Record<string, string>;
      facts?: Record<string, unknown>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.field = options.field;
    this.headers = options.headers ?? {};
    this.facts = options.facts ?? {};
  }
}
