import type { TestAdminApi } from './admin-api.ts';

/** Takes back what is pending and revokes what came of requests, so that the same may be asked for again. */
export async function clearAccess(api: TestAdminApi): Promise<void> {
  const { knex } = api.running.parts;
  const now = new Date();
  const pending: { id: string; requester_id: string }[] = await knex('access_requests')
    .where({ status: 'pending' })
    .where('pending_until', '>', now);
  for (const { id, requester_id: requester } of pending) {
    const name = requester.replace(api.idOf(''), '');
    await expectOk(api.as(name).post(`/v1/access-requests/${id}/cancel`, {}));
  }
  const grants: string[] = await knex('grants')
    .whereNotNull('request_id')
    .whereNull('ended_at')
    .where((either) => void either.whereNull('expires_at').orWhere('expires_at', '>', now))
    .pluck('id');
  for (const id of grants) await expectOk(api.as('owner').post(`/v1/grants/${id}/revoke`, {}));
}

async function expectOk(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`could not be cleared: ${JSON.stringify(body)}`);
}
