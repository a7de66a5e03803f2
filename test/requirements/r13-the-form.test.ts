import { expect, it } from '@jest/globals';
import { AWS_PRODUCTION, ask, requirement } from './requirement.ts';

requirement('R13', 'resource, reason and duration: permanent, 1 hour, 4 hours, 1 day, 1 week, custom', (api) => {
  it.each([
    ['permanent', null],
    ['1 hour', 3_600],
    ['4 hours', 14_400],
    ['1 day', 86_400],
    ['1 week', 604_800],
    ['custom', 5_430],
  ])('%s', async (_, seconds) => {
    const request = await ask(api(), 'member', { duration_seconds: seconds });
    expect(request).toMatchObject({
      resource: { ...AWS_PRODUCTION, name: 'AWS production' },
      reason: 'INC-42: invoices fail.',
      duration_seconds: seconds,
    });
    await api().as('member').post(`/v1/access-requests/${request.id}/cancel`, {});
  });

  it('until a date and time', async () => {
    const until = new Date(Date.now() + 7_200_000).toISOString();
    const request = await ask(api(), 'member2', { duration_seconds: undefined, until });
    expect(request).toMatchObject({ duration_seconds: null, until });
  });

  it.each([
    ['no reason', { reason: '  ' }, 'reason'],
    ['no length', { duration_seconds: 0 }, 'duration_seconds'],
    ['two lengths', { until: '2099-01-01T00:00:00Z' }, 'until'],
    ['an end in the past', { duration_seconds: undefined, until: '2020-01-01T00:00:00Z' }, 'until'],
    ['a resource that is none', { resource: { type: 'planet', id: 'mars' } }, 'resource.type'],
  ])('%s is refused by the name of the field', async (_, wrong, field) => {
    const body = { resource: AWS_PRODUCTION, reason: 'INC-42', duration_seconds: 3_600, ...wrong };
    const refused = await api().as('member').post('/v1/access-requests', body);
    expect(refused.status).toBe(422);
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(refused.body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });
});
