import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from '../db/knex.ts';
import type { ButtonNonces } from './request-message.ts';
import type { SlackMessageRow } from './slack-message-row.ts';

/** A button's right to decide once: bound to one message, and by it to one request and one person. */
export interface ButtonNonce {
  readonly nonce_hash: string;
  readonly verdict: 'approve' | 'deny';
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly message: SlackMessageRow;
}

/** Nonces for the buttons of a message that is about to be posted; those of an earlier try are void. */
export async function makeButtonNonces(knex: Knex, messageId: string, expiresAt: Date): Promise<ButtonNonces> {
  const nonces = { approve: newNonce(), deny: newNonce() };
  await knex.transaction(async (trx) => {
    await trx('slack_nonces').where({ message_id: messageId }).delete();
    await trx('slack_nonces').insert(
      (['approve', 'deny'] as const).map((verdict) => ({
        nonce_hash: hashOf(nonces[verdict]),
        message_id: messageId,
        verdict,
        expires_at: expiresAt,
      })),
    );
  });
  return nonces;
}

export async function findButtonNonce(knex: Knex, nonce: string): Promise<ButtonNonce | null> {
  const found = await knex('slack_nonces')
    .where({ nonce_hash: hashOf(nonce) })
    .first<Omit<ButtonNonce, 'message'> & { message_id: string }>();
  if (found === undefined) return null;
  const message: SlackMessageRow | undefined = await knex('slack_messages').where({ id: found.message_id }).first();
  return message === undefined ? null : { ...found, message };
}

/** @returns whether it was unused until now; of two at the same time one is */
export async function useButtonNonce(knex: Knex, hash: string, nowMs: number): Promise<boolean> {
  const used = await knex('slack_nonces')
    .where({ nonce_hash: hash })
    .whereNull('used_at')
    .where('expires_at', '>', new Date(nowMs))
    .update({ used_at: new Date(nowMs) });
  return used === 1;
}

/** For a decision that could not be made at all, so that the button can be pressed again. */
export async function giveBackButtonNonce(knex: Knex, hash: string): Promise<void> {
  await knex('slack_nonces').where({ nonce_hash: hash }).update({ used_at: null });
}

function newNonce(): string {
  return randomBytes(24).toString('base64url');
}

/** 192 random bits need no salt and no slow hash. */
function hashOf(nonce: string): string {
  return createHash('sha256').update(nonce).digest('hex');
}
