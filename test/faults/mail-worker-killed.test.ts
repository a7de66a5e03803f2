import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { ask, AWS_PRODUCTION } from '../journeys/access-loop.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { outboundSettings } from '../support/outbound-settings.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { pidOfRoot } from '../support/stack-children.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

const WORKER = 'admin-api/worker.ts';
const DENIALS = 40;
/** Mails, by their number, at whose hand-over the worker is killed: taken by the other side, and never noted down. */
const KILLED_AT = new Set([3, 11, 23]);

describe.each(PROFILES)('a worker that is killed as mail leaves, %s', (profile) => {
  let mail: MailServer;
  let stack: Stack;
  beforeAll(async () => {
    mail = await startMailServer();
    stack = await startStack(profile, { ...outboundSettings(mail), HALLPASS_SWEEP_INTERVAL_MS: '200' });
  }, 120_000);
  afterAll(async () => {
    await stack?.stop();
    await mail.stop();
  });

  async function countOf(query: string): Promise<number> {
    const client = new Client({ connectionString: stack.databaseUrl });
    await client.connect();
    try {
      return (await client.query(query)).rows[0].count as number;
    } finally {
      await client.end();
    }
  }

  it('runs beside a sidecar that was given none of its secrets', () => {
    const environmentOf = (file: string) => readFileSync(`/proc/${pidOfRoot(stack, file)}/environ`, 'utf8');
    expect(environmentOf(WORKER)).toContain('HALLPASS_SECRET_KEY=');
    expect(environmentOf('proxy/main.ts')).not.toMatch(/HALLPASS_(SECRET_KEY|SMTP_URL|AUDIT_SIGNING_KEY)|DATABASE_URL/);
  });

  it('loses no mail, and a mail that comes twice can be told by its Message-ID', async () => {
    let killed = 0;
    mail.onTaken = async () => {
      if (!KILLED_AT.has(mail.mails.length)) return;
      const pid = pidOfRoot(stack, WORKER);
      if (pid === null) return;
      process.kill(pid, 'SIGKILL');
      killed += 1;
      await waitUntil('its end', () => pidOfRoot(stack, WORKER) !== pid, { timeoutMs: 30_000 });
    };
    const owner = await stack.api('owner');
    for (let number = 0; number < DENIALS; number += 1) {
      const request = await ask(stack, 'member', { resource: AWS_PRODUCTION, duration_seconds: 60 });
      const denied = await owner.post(`/v1/access-requests/${request.id}/deny`, { reason: `number ${number}` });
      expect(denied.status).toBe(200);
    }
    const unhandled = 'select count(*)::int from outbox_events where handled_at is null';
    const waiting = `select count(*)::int from deliveries where state in ('pending', 'held')`;
    await waitUntil(
      'everything to be sent',
      async () => (await countOf(unhandled)) === 0 && (await countOf(waiting)) === 0,
      { timeoutMs: 90_000, everyMs: 200 },
    );
    expect(killed).toBe(KILLED_AT.size);

    const denials = mail.mails.filter((one) => one.joined.includes('was denied'));
    const idOf = (raw: string) => /^Message-ID: (\S+)/im.exec(raw)![1]!;
    const byId = Map.groupBy(denials, (one) => idOf(one.raw));
    expect(byId.size).toBe(DENIALS);
    const numbers = [...byId.values()].map((same) => /Reason: number (\d+)/.exec(same[0]!.joined)![1]);
    expect(new Set(numbers).size).toBe(DENIALS);
    // Under way at the moment of a kill, at the most: five at once.
    expect(mail.mails.length - new Set(mail.mails.map((one) => idOf(one.raw))).size).toBeLessThanOrEqual(5 * killed);
    expect(
      await countOf(`select count(*)::int from deliveries where event_type = 'request-denied' and state = 'sent'`),
    ).toBe(DENIALS);
    expect(await countOf(`select count(*)::int from notifications where event_type = 'access-request.denied'`)).toBe(
      DENIALS,
    );
  }, 180_000);
});
