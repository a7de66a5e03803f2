import type { Request, RequestHandler, Response, Router } from 'express';
import { z } from 'zod';
import { isAtLeast, type Role } from '../../core/access/role.ts';
import type { AccessClient } from './access-client.ts';
import { callerOf } from './authenticate.ts';
import type { CurrentPerson } from './current-person.ts';
import { HttpProblem } from './problem.ts';

export interface OperationInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Only where `client` is null: a program is nobody. */
  readonly caller: CurrentPerson;
  /** The program that calls on behalf of people; null: a person calls. */
  readonly client: AccessClient | null;
  readonly idempotencyKey: string | null;
  /** Of the console session this was asked in; null for a bearer token. */
  readonly sessionId: string | null;
}

export interface OperationResult {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of a body: writes the answer itself, headers included, for as long as it likes. */
  readonly stream?: (response: Response) => Promise<void>;
}

/**
 * One method on one path, with the schemas that validate it and, from the same objects, its place in the OpenAPI
 * document. The role is checked here, before the input is looked at.
 */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI style: `/v1/grants/{id}/revoke`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly minimumRole?: Role;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Programs with a credential of their own may call it too. */
  readonly takesClients?: boolean;
  /** The answer shows what is kept nowhere else in plain, so it is not kept in plain for a repeated key either. */
  readonly answersSecret?: boolean;
  readonly responses: Readonly<Record<number, OperationResponse>>;
  readonly run: (input: OperationInput<never, never, never>) => Promise<OperationResult>;
}

export interface OperationResponse {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default: application/json. */
  readonly mediaType?: string;
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** Writes an operation down with its handler's input typed by its own schemas. */
export function operation<
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  definition: Omit<Operation, 'params' | 'query' | 'body' | 'run'> & {
    readonly params?: Params;
    readonly query?: Query;
    readonly body?: Body;
    readonly run: (input: OperationInput<Output<Params>, Output<Query>, Output<Body>>) => Promise<OperationResult>;
  },
): Operation {
  return definition as unknown as Operation;
}

/** Mounts operations; `response.locals.person` must have been set by then. */
export function mountOperations(router: Router, operations: readonly Operation[]): void {
  for (const item of operations) {
    router[item.method](expressPath(item.path), handlerOf(item));
  }
  for (const path of new Set(operations.map((item) => item.path))) {
    const allow = operations.filter((item) => item.path === path).map((item) => item.method.toUpperCase());
    router.all(expressPath(path), (request) => {
      throw new HttpProblem('method-not-allowed', `${request.method} is not possible here; ${allow.join(', ')} is.`, {
        headers: { allow: allow.join(', ') },
      });
    });
  }
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function handlerOf(item: Operation): RequestHandler {
  const name = `${item.method} ${item.path}`;
  return async (request, response) => {
    response.locals['operation'] = name;
    response.locals['answersSecret'] = item.answersSecret === true;
    const caller = response.locals.person as CurrentPerson | undefined;
    const client = (response.locals['client'] as AccessClient | undefined) ?? null;
    if (caller === undefined && !(client !== null && item.takesClients === true)) {
      throw new HttpProblem('not-signed-in', 'This is for people; a program may submit, read and cancel its tasks.');
    }
    if (item.minimumRole !== undefined && (caller === undefined || !isAtLeast(caller.role, item.minimumRole))) {
      throw new HttpProblem(
        'role-too-low',
        `This needs the role ${item.minimumRole}; yours is ${caller?.role ?? 'none'}.`,
        {
          facts: { minimum_role: item.minimumRole, role: caller?.role ?? null },
        },
      );
    }
    const result = await item.run({
      params: item.params?.parse(request.params) as never,
      query: item.query?.parse(withoutEmptyValues(request.query)) as never,
      body: item.body?.parse(bodyOf(request)) as never,
      caller: caller as CurrentPerson,
      client,
      idempotencyKey: request.get('idempotency-key') ?? null,
      sessionId: client === null ? callerOf(response).session_id : null,
    });
    if (result.stream !== undefined) return result.stream(response);
    response.status(result.status).set({ 'cache-control': 'no-store', ...result.headers });
    if (result.body === undefined) response.end();
    else response.json(result.body);
  };
}

/** `?status=` says no more than leaving it out. */
function withoutEmptyValues(query: Request['query']): object {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

/** No body at all stands for `{}`: much can be approved, cancelled or revoked without a word more. */
function bodyOf(request: Request): unknown {
  if (request.body !== undefined) return request.body;
  if (Number(request.get('content-length') ?? 0) > 0 || request.get('transfer-encoding') !== undefined) {
    throw new HttpProblem('unsupported-media-type', 'Send the body as application/json.');
  }
  return {};
}
