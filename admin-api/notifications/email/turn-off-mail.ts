import type { Knex } from '../../db/knex.ts';
import type { AuditPerson, RunUnitOfWork } from '../../db/unit-of-work.ts';
import { NOTIFICATION_EVENT_TYPES } from '../notification-event-type.ts';
import { changePreferences } from '../preferences/change-preferences.ts';
import { settingOf } from '../preferences/channel-policy.ts';
import { readTeamPolicy } from '../preferences/preference-store.ts';
import type { UnsubscribeRequest } from './unsubscribe-token.ts';

/** Does what a link in a mail asks for; what the team has made mandatory by now stays on. */
export async function turnOffMail(
  knex: Knex,
  run: RunUnitOfWork,
  { person_id: personId, event_type: only }: UnsubscribeRequest,
): Promise<void> {
  const person: AuditPerson | undefined = await knex('people').where({ id: personId }).first('id', 'email', 'name');
  if (person === undefined) return;
  const policy = await readTeamPolicy(knex);
  const events = (only === null ? NOTIFICATION_EVENT_TYPES : [only])
    .filter((event) => settingOf(policy, event, 'email') !== 'mandatory')
    .map((event_type) => ({ event_type, channels: { email: false } }));
  await changePreferences(run, person, { events }, 'by a link in a mail');
}
