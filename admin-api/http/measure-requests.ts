import type { RequestHandler } from 'express';
import type { Histogram } from 'prom-client';

/** Times requests by the operation they turned out to be: the path as documented, so that ids make no series. */
export function measureRequests(requests: Histogram<'operation' | 'status'>): RequestHandler {
  return (_request, response, next) => {
    const end = requests.startTimer();
    response.once('finish', () => {
      const operation = (response.locals['operation'] as string | undefined) ?? 'other';
      end({ operation, status: String(response.statusCode) });
    });
    next();
  };
}
