import type { Knex } from '../db/knex.ts';

/** @returns whether this call ended it; false when it had ended before, or never was */
export async function endSession(knex: Knex, sessionId: string, nowMs: number): Promise<boolean> {
  const ended = await knex('sessions')
    .where({ id: sessionId, ended_at: null })
    .update({ ended_at: new Date(nowMs) });
  return ended > 0;
}

/** Signs a person out everywhere, for one who is disabled or has lost a device. @returns how many sessions ended */
export function endSessionsOf(knex: Knex, personId: string, nowMs: number): Promise<number> {
  return knex('sessions')
    .where({ person_id: personId, ended_at: null })
    .update({ ended_at: new Date(nowMs) });
}

/** Forgets sessions whose time was over before `beforeMs`. The audit keeps that they were. @returns how many */
export function forgetSessions(knex: Knex, beforeMs: number): Promise<number> {
  return knex('sessions').where('expires_at', '<', new Date(beforeMs)).delete();
}
