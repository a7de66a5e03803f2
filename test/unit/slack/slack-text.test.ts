import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapeSlackText, plainText } from '../../../admin-api/slack/slack-text.ts';

describe('text for Slack', () => {
  it.each([
    ['<!channel> & <@U1>', 100, '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['&lt;', 100, '&amp;lt;'],
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    // Never half an entity.
    ['abc<def', 6, 'abc…'],
    ['a<', 5, 'a&lt;'],
    ['🙂🙂🙂', 5, '🙂🙂…'],
    ['\ud83d', 5, '\ufffd'],
  ])('%j in %i characters is %j', (text, limit, escaped) => {
    expect(escapeSlackText(text, limit)).toBe(escaped);
  });

  it('keeps to the limit and loses nothing below it', () => {
    const undo = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const escaped = escapeSlackText(text, limit);
        expect(escaped.length).toBeLessThanOrEqual(limit);
        expect(escaped).not.toMatch(/[<>]/);
        const whole = undo(escaped);
        expect(whole === text.toWellFormed() || text.toWellFormed().startsWith(whole.replace(/…$/, ''))).toBe(true);
      }),
    );
  });

  it('is never empty, which Slack would refuse', () => {
    expect(plainText('  ', 10)).toEqual({ type: 'plain_text', text: '-', emoji: false });
  });
});
