import { AccessError } from '../../../core/access/errors.ts';
import { newId } from '../../../core/access/ids.ts';
import type { Knex } from '../../db/knex.ts';
import { personOf } from '../../db/person-row.ts';
import type { SecretBox } from '../../db/secret-box.ts';
import type { AuditPerson, RunUnitOfWork, UnitOfWork } from '../../db/unit-of-work.ts';
import { secretUse } from './call-webhooks.ts';
import { newWebhookSecret } from './sign-webhook.ts';
import type { WebhookPayload } from './webhook-payload.ts';
import type { WebhookRow } from './webhook-row.ts';

export interface WebhookStore {
  readonly run: RunUnitOfWork;
  /** null: HALLPASS_SECRET_KEY is not set. */
  readonly box: SecretBox | null;
  readonly secretOverlapMs: number;
}

export type WebhookTerms = Pick<WebhookRow, 'url' | 'description' | 'event_types' | 'enabled'>;

/** A secret is shown in the answer that made it, and never again. */
export interface WithSecret {
  readonly row: WebhookRow;
  readonly secret: string;
}

/** @throws AccessError `conflict` without the key that secrets are stored under */
function boxOf({ box }: WebhookStore): SecretBox {
  if (box !== null) return box;
  throw new AccessError(
    'conflict',
    'Webhooks need HALLPASS_SECRET_KEY, which is not set: 32 bytes in base64, made with openssl rand -base64 32.',
    { facts: { setting: 'HALLPASS_SECRET_KEY' } },
  );
}

/** Admins are trusted with the address; it may carry a password of its own, so the audit names its origin only. */
function nameOf(url: string): string {
  return new URL(url).origin;
}

export async function createWebhook(store: WebhookStore, actor: AuditPerson, terms: WebhookTerms): Promise<WithSecret> {
  const box = boxOf(store);
  const secret = newWebhookSecret();
  const { result } = await store.run(async (unit) => {
    const id = newId('webhook');
    const [row] = (await unit
      .trx('webhooks')
      .insert({
        ...terms,
        id,
        event_types: JSON.stringify(terms.event_types),
        secret: box.seal(secret, secretUse(id)),
        created_at: new Date(unit.nowMs),
        created_by: actor.id,
      })
      .returning('*')) as [WebhookRow];
    audit(unit, 'webhook.created', actor, row, `${actor.name} added a webhook to ${nameOf(row.url)}.`, facts(row));
    return row;
  });
  return { row: result, secret };
}

export async function changeWebhook(
  store: WebhookStore,
  actor: AuditPerson,
  id: string,
  terms: WebhookTerms,
): Promise<WebhookRow> {
  const { result } = await store.run(async (unit) => {
    const before = await lockWebhook(unit, id);
    const after = { ...facts(before), ...facts({ ...before, ...terms }) };
    const isSameUrl = before.url === terms.url;
    if (isSameUrl && JSON.stringify(facts(before)) === JSON.stringify(after)) return before;
    const [row] = (await unit
      .trx('webhooks')
      .where({ id })
      .update({ ...terms, event_types: JSON.stringify(terms.event_types), disabled_reason: null })
      .returning('*')) as [WebhookRow];
    const summary = `${actor.name} changed the webhook to ${nameOf(row.url)}.`;
    audit(unit, 'webhook.changed', actor, row, summary, { before: facts(before), after, address_changed: !isSameUrl });
    return row;
  });
  return result;
}

/** What was still to be sent there goes with it. */
export async function deleteWebhook(store: WebhookStore, actor: AuditPerson, id: string): Promise<void> {
  await store.run(async (unit) => {
    const row = await lockWebhook(unit, id);
    await unit.trx('webhooks').where({ id }).delete();
    audit(unit, 'webhook.deleted', actor, row, `${actor.name} deleted the webhook to ${nameOf(row.url)}.`, facts(row));
  });
}

/** The new secret signs at once, the one before it beside it for a while, so that the receiver can follow in its time. */
export async function rotateSecret(store: WebhookStore, actor: AuditPerson, id: string): Promise<WithSecret> {
  const box = boxOf(store);
  const secret = newWebhookSecret();
  const { result } = await store.run(async (unit) => {
    const before = await lockWebhook(unit, id);
    const until = new Date(unit.nowMs + store.secretOverlapMs);
    const [row] = (await unit
      .trx('webhooks')
      .where({ id })
      .update({
        secret: box.seal(secret, secretUse(id)),
        previous_secret: before.secret,
        previous_until: until,
      })
      .returning('*')) as [WebhookRow];
    const summary = `${actor.name} replaced the secret of the webhook to ${nameOf(row.url)}.`;
    audit(unit, 'webhook.secret-rotated', actor, row, summary, { previous_until: until.toISOString() });
    return row;
  });
  return { row: result, secret };
}

/** @returns the id of the delivery by which the answer can be seen */
export async function testWebhook(store: WebhookStore, actor: AuditPerson, id: string): Promise<string> {
  boxOf(store);
  const { result } = await store.run(async (unit) => {
    const row = await lockWebhook(unit, id);
    const deliveryId = newId('delivery');
    const now = new Date(unit.nowMs);
    const payload: WebhookPayload = {
      id: newId('event'),
      type: 'webhook.test',
      timestamp: now.toISOString(),
      data: { message: `Sent by ${actor.name} to try this webhook out.` },
    };
    await unit.trx('deliveries').insert({
      id: deliveryId,
      batch_id: deliveryId,
      channel: 'webhook',
      webhook_id: id,
      event_type: payload.type,
      content: JSON.stringify(payload),
      state: 'pending',
      next_attempt_at: now,
      created_at: now,
    });
    const summary = `${actor.name} tried out the webhook to ${nameOf(row.url)}.`;
    audit(unit, 'webhook.tested', actor, row, summary, { delivery_id: deliveryId });
    return deliveryId;
  });
  return result;
}

/** @throws AccessError `not-found` */
export async function findWebhook(knex: Knex, id: string): Promise<WebhookRow> {
  const row: WebhookRow | undefined = await knex('webhooks').where({ id }).first();
  if (row === undefined) throw new AccessError('not-found', 'There is no such webhook.');
  return row;
}

async function lockWebhook({ trx }: UnitOfWork, id: string): Promise<WebhookRow> {
  const row: WebhookRow | undefined = await trx('webhooks').where({ id }).forUpdate().first();
  if (row === undefined) throw new AccessError('not-found', 'There is no such webhook.');
  return row;
}

function facts(row: WebhookTerms) {
  const { description, event_types, enabled } = row;
  return { address: nameOf(row.url), description, event_types, enabled };
}

function audit(
  unit: UnitOfWork,
  type: 'webhook.created' | 'webhook.changed' | 'webhook.deleted' | 'webhook.secret-rotated' | 'webhook.tested',
  actor: AuditPerson,
  row: WebhookRow,
  summary: string,
  details: Record<string, unknown>,
): void {
  unit.audit({
    type,
    actor: personOf(actor),
    subject: null,
    summary,
    details: { webhook_id: row.id, ...details },
  });
}
