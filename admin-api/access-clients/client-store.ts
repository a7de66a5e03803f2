import { createHash, randomBytes } from 'node:crypto';
import { AccessError } from '../../core/access/errors.ts';
import { newId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';
import type { SecretBox } from '../db/secret-box.ts';
import type { AuditPerson, RunUnitOfWork } from '../db/unit-of-work.ts';
import type { AccessClient } from '../http/access-client.ts';

export interface AccessClientRow extends AccessClient {
  callback_secret: string | null;
  created_at: Date;
}

export interface ClientStore {
  readonly run: RunUnitOfWork;
  /** null: HALLPASS_SECRET_KEY is not set, so nobody can be called back. */
  readonly box: SecretBox | null;
  /** Secrets that calls are signed with, in the form of webhooks. */
  readonly newSecret: () => string;
}

/** Shown in the answer that made them, and never again. */
export interface ClientSecrets {
  readonly token: string;
  readonly callback_secret: string | null;
}

const PREFIX = 'hpc_';
const UNIQUE_VIOLATION = '23505';

/** What a client's callback secret is sealed for. */
export function callbackUse(clientId: string): string {
  return `callbacks of ${clientId}`;
}

/** @throws AccessError `conflict` where calls back need a key that is not set; `already-exists` */
export async function addClient(
  { run, box, newSecret }: ClientStore,
  actor: AuditPerson,
  terms: Omit<AccessClient, 'id'>,
): Promise<ClientSecrets & { readonly row: AccessClientRow }> {
  const isCalled = terms.callback_urls.length > 0;
  if (isCalled && box === null) {
    throw new AccessError('conflict', 'Calls back are signed, for which HALLPASS_SECRET_KEY has to be set.', {
      field: 'callback_urls',
    });
  }
  const id = newId('accessClient');
  const token = PREFIX + randomBytes(32).toString('base64url');
  const secret = isCalled ? newSecret() : null;
  try {
    const { result: row } = await run(async (unit) => {
      const [added] = (await unit
        .trx('access_clients')
        .insert({
          id,
          name: terms.name,
          token_hash: hashToken(token),
          resources: JSON.stringify(terms.resources),
          callback_urls: JSON.stringify(terms.callback_urls),
          callback_secret: secret === null ? null : (box?.seal(secret, callbackUse(id)) ?? null),
          created_at: new Date(unit.nowMs),
          created_by: actor.id,
        })
        .returning('*')) as [AccessClientRow];
      unit.audit({
        type: 'access-client.added',
        actor,
        subject: null,
        summary: `${actor.name} let the program ${terms.name} ask for access on behalf of people.`,
        details: { client_id: id, name: terms.name, resources: terms.resources, callback_urls: terms.callback_urls },
      });
      return added;
    });
    return { row, token, callback_secret: secret };
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    throw new AccessError('already-exists', `There is a program called ${terms.name} already.`, { field: 'name' });
  }
}

/** Its token is good for nothing from now on; what it asked for stays with the people it asked for. @throws AccessError `not-found` */
export async function removeClient(run: RunUnitOfWork, actor: AuditPerson, id: string): Promise<void> {
  await run(async (unit) => {
    const [row] = (await unit.trx('access_clients').where({ id }).delete().returning('*')) as AccessClientRow[];
    if (row === undefined) throw new AccessError('not-found', 'There is no such program.');
    unit.audit({
      type: 'access-client.removed',
      actor,
      subject: null,
      summary: `${actor.name} took the right to ask for access from the program ${row.name}.`,
      details: { client_id: id, name: row.name },
    });
  });
}

/** Looked up by hash, so that timing says nothing about the token. */
export async function findClient(knex: Knex, token: string): Promise<AccessClient | null> {
  const row = await knex('access_clients')
    .where({ token_hash: hashToken(token) })
    .first<AccessClient>('id', 'name', 'resources', 'callback_urls');
  return row ?? null;
}

/** null: a token of another kind, or none. */
export function clientToken(authorization: string | undefined): string | null {
  return /^Bearer +(hpc_[\w-]+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
