import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listOperations } from '../../admin-api/create-app.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';

describe('/openapi.json', () => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi();
  });
  afterAll(() => api.stop());

  it('describes every operation, from the schemas that validate', async () => {
    const { status, body } = await api.as('nobody').get('/openapi.json');
    expect(status).toBe(200);
    expect(body.openapi).toBe('3.1.0');
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    const mounted = listOperations(api.running.parts).map((item) => `${item.method} ${item.path}`);
    expect(described.toSorted()).toEqual(mounted.toSorted());
    const ask = body.paths['/v1/access-requests'].post;
    expect(ask.requestBody.content['application/json'].schema).toMatchObject({
      type: 'object',
      required: ['reason'],
      additionalProperties: false,
    });
    expect(ask.responses.default.content).toHaveProperty(['application/problem+json']);
    const ids = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap((item) =>
      Object.values(item).map((one) => one.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of lists what they really answer, and no GET changes anything (law 13)', async () => {
    await api.as('member').post('/v1/access-requests', { role: 'admin', reason: 'r', duration_seconds: 60 });
    const traces = () =>
      Promise.all(
        ['audit_head', 'feed_head', 'outbox_events', 'notifications', 'access_requests', 'grants'].map((table) =>
          api.running.parts.knex(table),
        ),
      );
    const before = await traces();
    for (const operation of listOperations(api.running.parts)) {
      const { schema, mediaType } = operation.responses[200] ?? {};
      // A stream has no end; its events are read elsewhere.
      if (mediaType === 'text/event-stream') continue;
      if (operation.method !== 'get' || operation.path.includes('{') || schema === undefined) continue;
      if (operation.query?.safeParse({}).success === false) continue;
      const answer = await api.as('owner').get(operation.path);
      expect([operation.path, answer.status]).toEqual([operation.path, 200]);
      expect([operation.path, schema.safeParse(answer.body).error]).toEqual([operation.path, undefined]);
    }
    expect(await traces()).toEqual(before);
  });
});
