import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyAuditChain } from '../../admin-api/audit/verify-audit-chain.ts';
import type { Knex } from '../../admin-api/db/knex.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';

/** As a thief with the table owner's rights would: around the trigger. */
async function doctor(knex: Knex, statement: string): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw('ALTER TABLE audit_entries DISABLE TRIGGER ALL');
    await trx.raw(statement);
    await trx.raw('ALTER TABLE audit_entries ENABLE TRIGGER ALL');
  });
}

describe('the audit log', () => {
  let api: TestAdminApi;
  let knex: Knex;
  beforeAll(async () => {
    api = await startAdminApi();
    knex = api.running.parts.knex;
  });
  afterAll(() => api.stop());

  it('tells a request from its beginning to its end, with asked beside given', async () => {
    const asked = await api.as('member').post('/v1/access-requests', {
      resource: { type: 'connection', id: 'aws-production' },
      reason: 'INC-7',
      duration_seconds: 3600,
      evaluation_id: 'ev_from_denial',
    });
    const { body } = await api
      .as('admin')
      .post(`/v1/access-requests/${asked.body.id}/approve`, { duration_seconds: 60, note: 'short' });
    await api.as('admin').post(`/v1/grants/${body.grant.id}/revoke`, { reason: 'done' });
    const events = await api.as('owner').get(`/v1/audit-events?request_id=${asked.body.id}`);
    expect(events.body.items.toReversed()).toMatchObject([
      {
        type: 'access-request.submitted',
        actor: { email: 'member@example.com' },
        evaluation_id: 'ev_from_denial',
        details: { reason: 'INC-7', asked: { duration_seconds: 3600 } },
      },
      {
        type: 'access-request.approved',
        actor: { email: 'admin@example.com' },
        subject: { email: 'member@example.com' },
        details: {
          asked: { duration_seconds: 3600 },
          given: { duration_seconds: 60 },
          modifications: ['duration_seconds'],
          note: 'short',
        },
      },
      { type: 'grant.created', details: { duration_seconds: 60 } },
      { type: 'grant.revoked', actor: { email: 'admin@example.com' }, details: { reason: 'done' } },
    ]);
  });

  it('is read by Admins and the Owner only', async () => {
    for (const who of ['member', 'viewer']) expect((await api.as(who).get('/v1/audit-events')).status).toBe(403);
    for (const who of ['admin', 'owner']) expect((await api.as(who).get('/v1/audit-events')).status).toBe(200);
  });

  it('only grows: the database refuses UPDATE, DELETE and TRUNCATE', async () => {
    for (const statement of [
      `UPDATE audit_entries SET summary = 'nothing happened'`,
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
    ]) {
      await expect(knex.raw(statement)).rejects.toThrow(/only grows/);
    }
  });

  it('is verified as sound by function and command', async () => {
    const verdict = await verifyAuditChain(knex);
    expect(verdict).toMatchObject({ sound: true });
    const run = promisify(execFile)(process.execPath, ['admin-api/verify-audit.ts'], {
      env: { ...process.env, DATABASE_URL: api.config.databaseUrl },
    });
    expect((await run).stdout).toContain('The audit log is sound');
  });

  it('names the first broken entry of a doctored log, by function and command', async () => {
    const sequence = 5;
    const before = await knex('audit_entries').where({ sequence }).first();
    await doctor(knex, `UPDATE audit_entries SET summary = 'x' WHERE sequence = ${sequence}`);
    expect(await verifyAuditChain(knex)).toMatchObject({
      sound: false,
      sequence,
      problem: expect.stringContaining('content'),
    });
    const failed = promisify(execFile)(process.execPath, ['admin-api/verify-audit.ts'], {
      env: { ...process.env, DATABASE_URL: api.config.databaseUrl },
    });
    await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('broken at entry 5') });
    await doctor(
      knex,
      knex.raw('UPDATE audit_entries SET summary = ? WHERE sequence = 5', [before.summary]).toString(),
    );
    expect(await verifyAuditChain(knex)).toMatchObject({ sound: true });
  });

  it('names an entry that was taken out, moved, or cut off the end', async () => {
    const last = (await knex('audit_entries').max('sequence as max').first())?.max as number;
    await doctor(knex, `DELETE FROM audit_entries WHERE sequence = ${last}`);
    expect(await verifyAuditChain(knex)).toMatchObject({ sound: false, sequence: last });
    await doctor(knex, 'DELETE FROM audit_entries WHERE sequence = 3');
    expect(await verifyAuditChain(knex)).toMatchObject({ sound: false, sequence: 3, problem: 'the entry is missing' });
  });
});
