import type { Request, RequestHandler } from 'express';
import { callerOf } from './authenticate.ts';
import { HttpProblem } from './problem.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a page of another site could have sent with this person's cookie: anything that is not JSON (a form can't
 * send it, and a script of another origin may not without a preflight), or that does not come from our own pages.
 * Browsers of today say so in `Sec-Fetch-Site`, which no script can set; without it `Origin` has to be ours.
 * @throws HttpProblem `cross-site`
 */
export function assertSameOrigin(request: Request, publicUrl: string): void {
  if (!/^application\/json\s*(;|$)/i.test(request.get('content-type') ?? '')) {
    throw new HttpProblem('cross-site', 'A request with a session cookie must have the Content-Type application/json.');
  }
  const site = request.get('sec-fetch-site');
  const isOwn = site === undefined ? request.get('origin') === new URL(publicUrl).origin : site === 'same-origin';
  if (!isOwn) {
    throw new HttpProblem(
      'cross-site',
      'A request with a session cookie must come from the console itself: no Origin or Sec-Fetch-Site header says so. Scripts use a bearer token instead.',
    );
  }
}

/** The same for every request that changes something and was authenticated by a cookie; goes after `authenticate`. */
export function requireSameOrigin(publicUrl: string): RequestHandler {
  return (request, response, next) => {
    if (!SAFE_METHODS.has(request.method) && callerOf(response).via === 'session') assertSameOrigin(request, publicUrl);
    next();
  };
}
