import type { ErrorRequestHandler, Response } from 'express';
import { ZodError } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import type { Logger } from '../../core/process/logger.ts';
import { ACCESS_PROBLEMS, HTTP_PROBLEMS, PROBLEM_TYPE_BASE, type ProblemKind } from './problem-table.ts';
import { HttpProblem } from './problem.ts';

/** What another specification calls a problem, by our code for it. */
export type ProblemTypes = Readonly<Record<string, ProblemKind & { readonly type: string }>>;

interface Problem extends ProblemKind {
  /** Left out: our own. */
  readonly type?: string | undefined;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly facts?: Readonly<Record<string, unknown>>;
}

const INTERNAL: ProblemKind = { status: 500, title: 'Something went wrong' };

/** Errors of pg and of the connection pool that mean "not now" rather than "never". */
const OUTAGE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', '57P01', '57P02', '57P03', '08006', '08001']);

/** Turns whatever was thrown into problem+json (RFC 9457). What is unforeseen is logged whole and answered without detail. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const types = response.locals['problemTypes'] as ProblemTypes | undefined;
    const problem = inTheWordsOf(types, describeProblem(error));
    const requestId = String(response.locals.requestId ?? '');
    if (problem.status >= 500) {
      logger.error({ err: error, request_id: requestId, method: request.method, path: request.path }, 'request failed');
    }
    sendProblem(response, problem, requestId);
  };
}

function inTheWordsOf(types: ProblemTypes | undefined, problem: Problem): Problem {
  return { ...problem, ...types?.[problem.code] };
}

function sendProblem(response: Response, problem: Problem, requestId: string): void {
  response
    .status(problem.status)
    .set({ 'cache-control': 'no-store', ...problem.headers })
    .type('application/problem+json')
    .send(JSON.stringify({ ...documentOf(problem), request_id: requestId }));
}

function documentOf(problem: Problem) {
  return {
    ...problem.facts,
    type: problem.type ?? PROBLEM_TYPE_BASE + problem.code,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  };
}

/** What a refusal reads like inside of an answer about several things. */
export function problemDocument(error: AccessError): ReturnType<typeof documentOf> {
  return documentOf(describeProblem(error));
}

function describeProblem(error: unknown): Problem {
  if (error instanceof AccessError) {
    return {
      ...ACCESS_PROBLEMS[error.code],
      code: error.code,
      detail: error.message,
      ...fieldError(error.field, error.message),
      facts: error.facts,
      ...retryAfter(error.facts['retry_after_seconds']),
    };
  }
  if (error instanceof HttpProblem) {
    const kind = HTTP_PROBLEMS[error.code] ?? INTERNAL;
    return {
      ...kind,
      status: error.status ?? kind.status,
      code: error.code,
      detail: error.message,
      ...fieldError(error.field, error.message),
      headers: error.headers,
      facts: error.facts,
    };
  }
  if (error instanceof ZodError) return describeInvalid(error);
  return describeForeign(error);
}

function retryAfter(seconds: unknown): Pick<Problem, 'headers'> | Record<string, never> {
  return typeof seconds === 'number' ? { headers: { 'retry-after': String(seconds) } } : {};
}

function fieldError(field: string | undefined, message: string): Pick<Problem, 'errors'> | Record<string, never> {
  return field === undefined ? {} : { errors: [{ field, message }] };
}

function describeInvalid(error: ZodError): Problem {
  const errors = error.issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: path === '' ? key : `${path}.${key}`,
        message: 'is not a field of this request',
      }));
    }
    return [{ field: path || 'body', message: issue.message }];
  });
  const first = errors[0];
  return {
    ...(HTTP_PROBLEMS['invalid-request'] as ProblemKind),
    code: 'invalid-request',
    detail: first === undefined ? 'The request is not valid.' : `${first.field}: ${first.message}`,
    errors,
  };
}

/** Errors of express, its body parser and the database. */
function describeForeign(error: unknown): Problem {
  const { type, status, code } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (type === 'entity.parse.failed') return known('malformed-json', 'The body could not be read as JSON.');
  if (type === 'entity.too.large') return known('too-large', 'The body is larger than this endpoint takes.');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return known('unsupported-media-type', 'Send the body as application/json in UTF-8.');
  }
  if (status === 400) return known('malformed-json', 'The request could not be read.', 400);
  if ((typeof code === 'string' && OUTAGE_CODES.has(code)) || (error as Error)?.name === 'KnexTimeoutError') {
    return {
      ...known('database-unavailable', 'Nothing was changed. Try again in a moment.'),
      headers: { 'retry-after': '2' },
    };
  }
  return known('internal', 'The request failed and nothing was changed. The request_id names it in the log.');
}

function known(code: string, detail: string, status?: number): Problem {
  const kind = HTTP_PROBLEMS[code] ?? INTERNAL;
  return { ...kind, ...(status === undefined ? {} : { status }), code, detail };
}
