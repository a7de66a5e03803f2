import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { opaqueId } from '../../../core/access/ids.ts';
import { NOTIFICATION_EVENT_TYPES, type NotificationEventType } from '../notification-event-type.ts';

/** Which mail a link in a mail turns off, and for whom. It says nothing else and allows nothing else. */
export interface UnsubscribeRequest {
  readonly person_id: string;
  /** null: mail of every type. */
  readonly event_type: NotificationEventType | null;
}

const bodySchema = z.tuple([opaqueId, z.enum(NOTIFICATION_EVENT_TYPES as [NotificationEventType]).nullable()]);
const SEPARATOR = '.';

/** Good for as long as the mail is kept, as RFC 8058 needs it: an old link can only turn mail off again. */
export function signUnsubscribe(key: Buffer, { person_id, event_type }: UnsubscribeRequest): string {
  const body = Buffer.from(JSON.stringify([person_id, event_type])).toString('base64url');
  return body + SEPARATOR + signatureOf(key, body).toString('base64url');
}

/** @returns null for whatever was not signed with this key */
export function readUnsubscribe(key: Buffer, token: string): UnsubscribeRequest | null {
  const [body = '', signature = ''] = token.slice(0, 1_000).split(SEPARATOR);
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(key, body);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const parsed = bodySchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  return parsed.success ? { person_id: parsed.data[0], event_type: parsed.data[1] } : null;
}

function signatureOf(key: Buffer, body: string): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
