import type { Knex } from '../db/knex.ts';

/** What is kept for signing out elsewhere goes with the session. */
const ended = (nowMs: number) => ({ ended_at: new Date(nowMs), id_token: null });

/** @returns whether this call ended it; false when it had ended before, or never was */
export async function endSession(knex: Knex, sessionId: string, nowMs: number): Promise<boolean> {
  const rows = await knex('sessions').where({ id: sessionId, ended_at: null }).update(ended(nowMs));
  return rows > 0;
}

/** Signs a person out everywhere, for one who is disabled or has lost a device. @returns how many sessions ended */
export function endSessionsOf(knex: Knex, personId: string, nowMs: number): Promise<number> {
  return knex('sessions').where({ person_id: personId, ended_at: null }).update(ended(nowMs));
}

/** Which of all open sessions to end. */
export interface SessionChoice {
  readonly person_id?: string;
  /** Together with `person_id` also those of which the provider never said what it calls them: each may be the one. */
  readonly provider_sid?: string;
  /** But for this one. */
  readonly except?: string | null;
}

/** @returns those that ended, with their people */
export function endSessionsWhere(
  knex: Knex,
  choice: SessionChoice,
  nowMs: number,
): Promise<{ id: string; person_id: string }[]> {
  const { except, person_id: personId, provider_sid: sid } = choice;
  return knex('sessions')
    .where({ ended_at: null })
    .modify((query) => {
      if (except != null) void query.whereNot({ id: except });
      if (personId !== undefined) void query.where({ person_id: personId });
      if (sid === undefined) return;
      void query.where((either) => {
        void either.where({ provider_sid: sid });
        if (personId !== undefined) void either.orWhereNull('provider_sid');
      });
    })
    .update(ended(nowMs))
    .returning(['id', 'person_id']);
}

/** Forgets sessions whose time was over before `beforeMs`. The audit keeps that they were. @returns how many */
export function forgetSessions(knex: Knex, beforeMs: number): Promise<number> {
  return knex('sessions').where('expires_at', '<', new Date(beforeMs)).delete();
}
