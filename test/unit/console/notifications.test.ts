import { describe, expect, it } from '@jest/globals';
import type { Notification } from '../../../console/api/notification.ts';
import type { Page } from '../../../console/api/page.ts';
import { consolePath } from '../../../console/notifications/console-path.ts';
import { markAllRead } from '../../../console/notifications/mark-all-read.ts';
import { splitTimes } from '../../../core/access/split-times.ts';
import { unreadCount } from '../../../console/notifications/unread-count.ts';

const named = (...ids: string[]) => ids.map((id) => ({ id, read_at: null }) as Notification);
const page = (next_cursor: string | null, ...ids: string[]): Page<Notification> => ({
  items: named(...ids),
  next_cursor,
});

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
  it('is not there without anything unread', () => {
    expect(unreadCount(undefined)).toBeNull();
    expect(unreadCount(page(null))).toBeNull();
  });
  it('is exact, or says that there are more', () => {
    expect(unreadCount(page(null, 'a', 'b'))).toBe('2');
    expect(unreadCount(page('more', 'a', 'b'))).toBe('2+');
  });
});

describe('marking all as read', () => {
  const pages: Record<string, Page<Notification>> = { first: page('second', 'd', 'c'), second: page(null, 'b', 'a') };
  const getUnreadPage = async (cursor: string | null) => pages[cursor ?? 'first'] as Page<Notification>;

  it('marks each one on every page, and tells how far it is', async () => {
    const marked: string[] = [];
    const told: number[] = [];
    await markAllRead({ getUnreadPage, markRead: async (id) => marked.push(id) }, (done) => told.push(done));
    expect(marked).toEqual(['d', 'c', 'b', 'a']);
    expect(told).toEqual([1, 2, 3, 4]);
  });

  it('stops at the first that fails, and counts only what is marked', async () => {
    const told: number[] = [];
    const markRead = async (id: string) => {
      if (id === 'c') throw new Error('no answer');
    };
    await expect(markAllRead({ getUnreadPage, markRead }, (done) => told.push(done))).rejects.toThrow('no answer');
    expect(told).toEqual([1]);
  });
});
