import type { KnownBlock } from '@slack/types';
import type { MessageNotice } from '../notifications/notification-channel.ts';
import { openButton } from './request-message.ts';
import type { SlackContent } from './slack-client.ts';
import { plainText, SLACK_LIMITS } from './slack-text.ts';

/** Each notice takes one block; Slack also bounds a message as a whole, at some 13,000 characters. */
const MAX_NOTICES = 20;
const DIGEST_BODY_CHARS = 300;

/** What happened, and a button to the page about it. */
export function noticeMessage(notice: MessageNotice, publicUrl: string): SlackContent {
  const blocks: KnownBlock[] = [
    { type: 'section', text: plainText(notice.title, SLACK_LIMITS.section) },
    { type: 'section', text: plainText(notice.body, SLACK_LIMITS.section) },
    { type: 'actions', elements: [openButton('Open in Hallpass', publicUrl + notice.link)] },
  ];
  return { text: `${notice.title}. ${notice.body}`, blocks };
}

/** Several notices in one message, the oldest first; what doesn't fit is counted. */
export function digestMessage(notices: readonly MessageNotice[], publicUrl: string): SlackContent {
  const title = `${notices.length} ${notices.length === 1 ? 'thing has' : 'things have'} happened in Hallpass`;
  const told = notices.slice(0, MAX_NOTICES);
  const blocks: KnownBlock[] = [
    { type: 'header', text: plainText(title, SLACK_LIMITS.header) },
    ...told.map((notice, index): KnownBlock => ({
      type: 'section',
      block_id: `notice-${index}`,
      text: plainText(`${notice.title}\n${notice.body}`, DIGEST_BODY_CHARS),
      accessory: openButton('Open', publicUrl + notice.link),
    })),
  ];
  if (notices.length > told.length) {
    blocks.push({
      type: 'section',
      text: plainText(`And ${notices.length - told.length} more.`, SLACK_LIMITS.section),
    });
  }
  blocks.push({ type: 'actions', elements: [openButton('All notifications', `${publicUrl}/notifications`)] });
  return { text: title, blocks };
}
