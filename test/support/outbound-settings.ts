import type { MailServer } from './mail-server.ts';

/** 32 bytes, for tests. */
export const TEST_SECRET_KEY = Buffer.alloc(32, 7).toString('base64');

/** Settings under which everything may leave, and what fails is tried again within moments. */
export function outboundSettings(mail: Pick<MailServer, 'url'> | null): Record<string, string> {
  return {
    HALLPASS_SECRET_KEY: TEST_SECRET_KEY,
    ...(mail === null ? {} : { HALLPASS_SMTP_URL: mail.url, HALLPASS_MAIL_FROM: 'Hallpass <access@hallpass.example>' }),
    HALLPASS_DELIVERY_BACKOFF_MS: '50',
    HALLPASS_DELIVERY_BACKOFF_MAX_MS: '200',
    HALLPASS_DELIVERY_TIMEOUT_MS: '1000',
    HALLPASS_WEBHOOK_ALLOW_PRIVATE: 'true',
  };
}
