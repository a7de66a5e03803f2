import { createHash, randomInt } from 'node:crypto';
import { AccessError } from '../../core/access/errors.ts';
import type { Knex } from '../db/knex.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';

/** A person of Slack, as everything that Slack signs names them. */
export interface SlackUser {
  readonly team_id: string;
  readonly user_id: string;
}

export interface SlackLinkRow {
  person_id: string;
  team_id: string;
  slack_user_id: string;
  linked_at: Date;
}

const CODE_LIFE_MS = 10 * 60_000;
const CODE_CHARS = 12;
/** Without those that are read for one another (0 and O, 1, I and L). */
const CODE_ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/**
 * The code that proves to Slack's side who a person is here; it takes the place of an earlier one.
 * @throws AccessError `already-exists` when they are linked
 */
export async function startSlackLink(
  run: RunUnitOfWork,
  caller: CurrentPerson,
): Promise<{ readonly code: string; readonly expiresAt: Date }> {
  const code = Array.from({ length: CODE_CHARS }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('');
  const { result } = await run(async (unit) => {
    if ((await findLinkOfPerson(unit.trx, caller.id)) !== null) {
      throw new AccessError(
        'already-exists',
        'A Slack account is linked already. Unlink it first to link another one.',
      );
    }
    const expiresAt = new Date(unit.nowMs + CODE_LIFE_MS);
    await unit
      .trx('slack_link_codes')
      .insert({ person_id: caller.id, code_hash: hashOf(code), expires_at: expiresAt })
      .onConflict('person_id')
      .merge();
    return expiresAt;
  });
  return { code, expiresAt: result };
}

export type LinkOutcome = 'linked' | 'no such code' | 'account disabled' | 'person linked' | 'slack user linked';

/** Takes a code from somebody of Slack. Whatever comes of it, the code is used up. */
export async function redeemSlackLinkCode(run: RunUnitOfWork, user: SlackUser, code: string): Promise<LinkOutcome> {
  const { result } = await run<LinkOutcome>(async (unit) => {
    const [found] = (await unit
      .trx('slack_link_codes')
      .where({ code_hash: hashOf(code.toUpperCase()) })
      .delete()
      .returning('*')) as { person_id: string; expires_at: Date }[];
    if (found === undefined || found.expires_at.getTime() <= unit.nowMs) return 'no such code';
    // Locked: two codes of one person, or two people with one Slack account, are taken one after the other.
    const person: PersonRow | undefined = await unit.trx('people').where({ id: found.person_id }).forUpdate().first();
    if (person === undefined || person.disabled_at !== null) return 'account disabled';
    if ((await findLinkOfPerson(unit.trx, person.id)) !== null) return 'person linked';
    const inserted: unknown[] = await unit
      .trx('slack_links')
      .insert({
        person_id: person.id,
        team_id: user.team_id,
        slack_user_id: user.user_id,
        linked_at: new Date(unit.nowMs),
      })
      .onConflict(['team_id', 'slack_user_id'])
      .ignore()
      .returning('person_id');
    if (inserted.length === 0) return 'slack user linked';
    unit.audit({
      type: 'slack.linked',
      actor: personOf(person),
      subject: personOf(person),
      summary: `${person.name} linked the Slack account ${user.user_id}.`,
      details: { team_id: user.team_id, slack_user_id: user.user_id },
    });
    return 'linked';
  });
  return result;
}

/** Buttons in messages that were sent so far decide nothing any more, also after a new link. */
export async function unlinkSlack(run: RunUnitOfWork, caller: CurrentPerson): Promise<void> {
  await run(async (unit) => {
    await unit.trx('slack_link_codes').where({ person_id: caller.id }).delete();
    const [link] = (await unit.trx('slack_links').where({ person_id: caller.id }).delete().returning('*')) as [
      SlackLinkRow?,
    ];
    if (link === undefined) return;
    const messages = unit.trx('slack_messages').where({ person_id: caller.id }).select('id');
    await unit.trx('slack_nonces').whereIn('message_id', messages).delete();
    unit.audit({
      type: 'slack.unlinked',
      actor: personOf(caller),
      subject: personOf(caller),
      summary: `${caller.name} unlinked the Slack account ${link.slack_user_id}.`,
      details: { team_id: link.team_id, slack_user_id: link.slack_user_id },
    });
  });
}

export async function findLinkOfPerson(knex: Knex, personId: string): Promise<SlackLinkRow | null> {
  return (await knex('slack_links').where({ person_id: personId }).first<SlackLinkRow>()) ?? null;
}

export async function findLinkOfSlackUser(knex: Knex, user: SlackUser): Promise<SlackLinkRow | null> {
  const row = await knex('slack_links')
    .where({ team_id: user.team_id, slack_user_id: user.user_id })
    .first<SlackLinkRow>();
  return row ?? null;
}

/** A code has 59 random bits and lives for minutes: a plain hash is enough to keep it out of the database. */
function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
