import { AccessError } from '../../core/access/errors.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { giveBackButtonNonce, useButtonNonce, type ButtonNonce } from './button-nonce.ts';
import type { SlackUser } from './slack-link.ts';
import { findLinkOfSlackUser } from './slack-link.ts';

/** What deciding needs of the other features; a root fills it in. */
export interface DecisionPorts {
  readonly findPerson: (id: string) => Promise<CurrentPerson | null>;
  /** Whether the request policy calls the request low-risk now. @throws AccessError when it can't be asked for any more */
  readonly isLowRisk: (requestId: string) => Promise<boolean>;
  /** @throws AccessError as the rules of reviewing say */
  readonly approve: (caller: CurrentPerson, requestId: string) => Promise<void>;
  /** @throws AccessError as the rules of reviewing say */
  readonly deny: (caller: CurrentPerson, requestId: string, reason: string | null) => Promise<void>;
}

export interface DecideParts extends DecisionPorts {
  readonly knex: Knex;
  readonly clock: Clock;
  readonly publicUrl: string;
}

/** A sentence for the one who pressed a button: nothing was decided, and why. */
export class Declined extends Error {
  override readonly name = 'Declined';
}

/**
 * Whose button it is.
 * @throws Declined unless it belongs to this person of Slack, is in force, and was pressed where it was posted
 */
export async function assertOwnButton(
  parts: DecideParts,
  user: SlackUser,
  nonce: ButtonNonce | null,
  place: { readonly channel: string; readonly ts: string } | null,
): Promise<{ readonly nonce: ButtonNonce; readonly requestId: string; readonly personId: string }> {
  const link = await findLinkOfSlackUser(parts.knex, user);
  if (link === null) {
    throw new Declined(
      `Your Slack account is not linked to Hallpass, so nothing was decided. Open ${parts.publicUrl}/settings/notification-preferences, choose to link Slack, and send the command that is shown there.`,
    );
  }
  const requestId = nonce?.message.request_id ?? null;
  if (nonce === null || requestId === null) throw outdated(parts);
  const { message } = nonce;
  if (message.person_id !== link.person_id) {
    throw new Declined('This button was made for somebody else, so nothing was decided.');
  }
  const isElsewhere = place !== null && (message.channel !== place.channel || message.ts !== place.ts);
  if (isElsewhere || nonce.used_at !== null || nonce.expires_at.getTime() <= parts.clock()) throw outdated(parts);
  return { nonce, requestId, personId: link.person_id };
}

/**
 * Decides as the console would, by the same rules, for whom the button belongs to.
 * @throws Declined with what the rules say
 */
export async function decideFromSlack(
  parts: DecideParts,
  button: { readonly nonce: ButtonNonce; readonly requestId: string; readonly personId: string },
  reason: string | null,
): Promise<void> {
  const { nonce, requestId, personId } = button;
  const caller = await parts.findPerson(personId);
  if (caller === null || caller.disabled) throw new Declined('Your Hallpass account is disabled.');
  if (!(await useButtonNonce(parts.knex, nonce.nonce_hash, parts.clock()))) throw outdated(parts);
  try {
    if (!(await parts.isLowRisk(requestId))) {
      throw new Declined(
        `This request may not be decided from Slack. Nothing was decided; open ${parts.publicUrl}/review/${requestId} to do it.`,
      );
    }
    if (nonce.verdict === 'approve') await parts.approve(caller, requestId);
    else await parts.deny(caller, requestId, reason);
  } catch (error) {
    if (error instanceof AccessError) throw new Declined(error.message);
    if (!(error instanceof Declined)) await giveBackButtonNonce(parts.knex, nonce.nonce_hash);
    throw error;
  }
}

function outdated({ publicUrl }: DecideParts): Declined {
  return new Declined(
    `This button is not in force any more: it was used, or its time is over. ${publicUrl}/review shows how requests stand.`,
  );
}
