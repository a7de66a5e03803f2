import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import { SlackFailure, type SlackClient } from './slack-client.ts';
import { redeemSlackLinkCode, type LinkOutcome, type SlackUser } from './slack-link.ts';

export interface CommandParts {
  readonly run: RunUnitOfWork;
  readonly client: SlackClient;
  readonly publicUrl: string;
}

const ANSWERS: Record<LinkOutcome, string> = {
  linked: 'Done: this Slack account is linked to your Hallpass account.',
  'no such code': 'That code is not in force. Codes work once and for ten minutes; make a new one in Hallpass.',
  'account disabled': 'That Hallpass account is disabled, so it was not linked.',
  'person linked': 'That Hallpass account is linked to another Slack account. Unlink it in Hallpass first.',
  'slack user linked': 'This Slack account is linked to another Hallpass account. Unlink it there first.',
};

/** @returns the sentence that answers a `/hallpass` command, for the one who sent it only */
export async function handleCommand(parts: CommandParts, user: SlackUser, words: string): Promise<string> {
  const [verb, code, ...rest] = words.trim().split(/\s+/);
  if (verb?.toLowerCase() !== 'link' || code === undefined || rest.length > 0) {
    return `Send "/hallpass link CODE" with a code from ${parts.publicUrl}/settings/notification-preferences to link your accounts.`;
  }
  try {
    // Somebody of a guest workspace could never be written to, so their code is left for the right account.
    if ((await parts.client.teamId()) !== user.team_id) {
      return 'This Slack account belongs to another workspace than the Hallpass app, so it was not linked.';
    }
  } catch (error) {
    if (!(error instanceof SlackFailure)) throw error;
    return 'Slack could not be asked about this workspace. Nothing was linked; try again in a moment.';
  }
  return ANSWERS[await redeemSlackLinkCode(parts.run, user, code)];
}
