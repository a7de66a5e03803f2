import { expect, it } from '@jest/globals';
import { ask, notified, requirement } from './requirement.ts';

requirement('R32', 'a denied request is told to the requester, with the reason if there is one', (api) => {
  it.each([
    ['with a reason', 'member', { reason: 'Use staging.' }, /Use staging\./],
    ['without one', 'member2', {}, /No reason was given/],
  ])('%s', async (_, name, body, text) => {
    const request = await ask(api(), name);
    await api().as('owner').post(`/v1/access-requests/${request.id}/deny`, body);
    const notice = await notified(api(), name, /^Your request for connection:aws-production was denied$/);
    expect(notice.body).toMatch(text);
    expect(notice.link).toBe(`/access-requests/${request.id}`);
  });
});
