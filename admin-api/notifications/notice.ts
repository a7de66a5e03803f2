import type { NotificationEventType } from './notification-event-type.ts';

/** What happened, in words. Times in it are RFC 3339 in UTC; whoever shows them does it in the reader's zone. */
export interface NoticeText {
  readonly event_type: NotificationEventType;
  readonly title: string;
  readonly body: string;
  /** Path in the console. */
  readonly link: string;
}

/** One person is told one thing. */
export interface Notice extends NoticeText {
  readonly person_id: string;
}

/** Who is told of one event. */
export interface Notices {
  readonly people: readonly Notice[];
  /** The same for a place that belongs to nobody, where the team sends such events; null: nothing to tell there. */
  readonly room: NoticeText | null;
}

export const NO_NOTICES: Notices = { people: [], room: null };

/** The same words to several people. */
export function toEach(personIds: Iterable<string>, text: NoticeText): Notice[] {
  return [...new Set(personIds)].map((id) => ({ person_id: id, ...text }));
}

export function reasonText(note: string | null): string {
  return note === null ? 'No reason was given.' : `Reason: ${note}`;
}
