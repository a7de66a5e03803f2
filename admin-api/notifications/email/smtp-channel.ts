import { createTransport } from 'nodemailer';
import {
  DeliveryRefused,
  RetryLater,
  type NotificationChannel,
  type OutgoingMessage,
  type Recipient,
} from '../notification-channel.ts';
import type { NotificationEventType } from '../notification-event-type.ts';
import type { MailConfig } from './mail-config.ts';
import { mailContent, oneLine } from './mail-content.ts';
import { signUnsubscribe } from './unsubscribe-token.ts';

export const UNSUBSCRIBE_PATH = '/mail/unsubscribe';

export interface SmtpChannelOptions {
  readonly mail: MailConfig;
  /** Where browsers reach the console. */
  readonly publicUrl: string;
  /** Signs the links that turn mail off. */
  readonly unsubscribeKey: Buffer;
  readonly timeoutMs: number;
  readonly connections: number;
  /** Those that nobody can turn off; their mails offer no way to. */
  readonly mandatoryEvents: () => Promise<ReadonlySet<NotificationEventType>>;
}

export interface SmtpChannel extends NotificationChannel {
  close(): void;
}

/** Mail by SMTP. Nothing connects before the first mail, so a mail server that is away keeps nobody from starting. */
export function openSmtpChannel(options: SmtpChannelOptions): SmtpChannel {
  const { mail, timeoutMs } = options;
  const transport = createTransport({
    pool: true,
    url: mail.smtpUrl,
    maxConnections: options.connections,
    // Trying again is decided, counted and written down by whoever called.
    maxRequeues: 0,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: 'email',
    async addressOf({ email }) {
      return isSafeAddress(email) ? email : null;
    },
    async send(message) {
      if (message.person === null) throw new DeliveryRefused('Mail goes to people only.');
      const { subject, text, html } = mailContent({ ...message, person: message.person }, options.publicUrl);
      try {
        await transport.sendMail({
          from: mail.from,
          to: { name: oneLine(message.person.name), address: message.address },
          subject,
          text,
          html,
          messageId: messageIdOf(message, mail.from.address),
          headers: {
            'Auto-Submitted': 'auto-generated',
            ...(await unsubscribeHeaders(options, message, message.person)),
          },
          // One that waited too long in the pool is tried again by the sweep; it must not leave here as well.
          signal: AbortSignal.timeout(timeoutMs),
        });
      } catch (error) {
        throw sortOut(error);
      }
      return { external_ref: messageIdOf(message, mail.from.address) };
    },
    close: () => transport.close({ force: true }),
  };
}

/** The same at every attempt, so that a mail that is sent twice can be told to be one (RFC 5322 3.6.4). */
function messageIdOf({ delivery_id: id }: OutgoingMessage, from: string): string {
  return `<${id}@${from.split('@').at(-1)}>`;
}

/** Turning off with one press (RFC 2369, RFC 8058), for the type of the mail or, from a digest, for all. */
async function unsubscribeHeaders(
  { mandatoryEvents, unsubscribeKey, publicUrl }: SmtpChannelOptions,
  { notices }: OutgoingMessage,
  person: Recipient,
): Promise<Record<string, string>> {
  const types = new Set(notices.map((notice) => notice.event_type));
  const mandatory = await mandatoryEvents();
  if ([...types].every((type) => mandatory.has(type))) return {};
  const [only] = types;
  const event_type = types.size === 1 && only !== undefined ? only : null;
  const token = signUnsubscribe(unsubscribeKey, { person_id: person.id, event_type });
  return {
    'List-Unsubscribe': `<${publicUrl}${UNSUBSCRIBE_PATH}?token=${token}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}

/** One address and nothing that SMTP or a header could read as more. */
function isSafeAddress(email: string): boolean {
  return /^[^\s<>"(),:;[\]\\@]+@[^\s<>"(),:;[\]\\@]+$/.test(email);
}

/** 5yz about this mail or its recipient is final (RFC 5321 4.2.1); all else may pass, a wrong password too. */
function sortOut(error: unknown): Error {
  const { code, responseCode, message } = error as { code?: string; responseCode?: number; message?: string };
  const text = oneLine(message ?? String(error));
  const isAboutThisMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (isAboutThisMail && responseCode !== undefined && responseCode >= 500) return new DeliveryRefused(text);
  return new RetryLater(text);
}
