import { REASON_TEXT } from '../access/reason-code.ts';
import type { NotReadyReason } from './bench.ts';
import { problemAnswer, type Answer } from '../process/problem-answer.ts';
import { ENDPOINTS, METADATA_PATH } from './endpoint.ts';
import { describeProblems, type FieldProblem } from './read-json.ts';

export function jsonAnswer(value: object, cacheControl = 'no-store'): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': cacheControl },
    body: `${JSON.stringify(value)}\n`,
  };
}

/** A request that is none (AuthZEN, "Error Responses"). Never an answer to whether somebody may do something. */
export function invalidAnswer(errors: readonly FieldProblem[]): Answer {
  return problemAnswer(400, 'invalid-request', 'Invalid request', describeProblems(errors), { errors });
}

export function notFoundAnswer(): Answer {
  const paths = Object.values(ENDPOINTS).join(', ');
  return problemAnswer(404, 'not-found', 'Not found', `Try GET ${METADATA_PATH}, or POST to one of ${paths}.`);
}

export function wrongMethodAnswer(allow: string): Answer {
  const problem = problemAnswer(405, 'invalid-request', 'Method not allowed', `This address takes ${allow} only.`);
  return { ...problem, headers: { ...problem.headers, allow } };
}

export function notSignedInAnswer(): Answer {
  const detail = 'The decision API wants its bearer token in the Authorization header.';
  const problem = problemAnswer(401, 'not-signed-in', 'Not authorized', detail);
  return {
    ...problem,
    headers: { ...problem.headers, 'www-authenticate': 'Bearer realm="hallpass-decision-api"' },
  };
}

export function tooLargeAnswer(maxBytes: number): Answer {
  return problemAnswer(413, 'invalid-request', 'Content too large', `The body may take ${maxBytes} bytes.`);
}

export function notReadyAnswer(reason: NotReadyReason): Answer {
  const problem = problemAnswer(503, 'not-ready', 'Not ready', REASON_TEXT[reason], { reason });
  return { ...problem, headers: { ...problem.headers, 'retry-after': '2' } };
}

export function internalErrorAnswer(): Answer {
  return problemAnswer(500, 'internal', 'Internal error', 'The question could not be answered; take it as a no.');
}
