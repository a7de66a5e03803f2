import type { Button, KnownBlock, ModalView } from '@slack/types';
import type { SlackRequestFacts } from './read-request-facts.ts';
import type { SlackContent } from './slack-client.ts';
import { escapeSlackText, plainText, SLACK_LIMITS } from './slack-text.ts';

/** `action_id`s of the buttons; those with a verdict carry a nonce for their value. */
export const ACTIONS = { approve: 'approve', deny: 'deny', open: 'open' } as const;
export const DENY_VIEW = 'deny-request';
export const REASON_INPUT = { block_id: 'reason', action_id: 'reason' } as const;
export const MAX_REASON_CHARS = 2_000;

/** How a request stands for the one who reads the message; `reviewed`: approved by them, and more approvals are needed. */
export type Shown = SlackRequestFacts['status'] | 'reviewed';

export interface ButtonNonces {
  readonly approve: string;
  readonly deny: string;
}

export function shownTo(facts: SlackRequestFacts, personId: string | null): Shown {
  const hasReviewed = personId !== null && facts.reviewer_ids.includes(personId);
  return facts.status === 'pending' && hasReviewed ? 'reviewed' : facts.status;
}

/**
 * Whether the message may hold buttons that decide: the policy called the request low-risk, and it stands alone, for a
 * button decides one request and the message of a bundle tells of several.
 */
export function hasVerdictButtons(facts: SlackRequestFacts, personId: string | null): boolean {
  return (
    personId !== null &&
    personId !== facts.requester_id &&
    facts.low_risk &&
    facts.others_in_bundle === 0 &&
    shownTo(facts, personId) === 'pending'
  );
}

/**
 * A request as its reviewers see it. What people typed stands in `plain_text` only; `mrkdwn` is used for what is ours.
 * @param nonces values of the Approve and Deny buttons; null: none are shown
 * @param publicUrl of the console
 */
export function requestMessage(
  facts: SlackRequestFacts,
  shown: Shown,
  nonces: ButtonNonces | null,
  publicUrl: string,
): SlackContent {
  const more = facts.others_in_bundle > 0 ? ` and ${facts.others_in_bundle} more` : '';
  const title = `${facts.requester_name} asks for ${facts.is_extension ? 'more time for ' : ''}${facts.what}${more}`;
  const url = `${publicUrl}/review/${encodeURIComponent(facts.id)}`;
  const blocks: KnownBlock[] = [
    { type: 'header', text: plainText(title, SLACK_LIMITS.header) },
    {
      type: 'section',
      fields: [
        field('Requester', `${facts.requester_name} (${facts.requester_email})`),
        field('Access', `${facts.what}${more}`),
        field('Duration', facts.duration),
      ],
    },
    { type: 'section', text: plainText(`Reason\n${facts.reason}`, SLACK_LIMITS.section) },
  ];
  if (facts.policy_reasons.length > 0) {
    blocks.push({
      type: 'section',
      text: plainText(`What the policy says\n${facts.policy_reasons.join('\n')}`, SLACK_LIMITS.field),
    });
  }
  const outcome = outcomeText(facts, shown);
  if (outcome !== null) {
    blocks.push({ type: 'section', text: plainText(outcome, SLACK_LIMITS.section) }, openLink(url));
    return { text: `${title}: ${outcome}`, blocks };
  }
  const until = Math.floor(facts.pending_until.getTime() / 1000);
  const fallback = `${facts.pending_until.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  blocks.push(
    // Slack shows this time in the zone of whoever reads it.
    {
      type: 'context',
      elements: [{ type: 'mrkdwn', text: `Open until <!date^${until}^{date_short_pretty}, {time}|${fallback}>` }],
    },
    { type: 'actions', elements: [...verdictButtons(facts, nonces), openButton('Open in Hallpass', url)] },
  );
  return { text: `${title}. ${facts.duration}. Reason: ${facts.reason}`, blocks };
}

export function openButton(label: string, url: string): Button {
  return { type: 'button', action_id: ACTIONS.open, text: plainText(label, SLACK_LIMITS.button), url };
}

/** The dialog that Deny opens. @param nonce of the Deny button; it is used up when the dialog is sent, not before */
export function denyView(facts: SlackRequestFacts, nonce: string): ModalView {
  return {
    type: 'modal',
    callback_id: DENY_VIEW,
    private_metadata: nonce,
    title: plainText('Deny request', 24),
    submit: plainText('Deny', 24),
    close: plainText('Back', 24),
    blocks: [
      { type: 'section', text: plainText(`${facts.requester_name} asks for ${facts.what}.`, SLACK_LIMITS.section) },
      {
        type: 'input',
        block_id: REASON_INPUT.block_id,
        optional: true,
        label: plainText('Reason, which the requester will read', SLACK_LIMITS.field),
        element: {
          type: 'plain_text_input',
          action_id: REASON_INPUT.action_id,
          multiline: true,
          max_length: MAX_REASON_CHARS,
        },
      },
    ],
  };
}

function verdictButtons(facts: SlackRequestFacts, nonces: ButtonNonces | null): Button[] {
  if (nonces === null) return [];
  return [
    {
      type: 'button',
      action_id: ACTIONS.approve,
      style: 'primary',
      text: plainText('Approve', SLACK_LIMITS.button),
      value: nonces.approve,
      // A phone in a pocket must not give anybody access.
      confirm: {
        title: plainText('Approve?', 100),
        text: plainText(
          `${facts.requester_name} will have ${facts.is_extension ? 'more time for ' : ''}${facts.what}. ${facts.duration}.`,
          300,
        ),
        confirm: plainText('Approve', 30),
        deny: plainText('Back', 30),
      },
    },
    {
      type: 'button',
      action_id: ACTIONS.deny,
      style: 'danger',
      text: plainText('Deny', SLACK_LIMITS.button),
      value: nonces.deny,
    },
  ];
}

function outcomeText(facts: SlackRequestFacts, shown: Shown): string | null {
  const by = facts.decided_by === null ? 'by the policy' : `by ${facts.decided_by}`;
  switch (shown) {
    case 'pending':
      return null;
    case 'reviewed':
      return 'You approved it. More approvals are needed.';
    case 'approved':
      return `Approved ${by}.`;
    case 'denied':
      return `Denied ${by}.${facts.decision_note === null ? '' : ` Reason: ${facts.decision_note}`}`;
    case 'cancelled':
      return `Taken back by ${facts.requester_name}.`;
    case 'expired':
      return 'Expired: nobody decided in time.';
  }
}

function field(label: string, value: string) {
  return plainText(`${label}\n${value}`, SLACK_LIMITS.field);
}

function openLink(url: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: `<${escapeSlackText(url, 2_500)}|Open in Hallpass>` }] };
}
