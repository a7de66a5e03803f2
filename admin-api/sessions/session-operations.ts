import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import { isAtLeast } from '../../core/access/role.ts';
import type { Clock } from '../../core/process/clock.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { Knex } from '../db/knex.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation } from '../http/operation.ts';
import { describeUserAgent } from './describe-user-agent.ts';
import { endSession, endSessionsWhere } from './end-session.ts';
import type { SessionLimits } from './session-limits.ts';

/** More open sessions than a person can tell apart; the latest used ones are listed. */
const MAX_LISTED = 100;

const sessionSchema = z.object({
  id: z.string(),
  created_at: z.iso.datetime(),
  last_seen_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  user_agent: z.string().nullable(),
  ip: z.string().nullable(),
  current: z.boolean(),
});

const endedSchema = z.object({ ended: z.int() });

interface SessionRow {
  id: string;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  user_agent: string | null;
  ip: string | null;
}

export interface SessionOperationParts {
  readonly knex: Knex;
  readonly run: RunUnitOfWork;
  readonly clock: Clock;
  readonly limits: SessionLimits;
  /** Told after sessions were ended, so that open pages notice. */
  readonly onSessionsEnded: () => void;
}

export function sessionOperations(parts: SessionOperationParts): Operation[] {
  return [listSessions(parts), endOneSession(parts), endOtherSessions(parts), endSessionsOfPerson(parts)];
}

function listSessions({ knex, clock, limits }: SessionOperationParts): Operation {
  return operation({
    method: 'get',
    path: '/v1/sessions',
    tag: 'sessions',
    summary: "One's own open sessions, the latest used first; at most a hundred",
    responses: { 200: { description: 'Sessions', schema: z.object({ items: z.array(sessionSchema) }) } },
    async run({ caller, sessionId }) {
      const now = clock();
      const rows: SessionRow[] = await knex('sessions')
        .where({ person_id: caller.id, ended_at: null })
        .where('expires_at', '>', new Date(now))
        .where('last_seen_at', '>', new Date(now - limits.idle_timeout_ms))
        .orderBy([
          { column: 'last_seen_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(MAX_LISTED);
      return { status: 200, body: { items: rows.map((row) => present(row, sessionId)) } };
    },
  });
}

function present(row: SessionRow, currentId: string | null): z.output<typeof sessionSchema> {
  return {
    id: row.id,
    created_at: row.created_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    user_agent: describeUserAgent(row.user_agent),
    ip: row.ip,
    current: row.id === currentId,
  };
}

function endOneSession({ run, onSessionsEnded }: SessionOperationParts): Operation {
  return operation({
    method: 'delete',
    path: '/v1/sessions/{id}',
    tag: 'sessions',
    summary: "End one of one's own sessions",
    params: z.object({ id: opaqueId }),
    responses: { 204: { description: 'Ended' } },
    async run({ params, caller }) {
      await run(async (unit) => {
        const own: unknown = await unit.trx('sessions').where({ id: params.id, person_id: caller.id }).first('id');
        if (own === undefined || !(await endSession(unit.trx, params.id, unit.nowMs))) {
          throw new AccessError('not-found', 'You have no such session, or it is over.');
        }
        unit.audit({
          type: 'session.revoked',
          actor: personOf(caller),
          subject: personOf(caller),
          summary: `${caller.email} ended a session of their own.`,
          details: { session_ids: [params.id] },
        });
      });
      onSessionsEnded();
      return { status: 204 };
    },
  });
}

function endOtherSessions(parts: SessionOperationParts): Operation {
  return operation({
    method: 'post',
    path: '/v1/sessions/end-others',
    tag: 'sessions',
    summary: "End all of one's own sessions but the one this is asked in",
    body: z.strictObject({}),
    responses: { 200: { description: 'How many were ended', schema: endedSchema } },
    async run({ caller, sessionId }) {
      const ended = await endAll(parts, caller, caller, sessionId);
      return { status: 200, body: { ended } };
    },
  });
}

function endSessionsOfPerson(parts: SessionOperationParts): Operation {
  return operation({
    method: 'post',
    path: '/v1/people/{id}/end-sessions',
    tag: 'sessions',
    summary: 'Sign a person out everywhere; what they may reach stays',
    minimumRole: 'admin',
    params: z.object({ id: opaqueId }),
    body: z.strictObject({}),
    responses: { 200: { description: 'How many sessions were ended', schema: endedSchema } },
    async run({ params, caller }) {
      const person: PersonRow | undefined = await parts.knex('people').where({ id: params.id }).first();
      if (person === undefined) throw new AccessError('not-found', 'There is no such person.');
      if (!isAtLeast(caller.role, person.role)) {
        throw new AccessError(
          'not-allowed',
          `Your role ${caller.role} can't sign out a person of role ${person.role}.`,
        );
      }
      return { status: 200, body: { ended: await endAll(parts, caller, person, null) } };
    },
  });
}

async function endAll(
  { run, onSessionsEnded }: SessionOperationParts,
  actor: CurrentPerson,
  person: Pick<PersonRow, 'id' | 'email' | 'name'>,
  except: string | null,
): Promise<number> {
  const { result: ended } = await run(async (unit) => {
    const rows = await endSessionsWhere(unit.trx, { person_id: person.id, except }, unit.nowMs);
    if (rows.length === 0) return 0;
    unit.audit({
      type: 'session.revoked',
      actor: personOf(actor),
      subject: personOf(person),
      summary:
        actor.id === person.id
          ? `${actor.email} ended ${rows.length} sessions of their own.`
          : `${actor.email} signed ${person.email} out everywhere.`,
      details: { session_ids: rows.map((row) => row.id) },
    });
    return rows.length;
  });
  if (ended > 0) onSessionsEnded();
  return ended;
}
