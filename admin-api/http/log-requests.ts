import type { RequestHandler } from 'express';
import type { Logger } from '../../core/process/logger.ts';
import type { CurrentPerson } from './current-person.ts';

/** One line a request, without its query: that may hold what people searched for. */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const path = request.path;
    response.once('finish', () => {
      const person = response.locals['person'] as CurrentPerson | undefined;
      logger.info(
        {
          request_id: response.locals['requestId'] as string,
          method: request.method,
          path,
          status: response.statusCode,
          duration_ms: Math.round(performance.now() - startedAt),
          person_id: person?.id ?? null,
        },
        'request',
      );
    });
    next();
  };
}
