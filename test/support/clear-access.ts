import type { TestAdminApi } from './admin-api.ts';

/** Denies what is pending and revokes what came of requests, so that the same may be asked for again. */
export async function clearAccess(api: TestAdminApi): Promise<void> {
  const { knex } = api.running.parts;
  const pending: string[] = await knex('access_requests').where({ status: 'pending' }).pluck('id');
  for (const id of pending) await expectOk(api.as('owner').post(`/v1/access-requests/${id}/deny`, {}));
  const grants: string[] = await knex('grants').whereNotNull('request_id').whereNull('ended_at').pluck('id');
  for (const id of grants) await expectOk(api.as('owner').post(`/v1/grants/${id}/revoke`, {}));
}

async function expectOk(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`could not be cleared: ${JSON.stringify(body)}`);
}
