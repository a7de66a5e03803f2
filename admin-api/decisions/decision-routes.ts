import { createHash, timingSafeEqual } from 'node:crypto';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { answerHttp } from '../../core/authzen/answer-http.ts';
import type { QuestionAnswerer } from '../../core/authzen/answer-question.ts';
import { ASKS_ABOUT_ANYBODY, type Asker } from '../../core/authzen/asker.ts';
import { ENDPOINTS, METADATA_PATH } from '../../core/authzen/endpoint.ts';
import { isAtLeast } from '../../core/access/role.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { DecisionSettings } from './decision-settings.ts';

export interface DecisionRouteParts {
  readonly settings: DecisionSettings;
  readonly questions: QuestionAnswerer;
  readonly metadata: () => object;
  /** Brings the facts up to everything that is committed. */
  readonly bringUpToDate: () => Promise<unknown>;
  /** Sets `response.locals.person` to whoever calls, or refuses. */
  readonly identify: readonly RequestHandler[];
}

/**
 * AuthZEN Authorization API 1.0 at the control plane (docs/authzen.md). Stands before the reader of JSON bodies: what is
 * malformed is answered by the specification. Whoever holds the decision token, and Admins, may ask about everybody;
 * other people about themselves.
 */
export function decisionRoutes({ settings, questions, metadata, bringUpToDate, identify }: DecisionRouteParts): Router {
  const router = Router();
  const isToken = tokenCheck(settings.token);
  const paths = [METADATA_PATH, ...Object.values(ENDPOINTS)];
  const people = Router().use(...identify);
  const identifyCaller: RequestHandler = (request, response, next) => {
    if (request.method !== 'POST' || request.path === METADATA_PATH) return next();
    response.locals['asksByToken'] = isToken(request);
    if (response.locals['asksByToken'] === true) return next();
    people(request, response, next);
  };
  router.all(paths, echoRequestId, identifyCaller, async (request, response) => {
    response.locals['operation'] = `${request.method.toLowerCase()} ${request.path}`;
    const answer = await answerHttp(request, request.path, {
      questions,
      metadata,
      maxBodyBytes: settings.bodyBytes,
      async admit() {
        await bringUpToDate();
        return askerOf(response);
      },
    });
    // Not by express, which would add a charset to a type that has none.
    response.writeHead(answer.status, { ...answer.headers });
    response.end(request.method === 'HEAD' ? undefined : Buffer.from(answer.body));
  });
  return router;
}

/** AuthZEN, "Request Identification": the same one back, on errors too. */
const echoRequestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  if (given !== undefined) response.set('x-request-id', given);
  next();
};

function askerOf(response: Response): Asker {
  if (response.locals['asksByToken'] === true) return ASKS_ABOUT_ANYBODY;
  const person = response.locals['person'] as CurrentPerson | undefined;
  if (person === undefined) throw new Error('A question has to stand behind who asks it.');
  return isAtLeast(person.role, 'admin') ? ASKS_ABOUT_ANYBODY : { onlyAbout: person.id };
}

function tokenCheck(token: string | null): (request: Request) => boolean {
  if (token === null) return () => false;
  const expected = digest(token);
  return (request) => {
    const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
    return timingSafeEqual(digest(given), expected);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
