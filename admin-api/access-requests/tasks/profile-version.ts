import type { RequestHandler } from 'express';
import { HttpProblem } from '../../http/problem.ts';

/** What a client that cares says, and is told, of the version it speaks; the profile itself has no word for it. */
const HEADER = 'Access-Request-Profile';

/** @param served empty: the profile is off @throws HttpProblem `not-found`, `unknown-version` */
export function profileVersion(served: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (served.length === 0) {
      throw new HttpProblem(
        'not-found',
        'Access requests by AuthZEN are off here (HALLPASS_ARAP_VERSIONS). People ask in the console, scripts at /v1/access-requests.',
      );
    }
    const asked = request.get(HEADER);
    if (asked !== undefined && !served.includes(asked)) {
      throw new HttpProblem('unknown-version', `is not a version that is served here; ${served.join(', ')} is.`, {
        field: HEADER,
        facts: { versions: served },
      });
    }
    response.set(HEADER, asked ?? served[0]);
    next();
  };
}
