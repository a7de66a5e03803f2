import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { findFreePort } from './free-port.ts';
import { waitUntil } from './wait-until.ts';

export interface ReceivedMail {
  readonly to: string;
  /** As it came over the wire. */
  readonly raw: string;
  /** With the lines joined that quoted-printable has cut, for looking words up. */
  readonly joined: string;
}

export interface MailServer {
  readonly port: number;
  /** For HALLPASS_SMTP_URL. */
  readonly url: string;
  /** What was taken, in the order it was. */
  readonly mails: readonly ReceivedMail[];
  /** What to answer to mail for an address from now on, e.g. `550 no such mailbox`; null: take it. */
  answer: (address: string) => { readonly code: number; readonly text: string } | null;
  /** Told when a mail has been taken, before the sender hears of it; what it waits for, the sender waits for. */
  onTaken: (mail: ReceivedMail) => Promise<void> | void;
  to(address: string): Promise<ParsedMail[]>;
  waitFor(address: string, subject: RegExp): Promise<ParsedMail>;
  stop(): Promise<void>;
}

/** A real SMTP server that keeps what it is given. @param atPort a port that was chosen before */
export async function startMailServer(atPort?: number): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const port = atPort ?? (await findFreePort());
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo({ address }, _session, callback) {
      const no = server.answer(address);
      callback(no === null ? null : Object.assign(new Error(no.text), { responseCode: no.code }));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const mail = {
          to: session.envelope.rcptTo[0]?.address ?? '',
          raw,
          get joined() {
            return raw.replaceAll('=\r\n', '');
          },
        };
        mails.push(mail);
        void take(mail, callback);
      });
    },
  });
  async function take(mail: ReceivedMail, answer: (error?: Error | null) => void): Promise<void> {
    try {
      await server.onTaken(mail);
      answer(null);
    } catch (error) {
      answer(error as Error);
    }
  }
  smtp.on('error', () => {});
  const parsed = (address: string) =>
    Promise.all(mails.filter((mail) => mail.to === address).map((mail) => simpleParser(mail.raw)));
  const server: MailServer = {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails,
    answer: () => null,
    onTaken: () => {},
    to: parsed,
    waitFor: (address, subject) =>
      waitUntil(`mail to ${address} about ${subject}`, async () =>
        (await parsed(address)).find((mail) => subject.test(mail.subject ?? '')),
      ),
    stop: () => new Promise((resolve) => smtp.close(() => resolve())),
  };
  await new Promise<void>((resolve, reject) => {
    smtp.once('error', reject);
    smtp.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
