import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createOutbound, type Outbound } from '../../admin-api/create-outbound.ts';
import { openDatabase, type Knex } from '../../admin-api/db/knex.ts';
import type { DeliveryRow } from '../../admin-api/notifications/deliveries/delivery-row.ts';
import { finishDeliveries } from '../../admin-api/notifications/deliveries/finish-deliveries.ts';
import { gatherDigests, leaseDeliveries, leaseMs } from '../../admin-api/notifications/deliveries/lease-deliveries.ts';
import {
  sendDeliveries,
  type DeliverySender,
  type SendContext,
} from '../../admin-api/notifications/deliveries/send-deliveries.ts';
import { handleOutboxEvent, type TellPorts } from '../../admin-api/notifications/handle-outbox-event.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { outboundSettings } from '../support/outbound-settings.ts';
import { PROFILES } from '../support/test-services.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' };
const REVIEWERS = ['admin2@example.com', 'admin@example.com', 'owner@example.com'];

// Law 5, beyond the database: everything up to the hand-over happens once, whatever dies on the way; the hand-over
// happens at least once, under one id. No worker runs here; each step is taken, or not, by hand.
describe.each(PROFILES)('a worker that dies between any two steps, %s', (profile) => {
  let mail: MailServer;
  let api: TestAdminApi;
  let knex: Knex;
  let outbound: Outbound;
  let senders: ReturnType<Outbound['senders']>;
  let email: DeliverySender;
  /** How far this test is ahead of the clock on the wall. */
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  beforeAll(async () => {
    mail = await startMailServer();
    api = await startAdminApi(profile, outboundSettings(mail));
    knex = api.running.parts.knex;
    outbound = createOutbound(api.running.parts);
    senders = outbound.senders();
    email = senders.list.find((sender) => sender.channel === 'email')!;
    // What was set up is nothing to be told.
    await knex('outbox_events').update({ handled_at: new Date() });
  });
  afterAll(async () => {
    await senders?.close();
    await api?.stop();
    await mail.stop();
  });
  afterEach(async () => {
    (mail.mails as unknown[]).length = 0;
    await knex('deliveries').delete();
    await knex('access_requests').where({ status: 'pending' }).update({ status: 'cancelled', decided_at: new Date() });
  });

  /** A committed event that nobody has handled yet. */
  async function happen(): Promise<string> {
    const asked = await api
      .as('member')
      .post('/v1/access-requests', { resource: PRODUCTION, reason: 'why', duration_seconds: 60 });
    expect(asked.status).toBe(201);
    const [event] = await knex('outbox_events').whereNull('handled_at').pluck('id');
    return event as string;
  }
  const ports = (change: Partial<TellPorts> = {}): TellPorts => ({
    connectedChannels: outbound.connectedChannels,
    awaitedReviewers: outbound.awaitedReviewers,
    rooms: outbound.rooms,
    taskCalls: async () => [],
    publicUrl: api.url,
    beforeDone: async () => {},
    onNotified: () => {},
    ...change,
  });
  const handle = (eventId: string, change: Partial<TellPorts> = {}) =>
    handleOutboxEvent(knex, eventId, now(), ports(change));
  const context = (change: Partial<SendContext> = {}): SendContext => ({
    knex,
    clock: now,
    limits: api.config.deliveries,
    onAttempt: () => {},
    ...change,
  });
  const send = (change: Partial<SendContext> = {}, sender = email) => sendDeliveries(context(change), sender);
  const told = async (eventId: string) => (await knex('notifications').where({ event_id: eventId })).length;
  const rows = (): Promise<DeliveryRow[]> => knex('deliveries').orderBy(['created_at', 'id']);
  const recipients = () => mail.mails.map((one) => one.to).toSorted();
  const messageIds = () => mail.mails.map((one) => /^Message-ID: (.+)$/im.exec(one.raw)![1]!.trim());
  const dies = () => {
    throw new Error('killed');
  };

  it.each([
    ['before the transaction', { beforeDone: async () => dies() }],
    ['inside of it', { rooms: async () => dies() }],
  ])('while it handles an event, %s: nothing is told, then everything once', async (_, change) => {
    const event = await happen();
    await expect(handle(event, change)).rejects.toThrow('killed');
    expect([await told(event), await rows()]).toEqual([0, []]);
    expect(await handle(event)).toBe('handled');
    expect(await handle(event)).toBe('nothing to do');
    expect([await told(event), (await rows()).length]).toEqual([3, 3]);
    await send();
    expect(recipients()).toEqual(REVIEWERS);
  });

  it('after it handled the event, before anything else', async () => {
    const event = await happen();
    await expect(handle(event, { onNotified: dies })).rejects.toThrow('killed');
    expect(await handle(event)).toBe('nothing to do');
    expect(await told(event)).toBe(3);
    await send();
    await send();
    expect(recipients()).toEqual(REVIEWERS);
    expect((await rows()).map((row) => row.state)).toEqual(['sent', 'sent', 'sent']);
  });

  it('that handles the event twice at the same time', async () => {
    const event = await happen();
    const outcomes = await Promise.all([handle(event), handle(event), handle(event)]);
    expect(outcomes.toSorted()).toEqual(['handled', 'nothing to do', 'nothing to do']);
    expect([await told(event), (await rows()).length]).toEqual([3, 3]);
  });

  it('with a lease in its hand: nobody sends before the lease is over, then somebody does, once', async () => {
    await handle(await happen());
    expect(await leaseDeliveries(knex, 'email', api.config.deliveries, now())).toHaveLength(3);
    await send();
    expect(mail.mails).toEqual([]);
    aheadMs += leaseMs(api.config.deliveries) + 1;
    await send();
    expect(recipients()).toEqual(REVIEWERS);
    expect((await rows()).map((row) => [row.state, row.attempts])).toEqual([
      ['sent', 2],
      ['sent', 2],
      ['sent', 2],
    ]);
  });

  it('after the hand-over, before the mark: it is handed over again, under the same Message-ID', async () => {
    await handle(await happen());
    const dying = openDatabase(api.config.databaseUrl, 2);
    const cut: DeliverySender = {
      channel: 'email',
      async attempt(batch) {
        const result = await email.attempt(batch);
        await dying.destroy();
        return result;
      },
    };
    await expect(send({ knex: dying, limits: { ...api.config.deliveries, concurrency: 1 } }, cut)).rejects.toThrow();
    expect(mail.mails).toHaveLength(1);
    aheadMs += leaseMs(api.config.deliveries) + 1;
    await send();
    await send();
    const ids = messageIds();
    expect([ids.length, new Set(ids).size]).toEqual([4, 3]);
    expect((await rows()).map((row) => row.state)).toEqual(['sent', 'sent', 'sent']);
    expect(new Set(ids)).toEqual(new Set((await rows()).map((row) => row.external_ref)));
  });

  it('in every attempt: it comes to an end, as a dead letter', async () => {
    await handle(await happen());
    for (let attempt = 0; attempt < api.config.deliveries.attempts; attempt += 1) {
      expect(await leaseDeliveries(knex, 'email', api.config.deliveries, now())).toHaveLength(3);
      aheadMs += leaseMs(api.config.deliveries) + 1;
    }
    await send();
    expect(mail.mails).toEqual([]);
    const ended = await rows();
    expect(ended.map((row) => [row.state, row.last_error])).toEqual(
      ended.map(() => ['dead', 'the worker died in every attempt']),
    );
  });

  it('too slow rather than dead: what another one sent meanwhile stays sent', async () => {
    await handle(await happen());
    const slow = await leaseDeliveries(knex, 'email', api.config.deliveries, now());
    aheadMs += leaseMs(api.config.deliveries) + 1;
    const [taken] = await leaseDeliveries(knex, 'email', { ...api.config.deliveries, concurrency: 1 }, now());
    const late = slow.find((batch) => batch.lead.id === taken!.lead.id)!;
    const failure = { dropped: new Map(), message: { outcome: 'dead', error: 'refused' } } as const;
    await finishDeliveries(knex, late, failure, api.config.deliveries, now());
    const stateOf = async () => (await knex('deliveries').where({ id: late.lead.id }).first()).state;
    expect(await stateOf()).toBe('pending');
    const success = { dropped: new Map(), message: { outcome: 'sent', externalRef: null } } as const;
    await finishDeliveries(knex, taken!, success, api.config.deliveries, now());
    await finishDeliveries(knex, late, failure, api.config.deliveries, now());
    expect(await stateOf()).toBe('sent');
  });

  it('with a digest half sent: it says the same again, and what came meanwhile waits for the next', async () => {
    await handle(await happen());
    await knex('deliveries').update({ state: 'held', person_id: api.idOf('admin') });
    const held = await rows();
    expect(await gatherDigests(knex, 'email', now())).toBe(3);
    const [first] = await leaseDeliveries(knex, 'email', api.config.deliveries, now());
    expect(first!.deliveries.map((row) => row.id).toSorted()).toEqual(held.map((row) => row.id).toSorted());
    // One more is held and due before the digest is tried again.
    const last = held.at(-1)!;
    await knex('deliveries')
      .where({ id: last.id })
      .update({ state: 'held', batch_id: last.id, next_attempt_at: new Date(now()) });
    aheadMs += leaseMs(api.config.deliveries) + 1;
    expect(await gatherDigests(knex, 'email', now())).toBe(1);
    const again = await leaseDeliveries(knex, 'email', api.config.deliveries, now());
    const repeated = again.find((batch) => batch.lead.id === first!.lead.id);
    expect(again).toHaveLength(2);
    expect(repeated?.deliveries.map((row) => row.id)).toEqual(
      first!.deliveries.map((row) => row.id).filter((id) => id !== last.id),
    );
  });

  it('beside others: two workers that send at once send each once', async () => {
    for (let number = 0; number < 12; number += 1) {
      const asked = await api
        .as('member')
        .post('/v1/access-requests', { resource: PRODUCTION, reason: 'why', duration_seconds: 60 });
      await api.as('owner').post(`/v1/access-requests/${asked.body.id}/deny`, {});
    }
    for (const event of await knex('outbox_events').whereNull('handled_at').pluck('id')) await handle(event);
    const other = openDatabase(api.config.databaseUrl, 3);
    const limits = { ...api.config.deliveries, concurrency: 1 };
    const drain = async (database: Knex) => {
      while (await send({ knex: database, limits }));
    };
    await Promise.all([drain(knex), drain(other), drain(knex)]);
    await other.destroy();
    const ids = messageIds();
    expect([ids.length, new Set(ids).size]).toEqual([12, 12]);
  });
});
