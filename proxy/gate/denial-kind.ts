import type { ReasonCode } from '../../core/access/reason-code.ts';

/** What a denial is to HTTP and to gRPC. */
export interface DenialKind {
  readonly status: 400 | 401 | 403 | 404 | 503;
  /** Last part of the problem type's URI. */
  readonly problem: string;
  readonly title: string;
  /** https://grpc.io/docs/guides/status-codes */
  readonly grpcStatus: number;
  readonly retryAfterSeconds: number | null;
}

const REFUSED: DenialKind = {
  status: 400,
  problem: 'request-refused',
  title: 'Request refused',
  grpcStatus: 3,
  retryAfterSeconds: null,
};
const NO_IDENTITY: DenialKind = {
  status: 401,
  problem: 'not-signed-in',
  title: 'Sign in to go on',
  grpcStatus: 16,
  retryAfterSeconds: null,
};
const DENIED: DenialKind = {
  status: 403,
  problem: 'access-denied',
  title: 'Access denied',
  grpcStatus: 7,
  retryAfterSeconds: null,
};
const NOT_FOUND: DenialKind = {
  status: 404,
  problem: 'not-found',
  title: 'Not found',
  grpcStatus: 5,
  retryAfterSeconds: null,
};
const NOT_READY: DenialKind = {
  status: 503,
  problem: 'not-ready',
  title: 'Not ready',
  grpcStatus: 14,
  retryAfterSeconds: 2,
};
const PENDING: DenialKind = {
  status: 503,
  problem: 'grant-pending',
  title: 'Access is on its way',
  grpcStatus: 14,
  retryAfterSeconds: 1,
};

export function denialKind(reason: ReasonCode): DenialKind {
  switch (reason) {
    case 'path-refused':
      return { ...REFUSED, problem: 'path-refused', title: 'Path refused' };
    case 'request-refused':
      return REFUSED;
    case 'identity-missing':
    case 'identity-invalid':
      return NO_IDENTITY;
    case 'route-unknown':
    case 'resource-unknown':
      return NOT_FOUND;
    case 'facts-missing':
    case 'facts-stale':
    case 'policy-missing':
    case 'identity-unavailable':
      return NOT_READY;
    case 'grant-pending':
      return PENDING;
    default:
      return DENIED;
  }
}
