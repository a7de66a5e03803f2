import type { PlainTextElement } from '@slack/types';

/** Characters (blocks: pieces) that Slack takes at the most, by element (docs.slack.dev, Block Kit reference). */
export const SLACK_LIMITS = {
  header: 150,
  section: 3_000,
  field: 2_000,
  button: 75,
  message_text: 4_000,
  blocks: 50,
} as const;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (character: string) => ENTITIES[character] ?? character;

/**
 * Text as Slack shows it literally: with `&`, `<` and `>` as entities there is no `<!channel>`, `<@U…>` or link left to
 * act (docs.slack.dev, "Formatting message text"). What is too long is cut between characters, never within an entity.
 * @param maxChars of the escaped text, as Slack counts
 */
export function escapeSlackText(text: string, maxChars: number): string {
  const pieces = Array.from(text.toWellFormed(), escaped);
  const whole = pieces.join('');
  if (whole.length <= maxChars) return whole;
  let kept = '';
  for (const piece of pieces) {
    if (kept.length + piece.length > maxChars - 1) break;
    kept += piece;
  }
  return `${kept}…`;
}

/** Never `mrkdwn`: nothing in it turns bold, or into a mention, a link or an emoji. Slack refuses an empty text. */
export function plainText(text: string, maxChars: number): PlainTextElement {
  return { type: 'plain_text', text: escapeSlackText(text.trim() === '' ? '-' : text, maxChars), emoji: false };
}
