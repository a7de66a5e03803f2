import { describe, expect, it } from '@jest/globals';
import { consolePath } from '../../../console/notifications/console-path.ts';
import { splitTimes } from '../../../core/access/split-times.ts';
import { unreadCount } from '../../../console/notifications/unread-count.ts';

describe('where a notification leads', () => {
  it.each(['/my-access', '/review/req_1', '/settings/audit-log?request_id=req_1', '/access-requests/req_1#history'])(
    'stays as it is: %s',
    (link) => expect(consolePath(link)).toBe(link),
  );

  it.each([
    'https://evil.example/my-access',
    '//evil.example/my-access',
    String.raw`/\evil.example`,
    '/\t/evil.example',
    '/\n\\evil.example',
    'javascript:alert(1)',
    'my-access',
    '',
  ])('is nowhere when it is no path of the console: %j', (link) => expect(consolePath(link)).toBeNull());

  it('can not climb out', () => expect(consolePath('/../../review')).toBe('/review'));
});

describe('times in what the server says', () => {
  it('are found, and nothing is lost beside them', () => {
    const text = 'Your access ends at 2026-11-23T11:30:21.987Z. Ask for more time if you need it.';
    expect(splitTimes(text)).toEqual([
      { kind: 'text', value: 'Your access ends at ' },
      { kind: 'time', value: '2026-11-23T11:30:21.987Z' },
      { kind: 'text', value: '. Ask for more time if you need it.' },
    ]);
    expect(splitTimes('')).toEqual([]);
  });

  it('are left as they are when they can not be', () => {
    const text = 'Until 2026-13-45T99:99:99Z.';
    expect(splitTimes(text).every(({ kind }) => kind === 'text')).toBe(true);
    expect(
      splitTimes(text)
        .map(({ value }) => value)
        .join(''),
    ).toBe(text);
  });
});

describe('the count on the bell', () => {
  it('is not there without anything unread, or before it is known', () => {
    expect(unreadCount(undefined)).toBeNull();
    expect(unreadCount(0)).toBeNull();
  });
  it('is exact, or says that there are more', () => {
    expect(unreadCount(99)).toBe('99');
    expect(unreadCount(100)).toBe('99+');
  });
});
