import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from '../db/knex.ts';
import type { SecretBox } from '../db/secret-box.ts';
import type { CurrentPerson } from './current-person.ts';
import { HttpProblem } from './problem.ts';

interface KeyId {
  readonly caller_id: string;
  readonly key: string;
}

interface KeyRow {
  fingerprint: string;
  status: number | null;
  body: unknown;
  created_at: Date;
}

/** An unfinished first try older than this died with its process; the next one may take its place. */
const ABANDONED_MS = 60_000;

/**
 * `Idempotency-Key` on writes (draft-ietf-httpapi-idempotency-key-header-07): the second request with a key gets the
 * first one's answer. A first try that failed leaves no key behind, so it can be repeated.
 * @param secrets seals answers that show a secret; null: those are not remembered
 */
export function idempotencyKey(knex: Knex, clock: Clock, secrets: SecretBox | null): RequestHandler {
  return async (request, response, next) => {
    const key = request.get('idempotency-key');
    if (key === undefined || request.method === 'GET' || request.method === 'HEAD') return next();
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw new HttpProblem('invalid-request', 'must be 1 to 255 visible ASCII characters', {
        field: 'Idempotency-Key',
      });
    }
    const id = { caller_id: (response.locals.person as CurrentPerson).id, key };
    const fingerprint = createHash('sha256')
      .update(`${request.method} ${request.originalUrl}\n${JSON.stringify(request.body ?? null)}`)
      .digest('hex');
    const earlier = await claim(knex, id, fingerprint, clock());
    if (earlier !== null) {
      response.status(earlier.status ?? 200).set({ 'cache-control': 'no-store', 'idempotency-replayed': 'true' });
      const body = readBody(earlier.body, secrets, id);
      if (body === null) response.end();
      else response.json(body);
      return;
    }
    rememberAnswer(knex, secrets, id, response, next);
    next();
  };
}

/** @returns null when the key is ours now, else the finished first try */
async function claim(knex: Knex, id: KeyId, fingerprint: string, nowMs: number): Promise<KeyRow | null> {
  const claimed: unknown[] = await knex('idempotency_keys')
    .insert({ ...id, fingerprint, created_at: new Date(nowMs) })
    .onConflict(['caller_id', 'key'])
    .merge({ fingerprint, created_at: new Date(nowMs) })
    .whereNull('idempotency_keys.status')
    .where('idempotency_keys.created_at', '<', new Date(nowMs - ABANDONED_MS))
    .returning('key');
  if (claimed.length === 1) return null;
  const row = await knex('idempotency_keys').where(id).first<KeyRow>();
  if (row !== undefined && row.fingerprint !== fingerprint) {
    throw new HttpProblem('idempotency-key-reused', 'was used for another request; make a new one', {
      field: 'Idempotency-Key',
    });
  }
  if (row === undefined || row.status === null) {
    throw new HttpProblem('idempotency-key-in-use', 'Try again when the first request has been answered.', {
      headers: { 'retry-after': '1' },
    });
  }
  return row;
}

/** Holds the answer back until it is recorded: a client that has seen it can count on the replay. */
function rememberAnswer(
  knex: Knex,
  secrets: SecretBox | null,
  id: KeyId,
  response: Parameters<RequestHandler>[1],
  next: Parameters<RequestHandler>[2],
): void {
  const { end } = response;
  const { json } = response;
  let body: unknown = null;
  response.json = (value: unknown) => {
    body = value;
    return json.call(response, value);
  };
  const finish = async (args: Parameters<typeof end>): Promise<void> => {
    const row = knex('idempotency_keys').where(id);
    try {
      const isSecret = response.locals['answersSecret'] === true;
      const isKept = response.statusCode < 400 && (!isSecret || secrets !== null);
      const kept = isSecret ? { sealed: secrets?.seal(JSON.stringify(body), useOf(id)) } : body;
      if (isKept) await row.update({ status: response.statusCode, body: JSON.stringify(kept) });
      else await row.delete();
    } catch (error) {
      next(error);
      return;
    }
    end.apply(response, args);
  };
  response.end = ((...args: Parameters<typeof end>) => {
    response.end = end;
    void finish(args);
    return response;
  }) as typeof end;
}

const useOf = ({ caller_id, key }: KeyId): string => `answer to ${caller_id} for ${key}`;

function readBody(body: unknown, secrets: SecretBox | null, id: KeyId): unknown {
  const sealed = typeof body === 'object' && body !== null && 'sealed' in body ? body.sealed : undefined;
  if (typeof sealed !== 'string' || secrets === null) return body;
  return JSON.parse(secrets.open(sealed, useOf(id)));
}
