/** A call of the API as an Admin that must be refused. `PENDING` in the path stands for the id of a pending request. */
export interface WrongRequest {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  /** The field the problem must name. */
  readonly field?: string;
  readonly code?: string;
  /** Where another specification names the problem. */
  readonly type?: string;
}
