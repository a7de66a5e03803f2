import { expect, it } from '@jest/globals';
import { approve, ask, notified, requirement } from './requirement.ts';

requirement('R33', 'access that expires soon is told to the requester, 1 hour before', (api) => {
  const moveEnd = (grantId: string, startsInMs: number, endsInMs: number) =>
    api()
      .running.parts.knex('grants')
      .where({ id: grantId })
      .update({
        starts_at: new Date(Date.now() + startsInMs),
        expires_at: new Date(Date.now() + endsInMs),
      });
  const warnings = async (name: string) => {
    const { body } = await api().as(name).get('/v1/notifications?limit=100');
    return body.items.filter((item: { title: string }) => item.title.endsWith('ends soon'));
  };

  it('an hour before the end of a long one, with the way to more time, once', async () => {
    const { grant } = await approve(api(), (await ask(api(), 'member', { duration_seconds: 86_400 })).id);
    await moveEnd(grant.id, -82_000_000, 3_600_000 - 50);
    const notice = await notified(api(), 'member', /^connection:aws-production ends soon$/);
    expect(notice.body).toMatch(/more time/i);
    expect(notice.link).toBe(`/access-requests/new?extend=${grant.id}`);
    expect(await warnings('member')).toHaveLength(1);
  });

  it('at half-time of one shorter than two hours', async () => {
    const { grant } = await approve(api(), (await ask(api(), 'member2', { duration_seconds: 3_600 })).id);
    expect(await warnings('member2')).toEqual([]);
    await moveEnd(grant.id, -1_800_050, 1_799_950);
    await notified(api(), 'member2', /^connection:aws-production ends soon$/);
  });

  it('and not for what has ended', async () => {
    const { grant } = await approve(api(), (await ask(api(), 'viewer', { duration_seconds: 86_400 })).id);
    await api().as('viewer').post(`/v1/grants/${grant.id}/revoke`, {});
    await moveEnd(grant.id, -82_000_000, 1_000);
    // What follows in the queue has been told, so the warning would have been as well.
    await approve(api(), (await ask(api(), 'viewer', { scope_id: 'staging' })).id);
    await notified(api(), 'viewer', /^You have access: scope:staging$/);
    expect(await warnings('viewer')).toEqual([]);
  });
});
